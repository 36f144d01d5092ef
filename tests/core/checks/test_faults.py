"""A rule that fails costs that rule on that attempt, is counted, and leaves its traceback."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.checks import FAMILIES, registry
from core.checks.context import Copies
from core.checks.inputs import Inputs
from core.checks.pipeline import Checked
from core.checks.troubles import Troubles
from core.checks.worker import Done, Item
from core.logs import log_file
from core.models import Severity
from core.store import Store
from tests.core.checks.check_samples import Bench
from tests.core.checks.test_pipeline import check, five
from tests.support.command import command
from tests.support.runs import build_runs

_PLANTED = """\
import sys
from importlib.abc import MetaPathFinder

class Plant(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == "core.checks.rules.files":
            sys.meta_path.remove(self)
            from core.checks.registry import rule
            from core.models import Severity
            @rule("files.planted", Severity.ERROR, "Always fails", certain=True)
            def planted(context):
                raise KeyError("raw \\x1b]52;c;aGk=\\x07 text")
        return None

sys.meta_path.insert(0, Plant())
"""


@pytest.fixture
def _faulty_rule() -> Iterator[None]:
    """A certain rule that says something and then fails."""

    @registry.rule("patch.planted", Severity.ERROR, "Says something, then fails", certain=True)
    def planted(context: object) -> Iterator[registry.Fact]:
        yield registry.Settled("syntax_correct", False)
        raise KeyError("planted\x1b[2J")

    yield
    del registry._RULES["patch"]["patch.planted"]


@pytest.mark.usefixtures("_faulty_rule")
def test_a_rule_that_fails_costs_nothing_but_what_it_would_say(
    bench: Bench, tmp_path: Path
) -> None:
    events = check(bench, five(bench), Store(tmp_path))
    report = events["run/0"].report
    assert report.criteria.syntax_correct is True, "nothing of a rule that failed counts"
    assert report.measures["patch.planted.fault"] == "KeyError: 'planted\\x1b[2J'"
    (finding,) = (found for found in report.findings if found.rule == "patch.unchecked")
    assert finding.message.startswith("the rule patch.planted failed, so its answer is unk")
    stored = Store(tmp_path).facts("a" * 40)
    families = {report.family for report in stored if report.attempt == "run/0"}
    assert families == {*FAMILIES} - {"patch"}, "a fault is no fact, so the rule is asked again"
    again = check(bench, five(bench), Store(tmp_path))
    troubles = Troubles()
    for event in again.values():
        troubles.add(event)
    assert list(troubles.lines()) == [
        "the rule patch.planted failed on 5 attempts: KeyError: 'planted\\x1b[2J'"
    ]


def test_troubles_are_counted_by_kind(bench: Bench) -> None:
    attempts = five(bench)
    troubles = Troubles()
    for number, attempt in enumerate(attempts):
        report = Done((), "the process ended or hung").report(Item(attempt, Copies(), Inputs({})))
        troubles.add(Checked(report, False, number, 5, "the disk is full" if number < 2 else ""))
    assert list(troubles.lines()) == [
        "the reports on 2 attempts could not be stored: the disk is full",
        "5 attempts could not be checked: run/0: the checks failed, so nothing more is known: "
        "the process ended or hung",
    ]


def test_without_trouble_nothing_is_said(bench: Bench) -> None:
    troubles = Troubles()
    for event in check(bench, five(bench)).values():
        troubles.add(event)
    assert list(troubles.lines()) == []


def test_the_command_says_so_once_and_ends_with_1(tmp_path: Path) -> None:
    """In worker processes, as a user runs it: no traceback on the terminal, facts kept."""
    runs = build_runs(tmp_path / "runs")
    (tmp_path / "sitecustomize.py").write_text(_PLANTED)
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    done = command("check", runs, "--jobs", "1", env={"PYTHONPATH": path})
    assert done.returncode == 1
    told = "the rule files.planted failed on 5 attempts: KeyError: "
    assert done.stderr.splitlines() == [told + "'raw \\x1b]52;c;aGk=\\x07 text'"]
    assert "5 attempts" in done.stdout
    log = log_file().read_text()
    assert log.count("the rule files.planted failed on") == 5
    assert "raise KeyError" in log
    assert "\x1b" not in log
    assert command("check", runs).returncode == 0, "without the planted rule all is well"
