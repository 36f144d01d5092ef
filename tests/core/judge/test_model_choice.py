"""No silent default: which model is proposed, and that nothing is asked before one was chosen."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from core.judge.fake_server import FakeOpenAI
from core.judge.run.events import Halted
from core.judge.run.model_choice import offer_models, propose_model
from core.judge.run.plan import Selection
from core.judge.run.proposal import NoModelError, propose
from core.records import replace
from core.settings import JudgeSettings
from core.store import Store
from tests.support.judge_cases import attempt, judge, only, settings

TODAY = date(2026, 10, 1)


@pytest.mark.parametrize(
    ("listed", "proposed"),
    [
        ({"gpt-5": None, "gpt-5.9": None}, "gpt-5"),
        ({"gpt-5": "2026-12-11", "gpt-5.9": None}, "gpt-5"),
        ({"gpt-5": "2026-10-31", "gpt-5.9": None}, "gpt-5"),  # 30 days
        ({"gpt-5": "2026-10-30", "gpt-5.9": None}, "gpt-5.9"),
        ({"gpt-5.2": None, "gpt-5.10": None, "gpt-5.9": None}, "gpt-5.10"),
        ({"gpt-5.2-2026-01-01": None, "gpt-5.2-2026-06-01": None}, "gpt-5.2-2026-06-01"),
        ({"gpt-5.3": "2026-10-02", "gpt-5.2": None}, "gpt-5.2"),
        ({"gpt-5-mini": None, "gpt-5.2-nano": None, "llama": None}, ""),
        ({"gpt-5": "soon"}, "gpt-5"),
        ({}, ""),
    ],
)
def test_what_is_proposed(listed: dict[str, str | None], proposed: str) -> None:
    assert propose_model(listed, TODAY) == proposed


def test_the_offer_names_models_and_a_price() -> None:
    with FakeOpenAI() as server:
        server.model_list = [{"id": "gpt-5"}, {"id": "gpt-5-mini"}]
        offer = offer_models(settings(server, model=""))
        server.model_list = [{"id": "llama"}]
        own = offer_models(settings(server, model=""))
        assert server.paid == 0
    assert (offer.proposed, offer.listed) == ("gpt-5", ("gpt-5", "gpt-5-mini"))
    assert "$1.25 in and $10.00 out" in offer.text
    assert own.text == "The server lists llama."


def test_a_server_without_a_list_proposes_nothing() -> None:
    chosen = JudgeSettings(base_url="http://127.0.0.1:9/v1", max_retries=0)
    assert offer_models(chosen).text.startswith("The server lists no models")


def test_nothing_is_proposed_or_asked_before_a_model_was_chosen(tmp_path: Path) -> None:
    assert JudgeSettings().model == ""
    with FakeOpenAI() as server, pytest.raises(NoModelError, match="no model has been chosen"):
        chosen = replace(settings(server), model="")
        propose([], {}, Store(tmp_path), chosen, Selection())


def test_a_model_that_is_not_found_names_the_choices(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        server.orders = ["model_missing"]
        told = judge([attempt("a")], settings(server, model="gpt-4"), tmp_path)
    (halted,) = only(told, Halted)
    assert "does not know the model 'gpt-4'" in halted.reason
    assert "The server lists gpt-5, gpt-5-mini." in halted.reason
