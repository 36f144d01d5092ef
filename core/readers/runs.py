"""One attempt from a folder that ISO-Bench's pipeline wrote; every file in it is optional.

Agent and model are taken from `run_metadata`, then the path, then the agent's own section of the
journal, then the run summary, which is known to name the wrong model.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from sys import intern
from typing import NamedTuple

from core.files import MAX_TEXT_BYTES, UnusableError, read_start, size_of
from core.models import Attempt, Execution, PatchEvidence, PatchState
from core.readers.building import find_patch
from core.readers.fields import Fields, parse_moment
from core.readers.patch_looks import Looks, look_at
from core.readers.problems import Problems, read_object
from core.readers.record_scan import Record, scan
from core.readers.walk import Folder
from core.sources import FileText, FolderFile, TextSource, encode

JOURNAL, SUMMARY, PATCH = "journal.json", "run_summary.json", "model_patch.diff"
PROMPT, TARGETS, PREDICTION = "prompt.json", "diff_targets.json", "prediction.jsonl"

_PROMPTS = (PROMPT, "task.txt")
_LOGS = (JOURNAL, SUMMARY, TARGETS, "trajectory.json", PREDICTION)
_LOG_ENDINGS = ("_stdout.txt", "_stderr.txt")
_LOOKED_AT = frozenset({TARGETS, PREDICTION, "task.txt", "trajectory.json"})  # others are opened
_RUN_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[_T]\d{2}-\d{2}-\d{2}")
_SECTIONS = {"trae": "trae", "claude_code": "claude_code", "codex": "codex", "codex_cli": "codex"}
_SECTIONS["openhands"] = "openhands"
_NOT_AN_AGENT = frozenset({"metrics", "timestamps", "preflight", "experiment", "run_metadata"})
_WHOLE = PatchState.WHOLE
_SMALL_PATCH_BYTES = 4096  # up to this size a patch is checked for being only white space


class _Place(NamedTuple):
    """What the names of the folders above an attempt tell."""

    agent: str | None
    model: str | None
    run: str


class _Layout(NamedTuple):
    """The roles of the files in an attempt's folder, by name."""

    prompts: tuple[str, ...]
    logs: tuple[str, ...]
    looked_at: tuple[str, ...]  # and not opened for their content


@lru_cache(maxsize=1024)
def _layout_of(names: tuple[str, ...]) -> _Layout:
    """The files that count among those of these names; most folders have the same."""
    shared = [intern(name) for name in names]
    logs = [name for name in _LOGS if name in shared]
    logs += (name for name in shared if name.endswith(_LOG_ENDINGS))
    looked_at = sorted(_LOOKED_AT.intersection(shared))
    return _Layout(tuple(n for n in _PROMPTS if n in shared), tuple(logs), tuple(looked_at))


class RunFolders:
    """Reads attempt folders of one root; repeated texts are held once."""

    def __init__(
        self,
        root: Path,
        problems: Problems,
        tuples: dict[tuple[str, ...], tuple[str, ...]],
        looks: Looks | None = None,
    ) -> None:
        self._above = root.parts
        self._problems = problems
        self._tuples = tuples
        self._last: tuple[str | None, _Place] = (None, _Place(None, None, ""))  # with its folder
        self._looks = looks  # collects a look at every patch read; None: no looks

    def attempt(self, folder: Folder) -> Attempt:
        """The attempt in a folder. What cannot be read becomes a load problem, never an error."""
        for name in _layout_of(folder.names).looked_at:
            if not folder.is_regular(name):
                self._problems.add(f"{folder.path}/{name}", "is not a regular file")
        journal = self._object(folder, JOURNAL)
        summary = self._object(folder, SUMMARY) or Fields(None)
        prompt = self._object(folder, PROMPT) or Fields(None)
        return self._build(folder, journal, summary, prompt)

    def _build(
        self, folder: Folder, found: Fields | None, summary: Fields, prompt: Fields
    ) -> Attempt:
        journal = found or Fields(None)
        layout = _layout_of(folder.names)
        place, item = self._place(folder)
        metadata, meta = journal.inside("run_metadata"), summary.inside("meta")
        section_agent, section = agent_section(journal)
        agent = metadata.text("agent") or place.agent or section_agent or meta.text("agent")
        commits = [source.inside("commits") for source in (journal, summary, prompt)]
        human, base = _first_commit(commits, "human"), _first_commit(commits, "pre")
        run = place.run or metadata.text("run_timestamp") or meta.text("timestamp") or ""
        status = journal.text("status") or summary.inside("agent").text("status")
        execution = read_execution(section, summary.inside("agent"), error_of(journal))
        return Attempt(
            key=folder.key,
            reference_sha=intern(human or ""),
            base=base and intern(base),
            agent=intern(agent or "unknown"),
            model=intern(metadata.text("model") or place.model or meta.text("model") or "unknown"),
            run=intern(run),
            item=intern(item),
            task=intern(
                journal.text("task_id") or meta.text("task_id") or prompt.text("task") or ""
            ),
            started=_started(journal, execution, run),
            status=status and intern(status),
            marked_success=None if status is None else status == "success",
            patch=self._patch(folder, journal, summary),
            execution=execution,
            target_files=self._shared(self._targets(folder, prompt)),
            prompts=_texts(folder, layout.prompts),
            logs=_texts(folder, layout.logs),
            has_journal=found is not None,
        )

    def _place(self, folder: Folder) -> tuple[_Place, str]:
        """What a folder's path says, and its name; those of one run stand one after another."""
        if folder.is_top:
            return place_of(self._above), self._above[-1]
        above, _, item = folder.key.rpartition("/")
        if self._last[0] != above:
            parts = (*self._above, *above.split("/")) if above else self._above
            self._last = above, place_of((*parts, item))
        return self._last[1], item

    def _object(self, folder: Folder, name: str) -> Fields | None:
        if name in folder.folders:
            self._problems.add(f"{folder.path}/{name}", "is not a regular file")
        path = folder.path_to(name)
        if path is None:
            return None
        try:
            return Fields(read_object(path))
        except UnusableError as error:
            self._problems.add(f"{folder.path}/{name}", str(error))
            return None

    def _targets(self, folder: Folder, prompt: Fields) -> tuple[str, ...]:
        targets = prompt.texts("target_files")
        if targets is None and folder.file(TARGETS) is not None:
            targets = (self._object(folder, TARGETS) or Fields(None)).texts("allowed")
        return targets or ()

    def _shared(self, texts: tuple[str, ...]) -> tuple[str, ...]:
        return self._tuples.setdefault(texts, texts)

    def _patch(self, folder: Folder, journal: Fields, summary: Fields) -> PatchEvidence:
        if PATCH in folder.names:
            return self._patch_file(folder)
        predicted = self._predicted(folder)
        if predicted.has_text:
            return predicted
        generated = summary.inside("agent").flag("patch_generated")
        if generated or (journal.inside("metrics").integer("patch_size_loc") or 0) > 0:
            self._problems.add(folder.path, f"a patch was recorded, but {PATCH} is not here")
            return PatchEvidence(PatchState.UNREADABLE)
        return predicted

    def _predicted(self, folder: Folder) -> PatchEvidence:
        """The patch in the attempt's own `prediction.jsonl`."""
        file = folder.file(PREDICTION)
        if file is not None and file.is_regular:
            for record in scan(file, _is_prediction, self._problems):
                if _is_prediction(record.value, record.name):
                    return find_patch(record, "model_patch")[0]
        return PatchEvidence(PatchState.MISSING)

    def _patch_file(self, folder: Folder) -> PatchEvidence:
        path = folder.path_to(PATCH)
        if path is None:  # a folder, or a link that leads nowhere or out
            if PATCH in folder.folders:
                self._problems.add(f"{folder.path}/{PATCH}", "is not a regular file")
            return PatchEvidence(PatchState.UNREADABLE)
        source = source_in(folder, PATCH)
        wanted = _SMALL_PATCH_BYTES if self._looks is None else MAX_TEXT_BYTES
        try:
            start, size = read_start(path, wanted)
            state = _state_of(start, size)
        except UnusableError as error:
            self._problems.add(f"{folder.path}/{PATCH}", str(error))
            return PatchEvidence(PatchState.UNREADABLE, source, recorded_bytes=size_of(path))
        if self._looks is not None and state is _WHOLE:
            self._looks[source] = look_at(start)
        return PatchEvidence(state, source, size)


def _state_of(start: bytes, size: int) -> PatchState:
    """Does a file of this size with this beginning have a patch? Raises `UnusableError`."""
    if size > MAX_TEXT_BYTES:
        raise UnusableError(f"is larger than {MAX_TEXT_BYTES // 2**20} MiB")
    is_blank = size <= _SMALL_PATCH_BYTES and (not start or start.isspace())
    return PatchState.EMPTY if is_blank else _WHOLE


def _first_commit(places: Iterable[Fields], name: str) -> str | None:
    """The first commit under this name in any of the places."""
    for place in places:
        if (found := place.commit(name)) is not None:
            return found
    return None


def _is_prediction(value: object, _name: str | None) -> bool:
    return isinstance(value, dict) and "model_patch" in value


def place_of(parts: tuple[str, ...]) -> _Place:
    """What a path tells: `agent/model/time/item`, `agent/model/item` or `run/item`.

    The second form is accepted for a known agent, or four levels below a `runs` folder.
    """
    above = ("", "", "", *parts)[-4:-1]
    if _RUN_TIME.match(above[2]):
        return _Place(above[0] or None, above[1] or None, above[2])
    if above[0] in _SECTIONS:  # a run with another name, such as a hash
        return _Place(_SECTIONS[above[0]], above[1] or None, above[2])
    if above[1] in _SECTIONS or "runs" in parts[-5:-4]:
        return _Place(_SECTIONS.get(above[1], above[1]), above[2], "")
    return _Place(None, None, above[2])


def agent_section(journal: Fields) -> tuple[str | None, Fields]:
    """The section of a journal that an agent's runner wrote, and the agent that it names."""
    names = journal.names()
    ours = [name for name in names if name in _SECTIONS]
    for name in (*ours, *(name for name in names if name not in _NOT_AN_AGENT)):
        section = journal.inside(name)
        is_named = name in _SECTIONS and section.names()
        if is_named or "returncode" in section or "duration_s" in section:
            return _SECTIONS.get(name, name), section
    return None, Fields(None)


def read_execution(section: Fields, fallback: Fields, error: str | None) -> Execution:
    """How the run went, by the names that pipelines use; `fallback` may know the duration."""
    duration = section.number("duration_s", "duration_seconds")
    return Execution(
        returncode=section.integer("returncode"),
        duration_s=fallback.number("duration_s") if duration is None else duration,
        steps=section.integer("steps", "max_step"),
        tokens_in=section.integer("tokens_in", "input_tokens"),
        tokens_out=section.integer("tokens_out", "output_tokens"),
        error=error,
    )


def error_of(record: Fields) -> str | None:
    """The recorded error, with its type in front."""
    error, kind = record.text("error", "error_message"), record.text("error_type")
    return f"{kind}: {error}" if error and kind else error or kind


def patch_of_record(
    record: Record, fields: Fields, keys: tuple[str, ...], recorded: int | None = None
) -> PatchEvidence:
    """The evidence in a record's string field; `fields` is the object of the last key."""
    content = fields.raw_text(keys[-1])
    if content is None:
        state = PatchState.UNREADABLE if recorded else PatchState.MISSING
        return PatchEvidence(state, None, None, recorded)
    held = len(content) if content.isascii() else len(encode(content))
    source = record.text(*keys)
    if not record.readable:
        return PatchEvidence(PatchState.UNREADABLE, source, held, recorded)
    is_cut = recorded is not None and held < recorded
    if content.strip():
        state = PatchState.CUT if is_cut else PatchState.WHOLE
    else:
        state = PatchState.UNREADABLE if is_cut else PatchState.EMPTY
    return PatchEvidence(state, source, held, recorded)


def _started(journal: Fields, execution: Execution, run: str) -> datetime | None:
    times = journal.inside("timestamps")
    started, written = times.moment("started", "start"), times.moment("written")
    if started is None and written is not None and execution.duration_s is not None:
        try:
            started = written - timedelta(seconds=execution.duration_s)
        except OverflowError:  # an impossible duration
            started = None
    return started or _moment_of_run(run)


@lru_cache(maxsize=1024)
def _moment_of_run(run: str) -> datetime | None:
    """The time that a run is named after: many attempts belong to one run."""
    return parse_moment(run)


def _texts(folder: Folder, names: tuple[str, ...]) -> tuple[TextSource, ...]:
    return tuple([source_in(folder, name) for name in names if folder.is_regular(name)])


def source_in(folder: Folder, name: str) -> TextSource:
    """The text of a file in a folder."""
    file = folder.special.get(name)
    if file is None:
        return FolderFile(folder.path, name, folder.outside)
    return (
        FileText(file.path, file.outside)
        if file.is_linked
        else FolderFile(folder.path, name, file.outside)
    )
