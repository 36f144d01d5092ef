"""The samples of an Inspect log, and which of a sample's scores is the claim about its patch.

The pipeline's claim is a score as it was before anybody edited it: an edit is a person's decision,
and a score made only of edits claims nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping

import msgspec
from msgspec import Struct

from core.errors import SourceError
from core.files import UnusableError
from core.readers.fields import Fields, LongList
from core.readers.problems import Problems
from core.readers.record_names import record_key
from core.readers.record_scan import MAX_RECORD_BYTES, Record, members_of, read_shallow, scan
from core.readers.walk import File
from core.sources import TextSource, is_from_outside

PATCHES = ("model_patch", "generated_patch", "patch")
"""The names under which scorers keep the patch."""

_HEADS, _SAMPLES = ("header.json", "_journal/start.json"), "samples/"
_RIGHT, _WRONG = frozenset({"C", "1", "true", "yes"}), frozenset({"I", "0", "P", "false", "no"})
_PARTS = ("resolved", "correct", "success", "score")  # of a score that is an object


_ATTACHMENT = re.compile(r"attachment://([0-9a-zA-Z_-]+)")


class AttachedText(Struct, frozen=True):
    """A text of a sample with its attachments inserted."""

    source: TextSource
    attachments: TextSource

    @property
    def name(self) -> str:
        return self.source.name

    @property
    def outside(self) -> bool:
        """Was the log reached through a link that leads out of the runs?"""
        return is_from_outside(self.source)

    def read(self) -> str:
        text = self.source.read()
        if "attachment://" not in text:
            return text
        held = _read(self.attachments)
        if whole := _ATTACHMENT.fullmatch(text):
            return held.raw_text(whole[1]) or text

        def insert(match: re.Match[str]) -> str:
            found = held.raw_text(match[1])  # is inside a JSON text
            return match[0] if found is None else json.dumps(found, ensure_ascii=False)[1:-1]

        return _ATTACHMENT.sub(insert, text)


class Log(Struct, frozen=True):
    """What is reported once for all samples."""

    place: Record | File
    task: str
    model: str
    agent: str

    @staticmethod
    def of(place: Record | File, head: Fields) -> Log:
        """The log whose `eval` object is `head`."""
        solver = head.text("solver")
        agent = f"Inspect {solver.rsplit('/')[-1]}" if solver else "Inspect"
        return Log(place, head.text("task") or "", head.text("model") or "unknown", agent)


class Sample(Struct, frozen=True):
    """One sample, and where its texts are read from."""

    log: Log
    fields: Fields
    text: Callable[..., TextSource]

    @property
    def id(self) -> str | int | None:
        """Its id as the log has it."""
        return self.fields.text("id") or self.fields.integer("id")

    @property
    def identity(self) -> str:
        """Its id as text; "" if it has none."""
        return "" if self.id is None else str(self.id)

    @property
    def epoch(self) -> int:
        """Which of several answers to one task it is."""
        return self.fields.integer("epoch") or 1

    def key(self, path: str) -> str:
        """The key of its attempt; `path` is the log's below the root."""
        key = record_key(path, self.log.model, self.identity)
        return f"{key}/epoch_{self.epoch}" if self.epoch > 1 else key


class Score(Struct, frozen=True):
    """A score as the pipeline gave it; `keys` lead to it in the sample."""

    name: str
    fields: Fields
    keys: tuple[str | int, ...]


def is_log(value: Mapping[str, object]) -> bool:
    """Is an object a log?"""
    head = value.get("eval")
    return isinstance(head, dict) and "model" in head and "task" in head and "samples" in value


def zip_samples(file: File) -> Iterator[Sample]:
    """The samples of a `.eval` file. Raises `UnusableError`."""
    from core.readers.zip_entries import ZipText, opened_zip, read_entry  # few need it

    def place(name: str) -> Callable[..., TextSource]:
        return lambda *keys: ZipText(file.path, name, keys, file.outside)

    with opened_zip(file.path) as archive:
        names = archive.namelist()
        head = next((name for name in _HEADS if name in names), "")
        if not head:
            raise UnusableError("is not an Inspect log: it has no header.json")
        try:
            log = Log.of(file, Fields(read_shallow(read_entry(archive, head))).inside("eval"))
            for name in sorted(n for n in names if n.startswith(_SAMPLES) and n.endswith(".json")):
                data = read_entry(archive, name, MAX_RECORD_BYTES)
                yield Sample(log, Fields(_with_roles(read_shallow(data), data)), place(name))
        except (ValueError, RecursionError) as error:
            raise UnusableError(f"contains invalid JSON ({error})") from error


class _Message(msgspec.Struct):
    role: str = ""


class _Roles(msgspec.Struct):
    messages: list[_Message] = []


_ROLES = msgspec.json.Decoder(_Roles)


def _with_roles(sample: object, data: bytes) -> object:
    """A sample whose long conversation was skipped, with who spoke in it."""
    if not isinstance(sample, dict) or not isinstance(sample.get("messages"), LongList):
        return sample
    try:
        messages = _ROLES.decode(data).messages
    except msgspec.MsgspecError:
        return sample
    return {**sample, "messages": [{"role": message.role} for message in messages]}


def log_samples(file: File, problems: Problems) -> Iterator[Sample]:
    """The samples of a log in either form; none if the file is not a log.

    Raises `UnusableError`.
    """
    if file.path.lower().endswith(".eval"):
        yield from zip_samples(file)
        return
    for record in scan(file, _is_log, problems):
        if _is_log(record.value, None):
            log = Log.of(record, Fields(record.value).inside("eval"))
            for sample in members_of(record, "samples", problems):
                yield Sample(log, Fields(sample.value), sample.text)


def _is_log(value: object, _name: str | None) -> bool:
    return isinstance(value, dict) and is_log(value)


def scores_of(sample: Sample) -> list[Score]:
    """The scores of a sample as they were before edits, those that kept the patch first."""
    scores = sample.fields.inside("scores")
    places: list[tuple[str, ...]] = [("scores", name) for name in scores.names()]
    if not places and sample.fields.filled("score"):  # logs from before several scorers
        places = [("score",)]
    found = [score for keys in places if (score := _original(sample, keys)) is not None]
    return sorted(found, key=lambda s: s.fields.inside("metadata").raw_text(*PATCHES) is None)


def _original(sample: Sample, keys: tuple[str, ...]) -> Score | None:
    score = sample.fields
    for key in keys:
        score = score.inside(key)
    if not score.filled("history"):
        return Score(keys[-1], score, keys)
    edits = score.items("history")
    first = Fields(edits[0]) if edits else _read(sample.text(*keys, "history", 0))  # a long list
    return None if first.filled("provenance") else Score(keys[-1], first, (*keys, "history", 0))


def _read(source: TextSource) -> Fields:
    try:
        return Fields(json.loads(source.read()))
    except (SourceError, ValueError):
        return Fields(None)


def claim_of(scores: list[Score]) -> bool | None:
    """The claim of the scores: the first that says anything."""
    return next((claim for s in scores if (claim := _as_claim(s.fields)) is not None), None)


def _as_claim(fields: Fields, name: str = "value") -> bool | None:
    number, flag, text = fields.number(name), fields.flag(name), fields.text(name)
    if flag is not None:
        return flag
    if number is not None:
        return number >= 1
    if text is not None:
        return True if text in _RIGHT else False if text in _WRONG else None
    if name != "value":
        return None
    parts = (_as_claim(fields.inside(name), part) for part in _PARTS)
    return next((claim for claim in parts if claim is not None), None)
