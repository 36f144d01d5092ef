"""HAL: raw submissions by task, and the uploaded results of a run."""

from __future__ import annotations

from pathlib import PurePath

from core.readers.building import add_attempt, find_patch, new_attempt
from core.readers.fields import Fields
from core.readers.found import Found, Report, SubmissionFacts, folder_of
from core.readers.kinds.harness_reports import report_of
from core.readers.reader import Reader, Records, Value
from core.readers.record_names import looks_like_a_task
from core.readers.record_scan import Record

_ENDING = "_RAW_SUBMISSIONS"
_FIELDS = frozenset(
    {"instance_id", "model_patch", "patch", "diff", "diff_text", "fix_patch", "content"}
)
_DIFF_STARTS = ("diff ", "--- ", "Index: ", "From ", "```")


def knows_submission(value: Value, _name: str | None) -> bool:
    """Patches by task: as text, or as `answer` of an object."""
    if not value or not _FIELDS.isdisjoint(value):
        return False
    texts = [item for item in value.values() if isinstance(item, str)]
    answers = [item for item in value.values() if isinstance(item, dict) and "answer" in item]
    if len(texts) + len(answers) + list(value.values()).count(None) != len(value):
        return False
    patches = [text for text in texts if text.strip()]
    if not answers and not patches:
        return all(looks_like_a_task(name) for name in value)
    return all(text.lstrip().startswith(_DIFF_STARTS) for text in patches)


def read_submission(record: Record, found: Found) -> None:
    """The attempts of a record."""
    fields = Fields(record.value)
    run = PurePath(record.path).name.split(_ENDING)[0]
    for instance in fields.names():
        keys = (instance, "answer") if "answer" in fields.inside(instance) else (instance,)
        attempt = new_attempt(found, record, instance, None)
        add_attempt(found, record, attempt, find_patch(record, *keys), names=(run,))


def knows_upload(value: Value, _name: str | None) -> bool:
    """The results of a run with its configuration."""
    return isinstance(value.get("config"), dict) and (
        "raw_eval_results" in value or "raw_logging_results" in value
    )


def read_upload(record: Record, found: Found) -> None:
    """Who made the submissions, and which tasks were solved."""
    fields = Fields(record.value)
    config, results = fields.inside("config"), fields.inside("results")
    run = config.text("run_id") or ""
    names = (run,) if run else ()
    arguments = config.inside("agent_args")
    model = arguments.text("model_name", "model", "agent.model.name")
    facts = SubmissionFacts(folder_of(record.path), config.text("agent_name"), model, names)
    found.submissions.append(facts)
    report = report_of(fields.inside("raw_eval_results"), record.path, names)
    if report is None:
        claims = dict.fromkeys(results.texts("failed_tasks") or (), False)
        claims |= dict.fromkeys(results.texts("successful_tasks") or (), True)
        report = Report(record.path, claims, names=names)
    found.reports.append(report)


READER = Reader(
    name="HAL",
    recognised="`{task: patch}` or `{task: {answer}}`; objects with `config` and "
    "`raw_eval_results`",
    mapped="key → task, value → patch, `config.agent_name`, `agent_args.model_name` → agent, "
    "model, "
    "`raw_eval_results.resolved_ids` or `results.successful_tasks` → marked",
    unread="encrypted uploads, `raw_logging_results`, costs of the whole run",
    records=(
        Records(knows_upload, read_upload, is_report=True),
        Records(knows_submission, read_submission),
    ),
    cases=("hal",),
)
