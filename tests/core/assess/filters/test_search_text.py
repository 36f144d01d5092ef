"""What words are looked for in is kept, and never outlives the records that it was made of."""

from __future__ import annotations

from core.assess.filters import SearchTexts, parse_filter
from core.models import Attempt, Execution
from core.records import replace
from tests.core.assess.filters.test_attempt_filter import COMMITS, samples


def test_the_text_follows_the_records_and_not_their_number() -> None:
    texts = SearchTexts()
    first, second = Attempt("R/0", "a" * 40, agent="Trae"), Attempt("r/1", "b" * 40)
    assert texts.of([first, second]) is texts.of([first, second])
    assert "trae" in texts.of([first, second])[0]
    assert "codex" in texts.of([replace(first, agent="Codex"), second])[0]
    assert texts.of([second, first])[1].startswith("r/0\n")
    assert texts.of([first])[0].startswith("r/0\n")


def test_kept_texts_answer_as_new_ones_do_while_letters_are_typed_and_records_change() -> None:
    texts, known = SearchTexts(), list(samples())
    for at, query in enumerate(("t", "tr", "-tr", "agent:trae x", "x y", "agent:trae", "")):
        kept = parse_filter(query, texts).select(known, COMMITS)
        assert kept == parse_filter(query).select(known, COMMITS), query
        changed = replace(known[0].attempt, execution=Execution(returncode=at), item=f"x{at}")
        known[0] = replace(known[0], attempt=changed)
