"""What a reviewer has before their eyes when they decide, beside the two changes themselves."""

from __future__ import annotations

from core.assess.outcome import is_judged
from core.models import Assessment, InView


def in_view_of(shown: Assessment | None, reviewer: str) -> tuple[InView, ...]:
    """What of an assessment that is shown bears on the reviewer's decision."""
    if shown is None:
        return ()
    others = [v for v in (*shown.verdicts, *shown.outdated) if v.reviewer != reviewer]
    held = (
        (InView.JUDGE, is_judged(shown)),
        (InView.VERDICTS, bool(others)),
        (InView.CLAIM, shown.attempt.marked_success is not None),
    )
    return tuple(name for name, holds in held if holds)
