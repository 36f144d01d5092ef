"""Earlier evaluations (`gpt5_evaluations.json`) as judgements of loaded attempts.

A record whose first issue starts with `Evaluation error` is a failed call: its criteria, which the
script filled in, are kept as claimed and not counted: the judgement is in state `error`.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePath

from core.errors import InputError
from core.models import (
    CRITERIA,
    Attempt,
    Criteria,
    Issue,
    Judgement,
    JudgementState,
    LoadProblem,
)
from core.readers.fields import Fields
from core.readers.problems import Problems
from core.readers.record_scan import Record, scan
from core.readers.walk import File

_FAILED = "Evaluation error"
_NONE, _MANY = "no loaded attempt", "several loaded attempts"


def read_evaluations(
    path: Path, attempts: Sequence[Attempt]
) -> tuple[list[Judgement], list[LoadProblem]]:
    """The judgements in a file of earlier evaluations. Raises `InputError` if it has none."""
    problems = Problems(path.parent)
    found = scan(File(str(path.resolve())), is_evaluation, problems)
    records = [record for record in found if is_evaluation(record.value)]
    if not records:
        reasons = "; ".join(problem.reason for problem in problems.all())
        hint = reasons or "Looked for a list of records with evaluated_attempts."
        raise InputError(f"{path} contains no earlier evaluations", hint)
    judgements = list(match_evaluations(records, attempts, problems))
    return judgements, list(problems.all())


def is_evaluation(value: object, _name: str | None = None) -> bool:
    """Does a record hold the published verdicts on the attempts at one commit?"""
    return isinstance(value, dict) and isinstance(value.get("evaluated_attempts"), list)


def match_evaluations(
    records: Iterable[Record],
    attempts: Iterable[Attempt],
    problems: Problems,
    folded: Mapping[tuple[str, str], Sequence[str]] | None = None,
) -> Iterator[Judgement]:
    """A judgement for each evaluation that matches exactly one attempt; others are counted.

    `folded` has the keys of attempts that were also found under another run and item.
    """
    by_name: dict[tuple[str, str], list[Attempt]] = defaultdict(list)
    by_key: dict[str, Attempt] = {}
    for attempt in attempts:
        by_name[attempt.run, attempt.item].append(attempt)
        by_key[attempt.key] = attempt
    for name, keys in (folded or {}).items():
        by_name[name] += [by_key[key] for key in keys if key in by_key]
    strays: Counter[tuple[str, str]] = Counter()
    for record in records:
        outer = Fields(record.value)
        commit = outer.commit("commit") or ""
        for value in outer.items("evaluated_attempts"):
            fields = Fields(value)
            named = by_name.get((fields.text("run_id") or "", fields.text("item_id") or ""), [])
            matching = [attempt for attempt in named if attempt.reference_sha.startswith(commit)]
            if len(matching) == 1:
                yield parse_judgement(fields, value, matching[0], outer, record.path)
            else:
                strays[record.path, _MANY if matching else _NONE] += 1
    for (path, what), count in strays.items():
        problems.add(path, f"{count} evaluations match {what}")


def parse_judgement(
    fields: Fields, value: object, attempt: Attempt, outer: Fields, path: str
) -> Judgement:
    """The judgement in one element of `evaluated_attempts` of the commit record `outer`.

    A record that gives neither subject nor files of its commit was made without seeing it.
    """
    commit = outer.commit("commit") or ""
    origin = PurePath(path).name
    opinion = fields.inside("evaluation")
    issues = opinion.texts("issues") or ()
    error = "" if opinion.names() else "the record contains no evaluation"
    if issues and issues[0].startswith(_FAILED):
        error = issues[0]
    content = json.dumps([origin, commit, value], sort_keys=True)
    return Judgement(
        id=hashlib.sha256(content.encode()).hexdigest(),
        attempt=attempt.key,
        state=JudgementState.ERROR if error else JudgementState.VERDICT,
        criteria=Criteria() if error else parse_criteria(opinion),
        issues=() if error else tuple(Issue(message) for message in issues),
        reasoning=opinion.text("reasoning") or "",
        model=opinion.text("model") or fields.text("model"),
        origin=origin,
        error=error,
        claimed=parse_criteria(opinion) if error else None,
        without_reference=saw_no_commit(outer),
    )


def saw_no_commit(outer: Fields) -> bool:
    """Does a commit's record say that its subject was unknown and that it had no files?"""
    unknown = outer.text("subject") in (None, "", "Unknown")
    return unknown and outer.texts("human_files") == ()


def parse_criteria(opinion: Fields) -> Criteria:
    """The criteria that an opinion answers; a quality score outside 0..1 is unknown."""
    quality = opinion.number("quality_score")
    if quality is not None and not 0 <= quality <= 1:
        quality = None
    return Criteria(**{name: opinion.flag(name) for name in CRITERIA}, quality_score=quality)
