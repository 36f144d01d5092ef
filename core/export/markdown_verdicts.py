"""What people decided, in Markdown: every reviewer's word, disputes, and what counts no more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from core.assess.decisions import not_taken_back
from core.export.markdown_text import bullets, code, escape, quote
from core.export.stats_text import words
from core.models import (
    HEADINGS,
    Analysis,
    AnalysisScope,
    Assessment,
    Flag,
    Outcome,
    Verdict,
)

_VIEWS = {
    None: "not recorded whether the judge's opinion was in view",
    True: "without the judge's opinion in view",
    False: "with the judge's opinion in view",
}

_FLAGS = {
    Flag.AGAINST_FACT: "against what is certain",
    Flag.AGAINST_OWN_CRITERIA: "against its own criteria",
}


def verdict_parts(known: Assessment) -> list[str]:
    """The verdicts on one attempt: those that count or are in dispute, then those that do not."""
    if not known.verdicts and known.verdict is None and not known.outdated:
        return ["**Verdict:** no person has decided.\n"]
    parts = []
    if known.disputed:
        parts.append("**In dispute:** reviewers differ; undecided until adjudicated.\n")
    if known.verdict is not None and known.verdict.adjudicates:
        parts.append(_verdict("Adjudicated", known.verdict))
    parts += [_verdict("Verdict", verdict) for verdict in known.verdicts]
    parts += [_verdict("Outdated, not counted", verdict) for verdict in known.outdated]
    return parts


def analyses_part(analyses: Iterable[Analysis], scope: AnalysisScope, about: str) -> str:
    """What reviewers wrote on one subject, under its headings; empty where nobody did."""
    parts = []
    for analysis in analyses:
        if (analysis.scope, analysis.about) != (scope, about):
            continue
        for name, heading in HEADINGS[scope].items():
            if text := analysis.texts.get(name, ""):
                parts.append(f"**{heading}** ({escape(analysis.reviewer)}):\n\n{quote(text)}\n")
    return "".join(parts)


def history_part(history: Sequence[Verdict]) -> str:
    """Every record on one attempt in a line, those taken back included."""
    standing = {verdict.id for verdict in not_taken_back(history)}
    items = [
        f"{verdict.created:%Y-%m-%d %H:%M %Z} {escape(verdict.reviewer)}: {_act(verdict)}"
        + ("" if verdict.undoes or verdict.id in standing else " (taken back)")
        for verdict in history
    ]
    return f"**History:** {len(history)} records\n\n{bullets(items)}"


def strays_part(strays: Mapping[str, Sequence[Verdict]]) -> str:
    """The verdicts that belong to no attempt; empty when there are none."""
    items = [
        f"{code(key)}: {escape(v.reviewer)}, {_act(v)}, {v.created:%Y-%m-%d %H:%M %Z}"
        for key, history in strays.items()
        for v in not_taken_back(history)
    ]
    if not items:
        return ""
    title = f"## Verdicts that belong to no attempt\n\n{len(items)} count nowhere:\n\n"
    return title + bullets(items) + "\n"


def _act(verdict: Verdict) -> str:
    if verdict.undoes:
        return "took a verdict back"
    return ("adjudicated: " if verdict.adjudicates else "") + _decided(verdict)


def _decided(verdict: Verdict) -> str:
    if verdict.cannot_tell is not None:
        return f"cannot tell ({escape(verdict.cannot_tell) or 'no reason given'})"
    if verdict.outcome is Outcome.UNDECIDED:
        return "no decision"
    return words(verdict.outcome)


def _verdict(title: str, verdict: Verdict) -> str:
    parts = [
        f"**{title}:** {_decided(verdict)}, by {escape(verdict.reviewer)} on "
        f"{verdict.created:%Y-%m-%d %H:%M %Z}, {', '.join(_qualities(verdict))}\n"
    ]
    if verdict.tags:
        parts.append(f"**Tags:** {', '.join(map(code, verdict.tags))}\n")
    if verdict.note:
        parts.append("**Note:**\n\n" + quote(verdict.note))
    return "\n".join(parts)


def _qualities(verdict: Verdict) -> Iterable[str]:
    yield _VIEWS[verdict.blind]
    if verdict.basis is None:
        yield "unbound (recorded without the hash of the patch)"
    if verdict.derived_from:
        yield "derived from another verdict"
    for flag in verdict.flags:
        yield _FLAGS[flag]
