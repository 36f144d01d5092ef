"""Editing the rubric of a commit: saved as a record of its own, offered again if invalid."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import App

from core.errors import PatchjuryError
from core.triage import Triage


def edit_rubric(app: App[None], triage: Triage, sha: str, saved: Callable[[], None]) -> None:
    """Open a commit's current rubric; `saved` is called when there is a new one."""
    from core.judge import rubrics
    from tui.documents.rubric_document import rubric_text

    before = rubric_text(rubrics.current_rubric(triage.store.rubrics(sha)))
    _edit(app, triage, sha, saved, before, before)


def _edit(
    app: App[None], triage: Triage, sha: str, saved: Callable[[], None], before: str, now: str
) -> None:
    from tui.screens.editor import EditorScreen
    from tui.screens.kept_draft import KeptDraft

    def edited(text: str | None) -> None:
        if text is None or text == before:
            return
        try:
            _save(triage, sha, text)
        except PatchjuryError as error:
            app.notify(str(error), title="Not saved", severity="error", markup=False)
            _edit(app, triage, sha, saved, before, text)
        else:
            saved()

    draft = KeptDraft(triage.store.drafts, triage.reviewer, sha, "rubric")
    editor = EditorScreen("Rubric: keep the four headings", now, original=before, draft=draft)
    app.push_screen(editor, edited)


def _save(triage: Triage, sha: str, text: str) -> None:
    from core.judge import rubrics
    from tui.documents.rubric_document import parse_rubric_text

    texts = parse_rubric_text(text)._asdict()
    triage.store.add_rubrics(sha, [rubrics.edit_rubric(sha, triage.reviewer, **texts)])
