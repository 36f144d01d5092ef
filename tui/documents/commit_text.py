"""What is shown of a human commit besides its patch: message and pull request above, talk below."""

from __future__ import annotations

import re
from typing import NamedTuple

from core.errors import SourceError
from core.models import HumanCommit
from tui.documents.text_document import error_lines

_PULL = re.compile(r"\(#(\d+)\)|/pull/(\d+)\b")


class Around(NamedTuple):
    """Lines above a patch, and below it."""

    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()


NOTHING_AROUND = Around()


def around_human_patch(commit: HumanCommit) -> Around:
    """The message with its author's reasons above the patch, the pull request's talk below."""
    when = f"{commit.date:%Y-%m-%d}" if commit.date else ""
    head = "  ".join(filter(None, (commit.sha, when, _pull_request(commit))))
    message = commit.message.strip() or commit.subject
    talk = _talk(commit)
    hint = (f"The text of the pull request is below the patch ({len(talk)} lines).",)
    above = (head, "", *message.split("\n"), *(("", *hint) if talk else ()), "")
    return Around(above, ("", "── pull request ──", *talk) if talk else ())


def _pull_request(commit: HumanCommit) -> str:
    if commit.pull_request:
        return commit.pull_request
    found = _PULL.search(f"{commit.subject}\n{commit.message}")
    return f"pull request #{found[1] or found[2]}" if found else ""


def _talk(commit: HumanCommit) -> tuple[str, ...]:
    if commit.discussion is None:
        return ()
    try:
        return tuple(commit.discussion.read().strip().replace("\r\n", "\n").split("\n"))
    except SourceError as error:
        return tuple(error_lines(error))
