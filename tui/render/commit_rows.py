"""The rows of the table of all attempts at one commit: outcome, criteria, size, files, alike."""

from __future__ import annotations

from textual.content import Content

from core.assess.filters import COLUMNS
from core.models import CRITERIA, Assessment
from core.text import one_line
from core.triage.commit_overview import PatchOverview
from tui.render.amounts import duration, patch_label, within_task
from tui.render.signs import CRITERION_KEYS, OUTCOME_NAMES, answer, standing_sign

_WIDTHS = (18, 12, 16, 18, 6, 9, 14, 14)
_NARROW = (0, 8, 0, 18, 6, 0, 12, 9)
_NARROW_BELOW = 128
_TITLES = ("outcome", "agent", "model", "attempt", "same", "time", "patch", "files")


def table_head(width: int) -> Content:
    """The names of the columns."""
    outcome, *others = (_cell(t, w) for t, w in zip(_TITLES, _widths(width), strict=True))
    criteria = " ".join(CRITERION_KEYS[name] for name in CRITERIA)
    names = f"  {outcome}{criteria}  {''.join(others)}quadrant"
    return Content.styled(names, "$dim").truncate(width, ellipsis=True)


def table_row(known: Assessment, patch: PatchOverview | None, width: int) -> Content:
    """One attempt; `patch` once its patch was read."""
    attempt, widths = known.attempt, _widths(width)
    sign, style = standing_sign(known)
    label, patch_style = patch_label(attempt)
    texts = (
        (one_line(attempt.agent, 11), ""),
        (one_line(attempt.model, 15), "$dim"),
        (within_task(attempt), ""),
        (patch.group if patch else "…", "$accent-text"),
        (duration(attempt.execution.duration_s), "$dim"),
        (label, patch_style),
        (files_text(patch), "$dim"),
    )
    cells = [
        Content.styled(_cell(text, size), style)
        for (text, style), size in zip(texts, widths[1:], strict=True)
    ]
    criteria = [
        part for name in CRITERIA for part in (answer(name, getattr(known.criteria, name)), " ")
    ]
    quadrant = COLUMNS["quadrant"].read(known, None)
    return Content.assemble(
        (f"{sign} ", style),
        (_cell(OUTCOME_NAMES[known.outcome], widths[0]), style),
        *criteria,
        " ",
        *cells,
        (str(quadrant or "").replace("_", " "), "$dim"),
    ).truncate(width, ellipsis=True, pad=True)


def files_text(patch: PatchOverview | None) -> str:
    """The files of a patch compared with the human's: "2/3 +1", two of three and one more."""
    if patch is None:
        return "…"
    if patch.shared is None:
        return "" if patch.other is None else f"{patch.other} files"
    more = f" +{patch.other}" if patch.other else ""
    return f"{patch.shared}/{patch.human}{more}"


def _widths(width: int) -> tuple[int, ...]:
    """The cells of the columns; if there is little room some have none."""
    return _NARROW if width < _NARROW_BELOW else _WIDTHS


def _cell(text: str, width: int) -> str:
    if not width:
        return ""
    content = Content(text).truncate(width - 1, ellipsis=True)
    return content.plain + " " * (width - content.cell_length)
