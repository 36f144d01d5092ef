"""A filter ready for use: terms checked against the fields, and attempts tested one by one."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import translate
from itertools import compress
from typing import Any

from core.assess.filters.filter_fields import FIELDS, Field, FieldKind, Read, Test
from core.assess.filters.filter_terms import FilterError, Term, Value, parse_terms
from core.assess.filters.search_text import SearchTexts
from core.models import Assessment, HumanCommit

Commits = Mapping[str, HumanCommit]
_Test = Callable[[Any], bool]
_Matcher = Callable[[Assessment, HumanCommit | None], bool]
_Sieve = Callable[[list[Assessment], Commits], list[Assessment]]


@dataclass(frozen=True, slots=True)
class AttemptFilter:
    """A filter as it was typed, and which attempts match it. An empty one matches everything."""

    text: str = ""
    sieves: tuple[_Sieve, ...] = field(default=(), repr=False, compare=False)

    def matches(self, known: Assessment, commits: Commits) -> bool:
        """Does this attempt match?"""
        return bool(self.select([known], commits))

    def select(self, assessments: Iterable[Assessment], commits: Commits) -> list[Assessment]:
        """The attempts that match, in their order."""
        chosen = list(assessments)
        for sieve in self.sieves:
            chosen = sieve(chosen, commits)
        return chosen


def parse_filter(text: str, texts: SearchTexts | None = None) -> AttemptFilter:
    """A filter from its text. Raises `FilterError` that says what is wrong and what would work.

    `texts` caches the searched texts, for callers that filter the same attempts again.
    """
    terms = parse_terms(text)
    sieves = [_field_sieve(term) for term in terms if term.field]
    if words := [term for term in terms if not term.field]:
        sieves.append(_word_sieve(words, texts or SearchTexts()))  # last, being the slowest
    return AttemptFilter(text.strip(), tuple(sieves))


def _field_sieve(term: Term) -> _Sieve:
    matches = _field_matcher(term)

    def sieve(assessments: list[Assessment], commits: Commits) -> list[Assessment]:
        commit_of = commits.get
        return [k for k in assessments if matches(k, commit_of(k.attempt.reference_sha))]

    return sieve


def _field_matcher(term: Term) -> _Matcher:
    known_field = FIELDS.get(term.field)
    if known_field is None:
        raise _unknown_field(term)
    if known_field.tests is not None:
        return _question_matcher(known_field, known_field.tests, term)
    tests = [_test(known_field, value, term) for value in term.values]
    asked = [test for test, value in zip(tests, term.values, strict=True) if not value.negated]
    denied = [test for test, value in zip(tests, term.values, strict=True) if value.negated]
    if known_field.kind is FieldKind.NUMBER:
        return _number_matcher(known_field.read, asked, denied, term.negated)
    return _text_matcher(known_field.read, asked, denied, term.negated)


def _number_matcher(
    read: Read, asked: Sequence[_Test], denied: Sequence[_Test], negated: bool
) -> _Matcher:
    if len(asked) == 1 and not denied and not negated:
        return _one_number_matcher(read, asked[0])

    def matches(known: Assessment, commit: HumanCommit | None) -> bool:
        value = read(known, commit)
        if value is None:
            return False
        holds = not asked
        for test in asked:
            holds = holds or test(value)
        for test in denied:
            holds = holds and not test(value)
        return holds is not negated

    return matches


def _one_number_matcher(read: Read, test: _Test) -> _Matcher:
    """The usual case, with nothing that it does not need."""

    def matches(known: Assessment, commit: HumanCommit | None) -> bool:
        value = read(known, commit)
        return value is not None and test(value)

    return matches


def _text_matcher(
    read: Read, asked: Sequence[_Test], denied: Sequence[_Test], negated: bool
) -> _Matcher:
    if len(asked) == 1 and not denied and not negated:
        return _one_text_matcher(read, asked[0])

    def matches(known: Assessment, commit: HumanCommit | None) -> bool:
        values = read(known, commit)
        if values is None:
            return False
        lowered = [value.lower() for value in values]  # type: ignore[attr-defined]
        holds = not asked or any(test(value) for test in asked for value in lowered)
        holds = holds and not any(test(value) for test in denied for value in lowered)
        return holds is not negated

    return matches


def _one_text_matcher(read: Read, test: _Test) -> _Matcher:
    """The usual case, with nothing that it does not need."""

    def matches(known: Assessment, commit: HumanCommit | None) -> bool:
        # A plain loop: a generator in `any` takes half as long again.
        for value in read(known, commit) or ():  # type: ignore[attr-defined]  # noqa: SIM110
            if test(value.lower()):
                return True
        return False

    return matches


def _question_matcher(known_field: Field, tests: Mapping[str, Test], term: Term) -> _Matcher:
    """Asks only what is asked for; `has:NAME` asks for a value in the field of that name too."""
    questions: list[tuple[_Matcher, bool]] = []
    for value in term.values:
        name = value.text.lower()
        if known_field.name == "has" and name not in tests and name in FIELDS and name != "has":
            questions.append((_holds_value(FIELDS[name].read), value.negated))
        else:
            questions.append((tests[_choice(known_field, name, term)], value.negated))
    asked = [test for test, negated in questions if not negated]
    denied = [test for test, negated in questions if negated]
    if len(asked) == 1 and not denied and not term.negated:
        return asked[0]

    def matches(known: Assessment, commit: HumanCommit | None) -> bool:
        holds = not asked
        for test in asked:
            holds = holds or test(known, commit)
        for test in denied:
            holds = holds and not test(known, commit)
        return holds is not term.negated

    return matches


def _holds_value(read: Read) -> _Matcher:
    def matches(known: Assessment, commit: HumanCommit | None) -> bool:
        value = read(known, commit)
        return value is not None and value not in ((), ("",))

    return matches


def _test(known_field: Field, value: Value, term: Term) -> _Test:
    if known_field.kind is FieldKind.NUMBER:
        return _number_test(known_field, value, term)
    if value.sign != "=":
        hint = f"Write {known_field.name}:VALUE; `*` stands for anything."
        raise FilterError(
            f"`{known_field.name}` cannot be compared: it is not a number",
            hint,
            term.start,
            term.end,
        )
    wanted = value.text.lower()
    if known_field.kind is FieldKind.CHOICE and not _is_pattern(value):
        wanted = _choice(known_field, wanted, term)
    return _text_test(known_field.kind, wanted, _is_pattern(value))


def _choice(known_field: Field, wanted: str, term: Term) -> str:
    """The intended choice; blanks, dashes and underscores are equivalent."""
    alike = re.compile(r"[-_\s]+")
    for choice in known_field.choices:
        if alike.sub("_", choice) == alike.sub("_", wanted):
            return choice
    raise _unknown_choice(known_field, wanted, term)


def _is_pattern(value: Value) -> bool:
    return "*" in value.text and not value.quoted


def _text_test(kind: FieldKind, wanted: str, is_pattern: bool) -> _Test:
    """A test of lower-case values."""
    if is_pattern and kind is not FieldKind.PART and wanted.index("*") == len(wanted) - 1:
        wanted, kind, is_pattern = wanted[:-1], FieldKind.START, False
    if is_pattern:
        pattern = f"*{wanted}*" if kind is FieldKind.PART else wanted
        pattern = f"{pattern}*" if kind is FieldKind.START else pattern
        # Only `*` is special: a bracket in a path is a bracket.
        match = re.compile(translate(pattern.replace("[", "[[]").replace("?", "[?]"))).match
        return lambda value: match(value) is not None
    if kind is FieldKind.PART:
        return lambda value: wanted in value
    if kind is FieldKind.START:
        return lambda value: value.startswith(wanted)
    return lambda value: value == wanted


def _number_test(known_field: Field, value: Value, term: Term) -> _Test:
    wanted = _parse_number(known_field, value, term)
    tests: dict[str, _Test] = {
        "=": lambda n: n == wanted,
        ">": lambda n: n > wanted,
        "<": lambda n: n < wanted,
        ">=": lambda n: n >= wanted,
        "<=": lambda n: n <= wanted,
    }
    return tests[value.sign]


def _parse_number(known_field: Field, value: Value, term: Term) -> float:
    units = known_field.units or {}
    match = re.fullmatch(r"(-?\d+(?:\.\d+)?)\s*([a-z]*)", value.text.lower())
    if match is None or (match[2] and match[2] not in units):
        known = f", or with a unit ({', '.join(units)})" if units else ""
        raise FilterError(
            f"`{value.text}` is not a number for `{known_field.name}`",
            f"Write it like {known_field.name}>10{known}.",
            term.start,
            term.end,
        )
    return float(match[1]) * (units[match[2]] if match[2] else 1.0)


def _word_sieve(terms: Sequence[Term], texts: SearchTexts) -> _Sieve:
    words = [(term.values[0].text.lower(), term.negated) for term in terms]

    def sieve(assessments: list[Assessment], commits: Commits) -> list[Assessment]:
        left, found = assessments, texts.of([k.attempt for k in assessments])
        for word, negated in words:  # column by column: building pairs would cost as much
            fits = [
                (word in text or _in_rest(word, known, commits)) is not negated
                for known, text in zip(left, found, strict=True)
            ]
            left, found = list(compress(left, fits)), list(compress(found, fits))
        return left

    return sieve


def _in_rest(word: str, known: Assessment, commits: Commits) -> bool:
    commit = commits.get(known.attempt.reference_sha)
    if commit is not None and word in commit.subject.lower():
        return True
    for verdict in known.verdicts:
        texts = (verdict.note, *verdict.tags, *(comment.text for comment in verdict.comments))
        if any(word in text.lower() for text in texts):
            return True
    return False


def _unknown_field(term: Term) -> FilterError:
    near = difflib.get_close_matches(term.field, FIELDS, 1)
    hint = f"Did you mean `{near[0]}:`? " if near else f"Fields: {', '.join(FIELDS)}. "
    hint += f'To look for the word itself, quote it: "{term.field}:…".'
    return FilterError(f"there is no field `{term.field}`", hint, term.start, term.end)


def _unknown_choice(known_field: Field, wanted: str, term: Term) -> FilterError:
    title = f"`{wanted}` is not a value of `{known_field.name}`"
    hint = f"Values: {', '.join(known_field.choices)}."
    if known_field.name == "has":
        hint = f"{hint[:-1]}, or the name of a field."
    return FilterError(title, hint, term.start, term.end)
