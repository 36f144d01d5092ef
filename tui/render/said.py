"""Messages about a verdict recorded just now: the attempt by its name, the decision."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from core.assess.decisions import Decision, decision_of
from core.models import CRITERIA, HEADINGS, Analysis, Attempt, Verdict
from core.text import counted, one_line
from tui.render.amounts import UNKNOWN, short_key, short_sha
from tui.render.signs import CRITERION_NAMES, OUTCOME_NAMES, OUTCOME_SIGNS

_ANSWERS = {True: "yes", False: "no"}


def attempt_name(attempt: Attempt) -> str:
    """An attempt in a few words: commit, agent, the short form of its key."""
    agent = "" if attempt.agent == UNKNOWN else f"{one_line(attempt.agent, 12)} "
    if attempt.instance:  # the key begins with it
        agent = agent or f"{one_line(attempt.model, 20)} "
        return f"{agent}{short_key(attempt)}"
    return f"{short_sha(attempt.reference_sha)} {agent}{short_key(attempt)}"


def decision_words(verdict: Verdict) -> str:
    """What a verdict decides."""
    if verdict.cannot_tell is not None:
        reason = one_line(verdict.cannot_tell, 60)
        return f"? cannot tell{f' ({reason})' if reason else ''}"
    return f"{OUTCOME_SIGNS[verdict.outcome][0]} {OUTCOME_NAMES[verdict.outcome]}"


def criteria_words(verdict: Verdict) -> str:
    """The criteria that a verdict settles."""
    answers = [(CRITERION_NAMES[name], getattr(verdict.criteria, name)) for name in CRITERIA]
    return ", ".join(f"{name} {_ANSWERS[value]}" for name, value in answers if value is not None)


def verdict_words(verdict: Verdict) -> str:
    """A verdict in one line: the decision, and the criteria that were given."""
    return ", ".join(filter(None, (decision_words(verdict), criteria_words(verdict))))


def agreement_words(verdict: Verdict, others: Mapping[str, Decision]) -> str:
    """Whether others decided the same, shown once their verdicts are unsealed."""
    mine = decision_of(verdict)
    words = []
    for who, decision in others.items():
        name = one_line(who, 30)
        other = decision.value.replace("_", " ")
        words.append(f"{name} agrees" if decision is mine else f"{name} says {other}")
    return ", ".join(words)


def change_words(verdict: Verdict, changed: Collection[str]) -> str:
    """What was recorded just now: the fields of a verdict that changed."""
    said = [verdict_words(verdict)] if {"outcome", "cannot_tell", "criteria"} & {*changed} else []
    if "note" in changed:
        said.append("note saved" if verdict.note else "note removed")
    if "tags" in changed:
        said.append(" ".join(f"#{one_line(tag, 40)}" for tag in verdict.tags) or "no tags")
    if "comments" in changed:
        said.append(counted(len(verdict.comments), "comment"))
    return ", ".join(said) + (" (flagged)" if verdict.flags else "")


def headings_words(analysis: Analysis) -> str:
    """The headings under which an analysis has text."""
    names = HEADINGS[analysis.scope]
    return ", ".join(names[name] for name in names if analysis.texts.get(name)) or "no text"


def history_lines(history: Sequence[Verdict], analyses: Sequence[Analysis] = ()) -> list[str]:
    """All records on an attempt: who, when, what, on which patch, what was in view."""
    records: list[Verdict | Analysis] = sorted([*history, *analyses], key=lambda r: r.created)
    return [line for record in records for line in _record_lines(record)]


def _said_in(verdict: Verdict) -> Iterator[str]:
    yield verdict_words(verdict)
    if verdict.tags:
        yield " ".join(f"#{one_line(tag, 40)}" for tag in verdict.tags)
    if verdict.comments:
        yield counted(len(verdict.comments), "comment")


def _record_lines(record: Verdict | Analysis) -> Iterator[str]:
    if isinstance(record, Verdict):
        what = "takes back" if record.undoes else ", ".join(_said_in(record))
    else:
        what = "takes the analysis back" if record.undoes else f"analysis: {headings_words(record)}"
    yield f"{record.created:%Y-%m-%d %H:%M}  {one_line(record.reviewer, 40)}  {what}"
    basis = record.basis
    rests = f"patch {basis.patch[:12]}, human {basis.human[:12]}" if basis else "not recorded"
    if isinstance(record, Analysis):
        if not record.undoes:
            yield f"    rests on: {rests}"
        return
    seen = record.in_view
    view = "not recorded" if seen is None else ", ".join(seen) or "nothing else"
    yield f"    rests on: {rests}"
    yield f"    in view: {view}"
    if record.note:
        yield f"    {one_line(record.note, 200)}"
