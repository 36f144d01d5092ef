"""`patchjury judge` and `patchjury audit` from the outside, against a server on loopback."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.judge.books.ledger import read_totals
from core.judge.fake_server import FakeOpenAI
from core.store import Store
from tests.support.command import start
from tests.support.runs import build_runs
from tests.support.waiting import wait_for
from tui.cli import main

pytestmark = pytest.mark.usefixtures("quick_judge", "quick_checks")

KEY = "sk-secret-of-the-user"
ONE = "state/runs/repo/codex/gpt-5/2025-01-02_03-04-05/item-0000"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as fake:
        monkeypatch.setenv("PATCHJURY_BASE_URL", fake.base_url)
        monkeypatch.setenv("PATCHJURY_MODEL", "gpt-5")
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        yield fake


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return build_runs(tmp_path / "runs")


def written(folder: Path) -> str:
    """The content of every file of a folder."""
    return "".join(p.read_text("utf-8") for p in folder.rglob("*") if p.is_file())


def test_a_dry_run_says_the_price_and_sends_nothing(
    runs: Path, server: FakeOpenAI, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["judge", str(runs), "--dry-run", "--json"]) == 0
    out, err = capsys.readouterr()
    figures = json.loads(out)
    assert figures["schema_version"] == 1
    assert (figures["jobs"], figures["rubrics"], figures["calls"]) == (3, 2, 5)
    assert 0 < figures["expected_cost"] < figures["highest_cost"]
    assert "at most $" in err and server.paid == 0


def test_a_run_keeps_every_opinion_and_never_the_key(
    runs: Path, server: FakeOpenAI, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["judge", str(runs)]) == 0
    out, err = capsys.readouterr()
    assert "3 verdict" in out and "made up by a test server" in out
    assert server.keys == {KEY}
    stored = Store(runs / ".patchjury").load().judgements
    assert sorted(len(found) for found in stored.values()) == [1, 1, 1]
    assert KEY not in out + err + written(runs)
    paid = server.paid
    assert main(["judge", str(runs)]) == 0 and server.paid == paid  # all of it cached


def test_a_failed_call_is_a_state_of_its_own_and_asked_again_on_request(
    runs: Path, server: FakeOpenAI, capsys: pytest.CaptureFixture[str]
) -> None:
    server.orders = ["", "refusal"]
    one = ["--attempt", ONE]
    assert main(["judge", str(runs), *one]) == 1
    assert "1 refused" in capsys.readouterr().out
    assert main(["judge", str(runs), "--failed"]) == 0
    (history,) = Store(runs / ".patchjury").load().judgements.values()
    assert [judgement.state.value for judgement in history] == ["refused", "verdict"]
    capsys.readouterr()
    assert main(["audit", str(runs)]) == 1  # a test server made the judgements up
    out = capsys.readouterr().out
    assert "audit.no-opinion" in out and "audit.fake" in out
    assert main(["audit", str(runs), "--fail-on", "never"]) == 0


def test_what_an_audit_fails_on_is_chosen(runs: Path, server: FakeOpenAI) -> None:
    server.poses_as_real = True
    for journal in list((runs / "state").rglob("journal.json")):
        if ONE not in journal.as_posix():
            shutil.rmtree(journal.parent)
    assert main(["judge", str(runs)]) == 0
    assert main(["audit", str(runs)]) == 0
    server.orders = ["refusal"]
    assert main(["judge", str(runs), "--effort", "low"]) == 1
    assert main(["audit", str(runs)]) == 0  # a warning
    assert main(["audit", str(runs), "--fail-on", "warning"]) == 1
    assert main(["audit", str(runs), "--fail-on", "never"]) == 0


def test_a_server_that_asks_for_less_is_told_of(
    runs: Path, server: FakeOpenAI, capsys: pytest.CaptureFixture[str]
) -> None:
    server.orders = ["rate_limit"]
    assert main(["judge", str(runs), "--concurrency", "8"]) == 0
    assert "the server asks for fewer calls at once: 4 from now on" in capsys.readouterr().err


def test_selection_by_commit_and_sample(runs: Path, server: FakeOpenAI) -> None:
    assert main(["judge", str(runs), "--commit", "b2b2"]) == 0
    assert len(Store(runs / ".patchjury").load().judgements) == 1
    assert main(["judge", str(runs), "--sample", "1", "--seed", "3", "--dry-run"]) == 0
    assert main(["judge", str(runs), "--commit", "c3c3"]) == 2
    assert main(["judge", str(runs), "--commit", ""]) == 2
    for wrong in ("-5", "0", "x"):
        assert main(["judge", str(runs), "--sample", wrong]) == 2


def test_without_a_key_one_line_says_what_to_do(
    runs: Path,
    server: FakeOpenAI,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    monkeypatch.delenv("PATCHJURY_BASE_URL")
    assert main(["judge", str(runs)]) == 2
    err = capsys.readouterr().err
    assert "OPENAI_API_KEY" in err and "Traceback" not in err and server.paid == 0


def test_a_runs_folder_may_not_name_the_server(
    runs: Path, server: FakeOpenAI, capsys: pytest.CaptureFixture[str]
) -> None:
    evil = '[judge]\nbase_url = "http://127.0.0.1:1/v1"\nvotes = 3\n'
    (runs / "patchjury.toml").write_text(evil, encoding="utf-8")
    assert main(["judge", str(runs), "--dry-run", "--json"]) == 0
    out, err = capsys.readouterr()
    assert "judge.base_url is ignored" in err
    assert json.loads(out)["jobs"] == 3, "a runs folder does not choose the votes either"


def test_a_batch_is_submitted_and_collected_once(
    runs: Path, server: FakeOpenAI, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["judge", str(runs), "--batch"]) == 0
    assert "3 votes" in capsys.readouterr().out
    for _ in range(5):
        code = main(["judge", str(runs), "--collect"])
        if "completed" in capsys.readouterr().out:
            break
    assert code == 0
    assert len(Store(runs / ".patchjury").load().judgements) == 3
    assert main(["judge", str(runs), "--collect"]) == 0
    assert "no batch is open" in capsys.readouterr().err


def test_a_batch_tells_of_itself_as_json(
    runs: Path, server: FakeOpenAI, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["judge", str(runs), "--batch", "--json"]) == 0
    sent = json.loads(capsys.readouterr().out)
    assert [batch["votes"] for batch in sent["batches"]] == [3]
    assert main(["judge", str(runs), "--collect", "--json"]) == 0
    (collected,) = json.loads(capsys.readouterr().out)["batches"]
    assert (collected["status"], collected["judged"]) == ("completed", {"verdict": 3})


def test_findings_of_a_patch_that_has_changed_since_are_not_given(
    runs: Path, server: FakeOpenAI
) -> None:
    assert main(["check", str(runs)]) in (0, 1)
    patch = runs / ONE / "model_patch.diff"
    patch.write_text(patch.read_text("utf-8").replace("\n+", "\n+#", 1), encoding="utf-8")
    assert main(["judge", str(runs), "--facts", "--attempt", ONE]) == 0
    (kept,) = Store(runs / ".patchjury").load().judgements[ONE]
    assert kept.facts_given is False
    assert main(["check", str(runs)]) in (0, 1)
    assert main(["judge", str(runs), "--facts", "--attempt", ONE]) == 0
    assert Store(runs / ".patchjury").load().judgements[ONE][-1].facts_given is True


def test_ctrl_c_waits_for_what_is_paid_and_a_second_one_does_not(
    runs: Path, server: FakeOpenAI
) -> None:
    server.hold.begin()
    for presses in (1, 2):
        server.counts.clear()
        read, write = os.pipe()
        with open(os.devnull, "r+b") as nothing, os.fdopen(read) as told:
            silent = nothing.fileno()
            words = ["judge", str(runs), "--concurrency", "1"]
            process = start(words, (silent, silent, write), os.environ)
            os.close(write)
            wait_for(lambda: server.counts["POST /v1/responses"] > 0, "a call")
            for _ in range(presses):
                process.send_signal(signal.SIGINT)
                for line in told:
                    if "calls in flight" in line:
                        break
            if presses == 1:
                server.hold.end()
            assert process.wait(20) == 130
        server.hold.begin()
    totals = read_totals(runs / ".patchjury")
    assert totals.calls == server.paid == 2
    assert (totals.cut_off, totals.unknown_costs) == (1, 1)


def test_the_audit_of_the_published_evaluations(
    shared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reports = shared / "isobench/analysis_reports"
    runs = [str(reports / "all_attempts_comprehensive.json"), "--db", str(tmp_path)]
    assert main(["import", *runs, str(reports / "gpt5_evaluations.json")]) == 0
    assert main(["audit", *runs, "--json"]) == 1
    audits = json.loads(capsys.readouterr().out.split("\n", 1)[1])["origins"]
    found = {f["rule"]: (f["count"], f["total"]) for one in audits for f in one["findings"]}
    assert found["audit.booked-failure"] == (114, 143)
    assert found["audit.no-human-diff"] == (143, 143)
    assert found["audit.cut-patch"] == (66, 143)
    assert found["audit.marked-but-failed"] == (65, 134)


def test_what_costs_much_is_agreed_to_first(
    runs: Path, server: FakeOpenAI, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATCHJURY_ASK_ABOVE", "0.01")
        assert main(["judge", str(runs)]) == 2  # nobody is at the keyboard
        assert "which needs your consent" in capsys.readouterr().err
        assert server.paid == 0
        assert main(["judge", str(runs), "--yes"]) == 0
    assert server.paid > 0


def test_what_a_limit_keeps_small_is_not_asked_about(
    runs: Path, server: FakeOpenAI, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATCHJURY_ASK_ABOVE", "0.02")
        assert main(["judge", str(runs), "--max-cost", "0.02"]) == 1  # less than one call may cost
    told = capsys.readouterr().err
    assert "the limit of $0.02 allows 0 calls at once" in told
    assert "will probably stop it before everything is asked" in told
    assert "which needs your consent" not in told


def test_a_prompt_can_be_looked_at_and_nothing_is_sent(
    runs: Path, server: FakeOpenAI, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["judge", str(runs), "--show-prompt", ONE]) == 0
    out = capsys.readouterr().out
    assert "instructions (rubric 2)" in out and "instructions (judgement 2)" in out
    assert "begin attempt>>>" in out and '"must_haves"' in out
    assert main(["judge", str(runs), "--show-prompt", "nobody"]) == 2
    assert server.paid == 0
