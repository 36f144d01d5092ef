"""What the facts of each family rest on, input by input: while none differs, they hold.

A family that is not listed in `FAMILY_INPUTS` rests on everything. `tests/core/checks/test_inputs`
runs each family on contexts that differ only in what it does not list and compares the answers.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from importlib.metadata import PackageNotFoundError, requires, version

from msgspec import Struct

from core import codec
from core.assess.basis import ChangeId, human_id
from core.assess.speed import NOT_MEASURED, SpeedFact
from core.checks.context import NO_COPIES, Copies
from core.checks.made_on import NOT_TOLD, MadeOn
from core.checks.registry import FAMILIES, all_rules
from core.errors import SourceError
from core.models import Attempt, HumanCommit
from core.sources import TextSource, encode, recorded_size

NOTHING = b""
"""The digest of a text that is missing or cannot be read."""

RULES = "rules"  # those of the family, with their versions
ENGINE = "engine"  # the running Python and its parsers
COMMIT = "commit"  # the id of the human commit, which may be abbreviated
PATCH = "patch"
BASE = "base"  # the full id of the base commit, if a repository has it
HUMAN = "human"  # the human change as parsed
SUBJECT = "subject"  # of the human commit
FILES = "files"  # of the human commit, as recorded, and of its tests if separate
TARGETS = "targets"  # files that the prompt named
RECORD = "record"  # what the pipeline recorded about the run
PROMPTS = "prompts"
LOGS = "logs"
COPIES = "copies"
SPEED = "speed"  # what tables say about the attempt
BASE_NAME = "base_name"  # what the record calls the base
MADE_ON = "made_on"  # what the bases of all tasks say about the patch, "" if nothing

OPTIONAL = (BASE, HUMAN, SUBJECT, FILES)
"""Evidence that may be missing. What was found with it holds meanwhile: the commit that names it is
the same."""

_CODE = (PATCH, BASE, HUMAN, ENGINE)
_RUN = (TARGETS, RECORD, PROMPTS, LOGS, COPIES, SPEED)
_EVERYTHING = (*_CODE, SUBJECT, FILES, *_RUN, BASE_NAME, MADE_ON)

FAMILY_INPUTS: Mapping[str, tuple[str, ...]] = {
    "patch": (*_CODE, FILES),
    "applies": (PATCH, BASE),
    "syntax": _CODE,
    "names": _CODE,
    "files": (PATCH, BASE, HUMAN, FILES, TARGETS),
    "coverage": _CODE,
    "template": _CODE,
    "run": (PATCH, RECORD, LOGS),
    "copies": (PATCH, HUMAN, COPIES),
    "prompt": (HUMAN, SUBJECT, FILES, PROMPTS),
    "injection": (PATCH, PROMPTS, LOGS),
    "base": (PATCH, BASE, BASE_NAME, MADE_ON),
    "leak": (PATCH, HUMAN, PROMPTS),
    "speed": (SPEED,),
}

_SHELLS = ("bash", "dash", "sh")  # asked whether they can parse a script
_PARSERS = ("tree-sitter", "pyflakes", "ruff", "cython", "pyyaml", "tomli")


class Inputs(Struct, frozen=True, gc=False):
    """The current inputs of one attempt, by their names above: the hash or id, "" if missing.

    One is held for each attempt that is to be checked, so equal values are one object.
    """

    rules: Mapping[str, str]  # by family
    commit: str = ""
    engine: str = ""
    patch: str = ""
    base: str = ""
    human: str = ""
    subject: str = ""
    files: str = ""
    targets: str = ""
    record: str = ""
    prompts: str = ""
    logs: str = ""
    copies: str = ""
    speed: str = ""
    base_name: str = ""  # what the attempt itself, or its human commit, calls the base
    made_on: str = ""

    def of(self, family: str) -> dict[str, str]:
        """The inputs that a family rests on."""
        found = {RULES: self.rules[family], COMMIT: self.commit}
        for name in FAMILY_INPUTS.get(family, _EVERYTHING):
            found[name] = getattr(self, name)
        return found


class CommitInputs(Struct, frozen=True):
    """The inputs shared by all attempts at one human commit."""

    values: Mapping[str, str]


def digest(text: str) -> bytes:
    """A short hash of a text's bytes."""
    return hashlib.blake2b(encode(text), digest_size=16).digest()


def digest_source(source: TextSource | None) -> bytes:
    """A short hash of a source's current text."""
    if source is None:
        return NOTHING
    try:
        return digest(source.read())
    except SourceError:
        return NOTHING


@cache
def rules_here() -> Mapping[str, str]:
    """The rules with their versions, family by family."""
    versions: dict[str, list[list[object]]] = {family: [] for family in FAMILIES}
    for rule in all_rules():
        versions[rule.family].append([rule.id, rule.version])
    return {family: _hash(rules) for family, rules in versions.items()}


@cache
def parser_versions() -> Mapping[str, str]:
    """The parsers that are installed, by name."""
    try:
        needed = requires("patchjury") or []
        names = sorted({_name(line) for line in needed if _name(line).startswith(_PARSERS)})
        return {name: version(name) for name in names}
    except PackageNotFoundError:
        return {}


def here_versions() -> dict[str, str]:
    """Everything about this machine that facts rest on, by name."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    shells = {shell: "installed" for shell in _SHELLS if shutil.which(shell)}
    rules = {f"rules of {family}": found for family, found in rules_here().items()}
    return {"Python": python, **parser_versions(), **shells, **rules}


@cache
def engine() -> str:
    """The running Python and the parsers with their versions."""
    parsers = [f"{name} {number}" for name, number in parser_versions().items()]
    parsers += [f"{shell} is here" for shell in _SHELLS if shutil.which(shell)]
    return f"python {sys.version_info.major}.{sys.version_info.minor} {_hash(parsers)}"


def commit_inputs(
    commit: HumanCommit | None, identify: Callable[[HumanCommit | None], ChangeId] = human_id
) -> CommitInputs:
    """The current inputs of a human commit; reads its diff."""
    if commit is None:
        return CommitInputs({HUMAN: "", SUBJECT: "", FILES: ""})
    return CommitInputs(
        {
            HUMAN: identify(commit).parsed,
            SUBJECT: _hash(commit.subject) if commit.subject else "",
            FILES: _hash(_files(commit)) if commit.files or commit.tests else "",
        }
    )


def _files(commit: HumanCommit) -> list[str]:
    tests = [digest_source(commit.tests).hex()] if commit.tests else []
    return [*sorted(commit.files), *tests]


def attempt_inputs(
    attempt: Attempt,
    patch: bytes,
    commit: CommitInputs,
    base: tuple[str, str],
    copies: Copies,
    made_on: MadeOn = NOT_TOLD,
    speed: SpeedFact = NOT_MEASURED,
) -> Inputs:
    """The current inputs of one attempt.

    `patch` is the digest of its text, `base` the full id of the base commit if a repository has it,
    and its name. Prompts and logs count by name and size.
    """
    evidence = attempt.patch
    record = [attempt.status, attempt.marked_success, codec.to_data(attempt.execution)]
    return Inputs(
        rules_here(),
        **commit.values,
        commit=attempt.reference_sha,
        engine=engine(),
        patch=_hash([patch.hex(), evidence.state, evidence.recorded_bytes]),
        base=base[0],
        targets=_list_hash(attempt.target_files),
        record=_shared_hash(record),
        prompts=_list_hash([_trace(source) for source in attempt.prompts]),
        logs=_list_hash([_trace(source) for source in attempt.logs]),
        copies=_UNCOPIED if copies is NO_COPIES else _shared_hash(codec.to_data(copies)),
        base_name=base[1],
        made_on="" if made_on.recorded is None else _shared_hash(codec.to_data(made_on)),
        speed=_UNMEASURED if speed is NOT_MEASURED else _shared_hash(codec.to_data(speed)),
    )


def _name(requirement: str) -> str:
    name = requirement.partition(";")[0]
    for sign in " <>=!~[(":
        name = name.partition(sign)[0]
    return name.lower()


def _hash(data: object) -> str:
    return _hash_text(_as_text(data))


def _shared_hash(data: object) -> str:
    """The hash of what is mostly the same for many attempts, then as one object."""
    text = _as_text(data)
    return _hash_short(text) if len(text) <= _SHORT else _hash_text(text)


_SHORT = 2_000
"""Longer texts, in characters, are an attempt's own."""


def _hash_text(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


_hash_short = lru_cache(4_096)(_hash_text)


_as_text = json.JSONEncoder(sort_keys=True).encode

# Of what most attempts have none of: 100,000 of them are not written out for it.
_EMPTY = _hash([])
_UNCOPIED = _hash(codec.to_data(NO_COPIES))
_UNMEASURED = _hash(codec.to_data(NOT_MEASURED))


def _list_hash(items: Sequence[object]) -> str:
    return _shared_hash(items) if items else _EMPTY


def _trace(source: TextSource) -> list[object]:
    """A source's name and size, without reading it."""
    size = recorded_size(source)
    return [source.name, digest_source(source).hex() if size is None else size]
