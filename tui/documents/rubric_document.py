"""The rubric of a human commit as a document, and as the text in which a person edits it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from core.errors import InputError
from core.models import JudgementState, Rubric
from core.text import one_line
from tui.documents.text_document import TextDocument

_SECTIONS = ("Bottleneck", "Essential change", "Must have", "Acceptable alternatives")


class RubricTexts(NamedTuple):
    """The four texts of a rubric."""

    bottleneck: str
    essential_change: str
    must_haves: tuple[str, ...]
    alternatives: tuple[str, ...]


def rubric_document(rubric: Rubric | None, rubrics: Sequence[Rubric]) -> TextDocument:
    """The current rubric, where it came from, and how many others there are."""
    if rubric is None:
        failed = [r for r in rubrics if r.state is not JudgementState.VERDICT]
        lines = ["There is no rubric for this commit yet: the judge writes one before it judges"]
        lines += ["its attempts (J), or write one yourself (E)."]
        lines += [
            f"The call for a rubric failed: {r.state.value}: {one_line(r.error)}" for r in failed
        ]
        return TextDocument(lines)
    who = f"edited by {one_line(rubric.author, 40)}" if rubric.edited else _writer(rubric)
    lines = [f"{who}, {rubric.created:%Y-%m-%d %H:%M} UTC, frozen as {rubric.hash[:12]}"]
    lines += [f"evidence incomplete: {one_line(missing)}" for missing in rubric.missing_evidence]
    lines.append("")
    headings = []
    for line in rubric_text(rubric).split("\n"):
        if line.startswith("# "):
            headings.append(len(lines))
            line = line[2:]
        lines.append(line)
    if len(rubrics) > 1:
        lines += ["", f"{len(rubrics)} rubrics are kept; an edit never overwrites one."]
    return TextDocument(lines, headings)


def rubric_text(rubric: Rubric | None) -> str:
    """A rubric as text to edit: a heading per section, a dash per item."""
    if rubric is None:
        return "\n\n".join(f"# {name}\n" for name in _SECTIONS)
    items = (rubric.must_haves, rubric.alternatives)
    bodies = [rubric.bottleneck, rubric.essential_change]
    bodies += ["\n".join(f"- {item}" for item in group) for group in items]
    return "\n\n".join(f"# {name}\n{body}" for name, body in zip(_SECTIONS, bodies, strict=True))


def parse_rubric_text(text: str) -> RubricTexts:
    """The edited texts. Raises `InputError` for a missing or unknown heading."""
    sections: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in text.split("\n"):
        if line.startswith("# "):
            name = line[2:].strip()
            if name not in _SECTIONS:
                raise InputError(f"a rubric has no section {name!r}", "Keep the four headings.")
            lines = sections.setdefault(name, [])
        else:
            lines.append(line)
    missing = [name for name in _SECTIONS if name not in sections]
    if missing:
        raise InputError(f"the section {missing[0]!r} is missing", "Keep the four headings.")
    first, second, third, fourth = ("\n".join(sections[name]).strip() for name in _SECTIONS)
    return RubricTexts(first, second, _items(third), _items(fourth))


def _items(text: str) -> tuple[str, ...]:
    """Lines that begin with a dash are items; others continue the previous item."""
    items: list[str] = []
    for line in filter(None, map(str.strip, text.split("\n"))):
        if line.startswith("-") or not items:
            items.append(line.removeprefix("-").strip())
        else:
            items[-1] += f" {line}"
    return tuple(filter(None, items))


def _writer(rubric: Rubric) -> str:
    call = rubric.calls[-1] if rubric.calls else None
    if call is None:
        return "written by a model"
    fake = " (a test server made it up)" if call.fake else ""
    return f"written by {one_line(call.reported_model or call.model, 60)}{fake}"
