"""What claims say beside files: which the files answer, and how."""

from __future__ import annotations

import pytest

from core.assess.speed import contradiction, is_answered
from core.models import Claim, PatchState
from tests.core.assess.verdict_samples import attempt

WHOLE, EMPTY, UNREADABLE = PatchState.WHOLE, PatchState.EMPTY, PatchState.UNREADABLE


@pytest.mark.parametrize(
    ("name", "value", "state", "marked", "answered", "told"),
    [
        ("has_patch", True, WHOLE, None, True, ""),
        ("has_patch", False, WHOLE, None, True, "has no patch"),
        ("has_patch", True, EMPTY, None, True, "has a patch"),
        ("has_patch", True, UNREADABLE, None, False, ""),
        ("has_patch", None, WHOLE, None, False, ""),
        ("resolved", True, WHOLE, True, True, ""),
        ("resolved", True, WHOLE, False, True, "it is resolved"),
        ("resolved", False, WHOLE, True, True, "not resolved"),
        ("resolved", True, WHOLE, None, False, ""),
        ("resolved", True, EMPTY, None, True, "there is no patch"),
        ("resolved", False, EMPTY, None, False, ""),
        ("resolved", "yes", WHOLE, True, False, ""),
        ("is_elegant", True, WHOLE, True, False, ""),
    ],
)
def test_a_claim_beside_the_files(
    name: str,
    value: bool | str | None,
    state: PatchState,
    marked: bool | None,
    answered: bool,
    told: str,
) -> None:
    claim, known = Claim("r/a", name, value, "table"), attempt("r/a", state, marked)
    assert is_answered(claim, known) is answered
    said = contradiction(claim, known)
    assert (told in said) if told else said == ""
