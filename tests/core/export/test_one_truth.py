"""One truth in every format: made by chance, written, read back, and the same everywhere."""

from __future__ import annotations

import csv
import io
import json
import random
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from core.assess.decisions import decision_of
from core.assess.outcome import assess, outcome_settled_by
from core.assess.strata import judge_says_true
from core.export import FORMATS
from core.export.criterion_voices import voices_on
from core.export.export_document import Document
from core.models import (
    CRITERIA,
    Assessment,
    Attempt,
    CheckReport,
    Criteria,
    Finding,
    Judgement,
    JudgementState,
    Outcome,
    PatchState,
    Severity,
    Verdict,
)
from core.readers.evaluations import match_evaluations
from core.readers.problems import Problems
from core.readers.record_scan import Record
from core.records import replace
from core.stats.figures import Statistics
from tests.core.export.report_outline import (
    Heading,
    Item,
    Rows,
    Words,
    outline_of_html,
    outline_of_markdown,
)
from tests.core.patch.results import NOON, Result, make_result

Voices = tuple[bool | None, bool | None, bool | None, str]
"""Check, judge, person, and who settles it ("" for nobody)."""


@dataclass
class Told:
    """What a format says of one attempt."""

    outcome: str
    by: str
    marked: bool | None
    voices: dict[str, Voices] = field(default_factory=dict)
    decisions: dict[str, str] = field(default_factory=dict)


# The truth, made by chance


def made_by_chance(root: Path, seed: int) -> Result:
    """Attempts on which checks, judge and two people say whatever comes up."""
    chance = random.Random(seed)
    result = make_result(root, {})
    histories = {a.key: _verdicts(chance, a) for a in result.run_set.attempts}
    assessments = [
        assess(a, histories[a.key], _judgements(chance, a), _report(chance, a))
        for a in result.run_set.attempts
    ]
    return Result(result.run_set, assessments, {k: h for k, h in histories.items() if h})


def _criteria(chance: random.Random) -> Criteria:
    values = {name: chance.choice((None, True, False)) for name in CRITERIA}
    return Criteria(**values, quality_score=chance.choice((None, 0.25, 1.0)))


def _verdicts(chance: random.Random, attempt: Attempt) -> list[Verdict]:
    outcomes = (Outcome.TRUE_SUCCESS, Outcome.PARTIAL_SUCCESS, Outcome.FAILURE, Outcome.UNDECIDED)
    return [
        Verdict(
            f"{attempt.key}-{who}", attempt.key, who, NOON,
            chance.choice(outcomes), _criteria(chance), note="one\n| two |",
        )
        for who in ("ada", "bo")
        if chance.random() < 0.6
    ]  # fmt: skip


def _judgements(chance: random.Random, attempt: Attempt) -> list[Judgement]:
    return [
        Judgement(
            f"{attempt.key}-{vote}", attempt.key,
            JudgementState.VERDICT if is_opinion else JudgementState.ERROR,
            _criteria(chance) if is_opinion else Criteria(),
            reasoning="It | is", error="" if is_opinion else "no reply",
            created=NOON, vote=vote, question="q",
        )
        for vote in range(1, chance.choice((1, 2, 4)))
        for is_opinion in (chance.random() < 0.75,)
    ]  # fmt: skip


def _report(chance: random.Random, attempt: Attempt) -> CheckReport | None:
    if chance.random() < 0.3:
        return None
    finding = Finding("files.missed", Severity.ERROR, "it | misses", True, "engine/config.py", 3)
    measures = {"applies": chance.choice((True, False, None))}
    found = (finding,) * chance.choice((0, 1, 5))
    return CheckReport(attempt.key, _criteria(chance), found, measures, created=NOON)


def truth_of(assessments: Iterable[Assessment]) -> dict[str, Told]:
    return {
        known.attempt.key: Told(
            known.outcome.value,
            outcome_settled_by(known) or "",
            known.attempt.marked_success,
            {v.name: (v.check, v.judge, v.person, v.settled_by) for v in voices_on(known)},
            {v.reviewer: decision_of(v) or "" for v in known.verdicts},
        )
        for known in assessments
    }


# Reading each format


def read_json(text: str) -> dict[str, Told]:
    return {a["key"]: _told_by_json(a) for a in json.loads(text)["attempts"]}


def read_jsonl(text: str) -> dict[str, Told]:
    lines = [json.loads(line) for line in text.splitlines()]
    return {a["key"]: _told_by_json(a) for a in lines if "stray" not in a}


def _told_by_json(a: Mapping[str, Any]) -> Told:
    """From the records alone: the report's criteria, votes that count, verdicts that hold."""
    check = a["check"]["criteria"] if a["check"] else dict.fromkeys(CRITERIA)
    votes = a["judgements"] if any(j["state"] == "verdict" for j in a["judgements"]) else []
    voices = {}
    for name in CRITERIA:
        answers = [vote["criteria"][name] for vote in votes]
        said = {v["criteria"][name] for v in a["verdicts"]} - {None}
        person = said.pop() if len(said) == 1 else None
        voices[name] = (check[name], _most(answers), person, a["settled_by"].get(name, ""))
    decisions = {v["reviewer"]: _decision(v["outcome"]) for v in a["verdicts"]}
    return Told(a["outcome"], a["outcome_by"] or "", a["marked_success"], voices, decisions)


def _most(answers: Sequence[bool | None]) -> bool | None:
    found = (a for a in (True, False) if 2 * answers.count(a) > len(answers))
    return next(found, None)


def _decision(outcome: str) -> str:
    named = {"undecided": "", "failure": "not_a_success", "false_positive": "not_a_success"}
    return named.get(outcome, outcome)


def read_csv(text: str) -> dict[str, Told]:
    flags = {"true": True, "false": False, "": None}
    told = {}
    for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")):
        voices = {
            name: (
                flags[row[f"{name}_check"]],
                flags[row[f"{name}_judge"]],
                flags[row[f"{name}_person"]],
                row[f"{name}_by"],
            )
            for name in CRITERIA
        }
        said = [line.split(": ") for line in row["decisions"].splitlines()]
        told[row["key"]] = Told(
            row["outcome"], row["outcome_by"], flags[row["marked_success"]], voices,
            dict(said),
        )  # fmt: skip
    return told


def read_report(items: Sequence[Item]) -> dict[str, Told]:
    told: dict[str, Told] = {}
    key = ""
    for item in items:
        if isinstance(item, Heading) and item.level <= 4:
            found = re.fullmatch(r"Attempt \d+ of \d+: (.*)", item.text)
            key = found[1] if found else ""
            told |= {key: Told("", "", None)} if key else {}
        elif key and isinstance(item, Words):
            _read_words(item.text, told[key])
        elif key and isinstance(item, Rows) and item.cells[0][0] == "criterion":
            told[key].voices = {_name(row[0]): _read_voices(row) for row in item.cells[1:]}
    return told


def _name(words: str) -> str:
    return words.removesuffix(" (conflict)").replace(" ", "_")


def _read_words(text: str, told: Told) -> None:
    if found := re.match(r"Outcome: ([a-z ]+?)(?: \(settled by (\w+)\))?(?::|$)", text):
        told.outcome, told.by = _name(found[1]), found[2] or ""
    elif found := re.match(r"Marked: (success|no success|the pipeline claimed nothing)", text):
        told.marked = {"s": True, "n": False, "t": None}[found[1][0]]
    elif found := re.match(r"Verdict: ([a-z ]+), by (\w+) on", text):
        said = _decision(_name(found[1]))
        told.decisions[found[2]] = "" if said == "no_decision" else said


def _read_voices(row: Sequence[str]) -> Voices:
    flags = {"yes": True, "no": False, "unknown": None}
    votes: list[bool | None] = []
    for answer, count in re.findall(r"(yes|no|unknown) (\d+)/\d+", row[2]):
        votes += [flags[answer]] * int(count)
    by = "" if row[4] == "nobody" else row[4]
    return flags[row[1]], _most(votes), flags.get(row[3]), by


Reader = Callable[[str], dict[str, Told]]
READERS: Mapping[str, Reader] = {
    "json": read_json,
    "jsonl": read_jsonl,
    "csv": read_csv,
    "md": lambda text: read_report(outline_of_markdown(text)),
    "html": lambda text: read_report(outline_of_html(text)),
}


def rendered(document: Document, name: str) -> str:
    return "".join(FORMATS[name].render(document))


@pytest.mark.parametrize("seed", range(8))
def test_every_format_says_the_same_of_every_attempt(tmp_path: Path, seed: int) -> None:
    result = made_by_chance(tmp_path / "runs", seed)
    document, truth = result.document(), truth_of(result.assessments)
    for name, read in READERS.items():
        told = read(rendered(document, name))
        assert list(told) == list(truth), name
        for key, expected in truth.items():
            silent = name in ("md", "html") and not told[key].voices
            if silent:  # it says that nobody has said anything
                assert expected.voices == dict.fromkeys(CRITERIA, (None, None, None, "")), name
                told[key].voices = expected.voices
            expected_here = replace_silent(expected) if name == "csv" else expected
            assert told[key] == expected_here, (name, key)


def replace_silent(expected: Told) -> Told:
    """A spreadsheet lists decisions alone."""
    return replace(expected, decisions={w: d for w, d in expected.decisions.items() if d})


@pytest.mark.parametrize("seed", range(4))
def test_every_format_has_the_same_figures(tmp_path: Path, seed: int) -> None:
    result = made_by_chance(tmp_path / "runs", seed)
    document = result.document()
    stats = document.statistics
    data = json.loads(rendered(document, "json"))["statistics"]
    levels = {
        (f"{n}. {level.name}", of): (bounds.yes, bounds.no, bounds.unknown)
        for n, level in enumerate(stats.levels, start=1)
        for of, bounds in (("attempts", level.attempts), ("commits", level.commits))
    }
    assert {
        (f"{n}. {level['name']}", of): tuple(level[of][name] for name in ("yes", "no", "unknown"))
        for n, level in enumerate(data["levels"], start=1)
        for of in ("attempts", "commits")
    } == levels
    rates = {(r.label, r.voice): (r.count, r.of, r.total) for r in stats.rates}
    read = {(r["label"], r["voice"]): (r["count"], r["of"], r["total"]) for r in data["rates"]}
    assert read == rates
    numbered = [(n, {*level["reached"]}) for n, level in enumerate(data["levels"], start=1)]
    for name, outline in (("md", outline_of_markdown), ("html", outline_of_html)):
        tables = [
            item.cells for item in outline(rendered(document, name)) if isinstance(item, Rows)
        ]
        by_head = {cells[0][0]: cells for cells in tables}
        told = {(row[0], row[1]): tuple(map(int, row[3:6])) for row in by_head["level"][1:]}
        assert told == levels, name
        assert _rates(tables) == {key: c for key, c in rates.items() if _is_shown(stats, key[1])}
        figures = {row[0]: row[1] for row in by_head["figure"][1:]}
        assert figures["attempts"] == str(data["attempts"])
        assert figures["reviewed"] == str(data["reviewed"])
        assert figures["judged"] == str(data["judged"])
        outcomes = {_name(row[0]): int(row[-1]) for row in by_head["outcome"][1:]}
        assert outcomes == {name: sum(by.values()) for name, by in data["outcomes"].items()}
        assert _levels(outline(rendered(document, name))) == {
            a.key: max((n for n, found in numbered if a.key in found), default=0)
            for a in result.run_set.attempts
        }
        agents = {(row[0], row[1]): list(map(int, row[2:])) for row in by_head["agent"][1:]}
        assert agents == {
            (g["name"], g["detail"]): [
                g["attempts"], g["patches"], g["marked_success"], g["reviewed"],
                *(g["outcomes"][outcome] for outcome in Outcome),
            ]
            for g in data["by_agent"]
        }  # fmt: skip


def _levels(items: Iterable[Item]) -> dict[str, int]:
    """How far each attempt gets, as its section says."""
    found, key = {}, ""
    for item in items:
        if isinstance(item, Heading) and item.text.startswith("Attempt "):
            key = item.text.partition(": ")[2]
        elif isinstance(item, Words) and (told := re.match(r"Level: (\d+) of 10", item.text)):
            found[key] = int(told[1])
    return found


def _is_shown(stats: Statistics, voice: str) -> bool:
    """A voice that has said nothing at all has no table."""
    return any(rate.of for rate in stats.rates if rate.voice == voice)


def _rates(tables: Sequence[tuple[tuple[str, ...], ...]]) -> dict[tuple[str, str], tuple[int, ...]]:
    found: dict[tuple[str, str], tuple[int, ...]] = {}
    for cells in tables:
        if cells[0][0] == "rate":
            for row in cells[1:]:
                label, _, voice = row[0].removesuffix(")").rpartition(" (")
                numbers = re.match(r"(\d+) of (\d+) .*?\((\d+) of (\d+) ", row[1])
                assert numbers, row
                name = _name(label) if _name(label) in CRITERIA else label
                found[name, voice] = (int(numbers[1]), int(numbers[2]), int(numbers[4]))
    return found


@pytest.mark.parametrize("seed", range(4))
def test_the_judges_opinions_come_back_from_evaluations(tmp_path: Path, seed: int) -> None:
    result = made_by_chance(tmp_path / "runs", seed)
    document = result.document()
    commits = json.loads(rendered(document, "gpt5_evaluations"))
    records = [Record("evaluations.json", 0, 0, commit) for commit in commits]
    back = match_evaluations(records, result.run_set.attempts, Problems(tmp_path))
    opinions = {judgement.attempt: judgement for judgement in back}
    said = {e["run_id"] + "/" + e["item_id"]: e for c in commits for e in c["evaluated_attempts"]}
    for known in result.assessments:
        key = known.attempt.key
        assert (key in opinions) == bool(known.judgements)
        if not known.judgements:
            continue
        if all(j.state is JudgementState.ERROR for j in known.judgements):
            assert opinions[key].state is JudgementState.ERROR, "never a verdict"
            assert opinions[key].claimed == Criteria()
            continue
        votes = {v.name: v.judge for v in voices_on(known)}
        assert {name: getattr(opinions[key].criteria, name) for name in CRITERIA} == votes
        assert said[key]["evaluation"]["true_success"] == judge_says_true(known)


def test_predictions_are_the_patches(tmp_path: Path) -> None:
    result = made_by_chance(tmp_path / "runs", 1)
    lines = [json.loads(x) for x in rendered(result.document(), "predictions").splitlines()]
    whole = {
        a.reference_sha: a.patch.source.read()
        for a in result.run_set.attempts
        if a.patch.state is PatchState.WHOLE and a.patch.source
    }
    assert {x["instance_id"]: x["model_patch"] for x in lines if x["model_patch"]} == whole
