"""SWE-bench predictions, with their reference instances and the results that mark them.

A reference instance without a commit id of its own is named after its `instance_id`. A results file
speaks of the predictions in its own folder, else in the folder above, else of all; where it, or a
folder above it, is named after a model, of that model only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from sys import intern

from core.models import Attempt, HumanCommit
from core.readers.fields import Fields
from core.readers.record_names import record_key, safe_name
from core.readers.record_scan import Record
from core.readers.runs import patch_of_record

_RESOLVED, _UNRESOLVED = "resolved", "unresolved"


@dataclass(frozen=True, slots=True)
class Instance:
    """One task of a reference dataset: the human commit, and what the agent was told."""

    commit: HumanCommit
    record: Record
    has_statement: bool


@dataclass(frozen=True, slots=True)
class Report:
    """What a results file says. `names` are the instances it speaks of; None: all of them."""

    path: PurePath
    resolved: frozenset[str]
    names: frozenset[str] | None
    unsettled: frozenset[str] = frozenset()

    def is_resolved(self, name: str) -> bool | None:
        """Was an instance resolved? None when the report says nothing of it."""
        if name in self.unsettled or (self.names is not None and name not in self.names):
            return None
        return name in self.resolved

    def is_of_model(self, model: str) -> bool:
        """Is the report's file, or a folder above it, named after a model?"""
        name = model.replace("/", "__")
        return name in self.path.parts or self.path.name.startswith(f"{name}.")


def parse_report(record: Record) -> Report:
    """The report in a record: lists of ids, or true and false by instance."""
    fields, path = Fields(record.value), PurePath(record.path)
    ids = fields.texts("resolved_ids", "resolved")
    if ids is not None:
        submitted = fields.texts("submitted_ids")
        names = None if submitted is None else frozenset(submitted)
        return Report(path, frozenset(ids), names, frozenset(fields.texts("incomplete_ids") or ()))
    answers = {name: fields.inside(name).flag("resolved") for name in fields.names()}
    for field in ("resolved_ids", "resolved"):
        flags = fields.inside(field)
        answers |= {name: flags.flag(name) for name in flags.names()}
    settled = {name: answer for name, answer in answers.items() if answer is not None}
    return Report(path, frozenset(n for n, answer in settled.items() if answer), frozenset(settled))


class Predictions:
    """Collects predictions, instances and results in any order, then makes attempts of them."""

    def __init__(self) -> None:
        self._attempts: list[tuple[str, Attempt]] = []
        self._instances: dict[str, Instance] = {}
        self._reports: list[Report] = []

    def __len__(self) -> int:
        return len(self._attempts)

    @property
    def known_instances(self) -> int:
        """The number of reference instances so far."""
        return len(self._instances)

    def add(self, record: Record, file: str) -> None:
        """A prediction; `file` is its file's path below the root."""
        fields = Fields(record.value)
        name = fields.text("instance_id") or ""
        model = fields.text("model_name_or_path")
        attempt = Attempt(
            key=record_key(file, model or "unknown", name),
            reference_sha=intern(safe_name(name)),
            model=intern(model or "unknown"),
            run=intern(file),
            item=intern(name),
            patch=patch_of_record(record, fields, ("model_patch",)),
            has_journal=False,
        )
        self._attempts.append((str(PurePath(record.path).parent), attempt))

    def add_instance(self, record: Record) -> None:
        """A reference instance; the first of a name counts."""
        fields = Fields(record.value)
        name = fields.text("instance_id") or ""
        message = fields.text("problem_statement")
        text = fields.raw_text("patch")
        commit = HumanCommit(
            sha=fields.commit("commit", "sha", "commit_hash") or safe_name(name),
            subject=(message or name).split("\n", 1)[0].strip(),
            message=message or "",
            parent=fields.commit("base_commit"),
            date=fields.moment("created_at"),
            diff=record.text("patch") if text and text.strip() and record.readable else None,
            source=record.path,
        )
        has_statement = message is not None and record.readable
        self._instances.setdefault(
            name, Instance(commit, replace(record, value=None), has_statement)
        )

    def add_results(self, record: Record) -> None:
        """A report that says which instances were resolved."""
        self._reports.append(parse_report(record))

    def commits(self) -> Iterator[HumanCommit]:
        """The human commits of all instances."""
        return (instance.commit for instance in self._instances.values())

    def attempts(self) -> Iterator[Attempt]:
        """The attempts, with what instances and results say of them."""
        marks = self._marks()
        for (_, attempt), marked in zip(self._attempts, marks, strict=True):
            instance = self._instances.get(attempt.item)
            if marked is not None:
                status = _RESOLVED if marked else _UNRESOLVED
                attempt = replace(attempt, marked_success=marked, status=status)
            if instance is not None:
                told = (instance.record.text("problem_statement"),)
                attempt = replace(
                    attempt,
                    reference_sha=instance.commit.sha,
                    base=instance.commit.parent,
                    prompts=told if instance.has_statement else (),
                )
            yield attempt

    def _marks(self) -> list[bool | None]:
        marks: list[bool | None] = [None] * len(self._attempts)
        by_item: dict[str, list[int]] = defaultdict(list)
        for at, (_, attempt) in enumerate(self._attempts):
            by_item[attempt.item].append(at)
        for report in self._reports:
            named = range(len(marks)) if report.names is None else _at(by_item, report.names)
            for at in self._spoken_of(report, named):
                resolved = report.is_resolved(self._attempts[at][1].item)
                marks[at] = marks[at] if resolved is None else resolved
        return marks

    def _spoken_of(self, report: Report, candidates: Sequence[int]) -> Sequence[int]:
        for folder in (report.path.parent, report.path.parent.parent):
            near = [at for at in candidates if self._attempts[at][0] == str(folder)]
            if near:
                candidates = near
                break
        named = [at for at in candidates if report.is_of_model(self._attempts[at][1].model)]
        return named or candidates


def _at(by_item: dict[str, list[int]], names: frozenset[str]) -> list[int]:
    return [at for name in sorted(names) for at in by_item.get(name, ())]
