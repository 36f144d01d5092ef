"""ISO-Bench: attempt folders, attempts files, human commits, and earlier evaluations."""

from __future__ import annotations

from core.files import UnusableError
from core.models import Direction, Execution
from core.readers.attempts_file import parse_attempt
from core.readers.evaluations import is_evaluation
from core.readers.fields import Fields
from core.readers.found import EvaluatedFolder, Found, Measured
from core.readers.human_commits import looks_like_commit, parse_commit
from core.readers.patch_looks import look_at
from core.readers.problems import Problems, read_object
from core.readers.reader import Folders, Reader, Records, Value
from core.readers.record_scan import Record
from core.readers.runs import JOURNAL, PATCH, SUMMARY, RunFolders, error_of
from core.readers.walk import Folder
from core.sources import encode

_LEAF_MARKS = frozenset({JOURNAL, PATCH})
_COMMIT_IDS = frozenset({"commit_hash", "head_commit"})
_MEASURED = ("baseline_", "human_", "agent_", "patched_")


def knows_folder(folder: Folder) -> bool:
    """A folder with a journal, a summary or a patch."""
    return SUMMARY in folder.names or not _LEAF_MARKS.isdisjoint(folder.names)


def read_folder(folder: Folder, found: Found) -> bool:
    """The attempt of a folder; one with nothing but a summary may be a whole run's."""
    if _LEAF_MARKS.isdisjoint(folder.names) and (told := _evaluation(folder)) is not None:
        quiet = RunFolders(found.root, Problems(found.root), {}).attempt(folder)
        found.evaluated.append(EvaluatedFolder(folder.path, quiet, _measured(told)))
        return True
    found.add_folder(folder)
    return folder.is_top or _LEAF_MARKS.isdisjoint(folder.names)


def _evaluation(folder: Folder) -> Fields | None:
    """A summary's account of an evaluation; None if it has none."""
    file = folder.file(SUMMARY)
    if file is None or not file.is_regular:
        return None
    try:
        told = Fields(read_object(file.path)).inside("evaluation")
    except UnusableError:
        return None  # reported when the attempt is read
    return told if told.names() else None


def _measured(told: Fields) -> Measured | None:
    base, patched = told.number("baseline_ms"), told.number("patched_ms")
    if base is None and patched is None:
        return None
    return Measured("latency", Direction.LOWER, baseline=base, attempt=patched, unit="ms")


def knows_attempt(value: Value, _name: str | None) -> bool:
    """A record of an attempts file."""
    return "run_id" in value and "item_id" in value


def read_attempt(record: Record, found: Found) -> None:
    """The attempt of a record."""
    attempt = parse_attempt(record, found.below_root(record.path))
    found.recorded.append(attempt)
    if found.looks is not None and attempt.patch.has_text and attempt.patch.source is not None:
        text = Fields(record.value).inside("patch").raw_text("content")
        found.looks[attempt.patch.source] = look_at(encode(text or ""))


def knows_run(value: Value, _name: str | None) -> bool:
    """A run of `run_by_run_analysis.json`."""
    return "run_id" in value and "resource_usage" in value and isinstance(value.get("items"), list)


def read_run(record: Record, found: Found) -> None:
    """Tokens, steps and errors of the run's items."""
    fields = Fields(record.value)
    run = fields.text("run_id") or ""
    for value in fields.items("items"):
        item = Fields(value)
        executed, tokens = item.inside("execution"), item.inside("tokens")
        found.executions[run, item.text("item_id") or ""] = Execution(
            returncode=executed.integer("returncode"),
            duration_s=executed.number("duration_seconds"),
            steps=executed.integer("max_step"),
            tokens_in=tokens.integer("input"),
            tokens_out=tokens.integer("output"),
            error=error_of(item.inside("errors")),
        )


def knows_evaluation(value: Value, _name: str | None) -> bool:
    """The published verdicts on the attempts at one commit."""
    return is_evaluation(value)


def read_evaluation(record: Record, found: Found) -> None:
    """Kept until every attempt is known."""
    found.evaluations.append(record)


def knows_measurement(value: Value, _name: str | None) -> bool:
    """A benchmark's row: a commit with measured values and no diff."""
    if _COMMIT_IDS.isdisjoint(value) or "diff_text" in value:
        return False
    return any(name.startswith(_MEASURED) for name in value)


def read_measurement(record: Record, found: Found) -> None:
    """A row names its commit, which completes what is known of it; its table is read later."""
    read_commit(record, found)
    found.note_table(record)


def knows_commit(value: Value, _name: str | None) -> bool:
    """A human commit with its id."""
    return looks_like_commit(dict(value)) and not _COMMIT_IDS.isdisjoint(value)


def read_commit(record: Record, found: Found) -> None:
    """The human commit of a record."""
    commit = parse_commit(record, found.problems)
    if commit is not None:
        found.commits.append(commit)


READER = Reader(
    name="ISO-Bench",
    recognised="folders with `journal.json`, `run_summary.json` or `model_patch.diff`; records "
    "with "
    "`run_id` and `item_id`; `<sha>.json` and records with `commit_hash` or `head_commit`; "
    "`evaluated_attempts`",
    mapped="`model_patch.diff` → patch, the journal → status, return code, duration, agent; "
    "`prompt.json`, `task.txt` → prompt; stdout, stderr, trajectory → logs; the commit's subject, "
    "message, parent, diff; earlier evaluations → judgements. An attempts file beside its run "
    "folders "
    "is the same attempts; `run_by_run_analysis.json` → tokens, steps, errors; the summaries of "
    "an evaluation beside the runs → measurements and logs of the attempts they name",
    unread="workspaces inside an attempt",
    records=(
        Records(knows_attempt, read_attempt),
        Records(knows_run, read_run),
        Records(knows_evaluation, read_evaluation),
        Records(knows_measurement, read_measurement, is_reference=True),
        Records(knows_commit, read_commit, is_reference=True),
    ),
    folders=(Folders(knows_folder, read_folder),),
    cases=("iso-bench-benchmarks",),
)
