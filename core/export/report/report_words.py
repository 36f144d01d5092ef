"""The wording of answers, outcomes and people in a report: one for all of its parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from core.assess.opinions import Tally
from core.export.criterion_voices import CriterionVoices
from core.export.report.report_blocks import Bar, Line, Span, Tone, code, joined, line, toned
from core.export.stats_text import words
from core.models import Analysis, Outcome, Severity, Verdict

OUTCOME_TONES: Mapping[Outcome, Tone] = {
    Outcome.TRUE_SUCCESS: Tone.GOOD,
    Outcome.PARTIAL_SUCCESS: Tone.HALF,
    Outcome.FALSE_POSITIVE: Tone.BAD,
    Outcome.FAILURE: Tone.BAD,
    Outcome.UNDECIDED: Tone.UNKNOWN,
}

TEMPLATE = "is_template_code"


def answer_word(value: bool | None) -> str:
    """An answer as a word."""
    return {True: "yes", False: "no", None: "unknown"}[value]


def answer(value: bool | None, criterion: str = "") -> Span:
    """An answer, coloured by what it means for the attempt: template code is bad when true."""
    if value is None:
        return toned("unknown", Tone.UNKNOWN)
    return toned(answer_word(value), Tone.BAD if value is (criterion == TEMPLATE) else Tone.GOOD)


def votes_line(votes: Tally, criterion: str = "") -> Line:
    """The standing votes: "yes 2/3, no 1/3", and whether models differ."""
    counts = ((True, votes.yes), (False, votes.no), (None, votes.unknown))
    if not votes.votes:
        return line(answer(None))
    told = [
        line(answer(value, criterion), f" {count}/{votes.votes}")
        for value, count in counts
        if count
    ]
    return joined([*told, *([line("models differ")] if votes.models_differ else [])], ", ")


def people_line(voices: CriterionVoices) -> Line:
    """What reviewers say about a criterion; with names if they differ."""
    if voices.people_differ:
        said = voices.people.items()
        return joined([line(answer(v, voices.name), f" ({who})") for who, v in said], ", ")
    return line(answer(voices.person, voices.name))


def outcome_span(outcome: Outcome) -> Span:
    """An outcome as words, coloured."""
    return toned(words(outcome), OUTCOME_TONES[outcome])


def outcome_bar(counts: Mapping[str, int]) -> Bar:
    """Attempts by outcome as a bar."""
    return Bar(tuple((words(o), counts.get(o.value, 0), OUTCOME_TONES[o]) for o in Outcome))


def decision_word(verdict: Verdict) -> str:
    """What a verdict decides."""
    if verdict.cannot_tell is not None:
        return f"cannot tell ({verdict.cannot_tell or 'no reason given'})"
    if verdict.outcome is Outcome.UNDECIDED:
        return "no decision"
    return words(verdict.outcome)


def codes(texts: Iterable[str]) -> Line:
    """Texts as code, with commas."""
    return joined(map(code, texts), ", ")


def written_by(analysis: Analysis) -> str:
    """Who wrote an analysis, and when."""
    return f"{analysis.reviewer}, {analysis.created:%Y-%m-%d %H:%M %Z}"


def severity(found: Severity) -> Span:
    """How much something matters, coloured."""
    tones = {Severity.ERROR: Tone.BAD, Severity.WARNING: Tone.HALF, Severity.INFO: Tone.UNKNOWN}
    return toned(found.value, tones[found])
