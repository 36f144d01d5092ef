"""Builds the sample runs from the recipe beside it: the same bytes every time, without git.

    python sample_runs/build.py [--to FOLDER]

Everything that is written stands in `OUTPUT`; it is removed first. `README.md` tells what is what.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from recipe.attempt_files import attempt_files, attempt_folder
from recipe.engine_history import History, build_history, commit_record
from recipe.history import OPTIMISATIONS
from recipe.readme import Planted, build_readme
from recipe.records import Attempt, ListedAttempt, RecipeError
from recipe.reports import EVALUATIONS, attempts_record, evaluation_record

HERE = Path(__file__).resolve().parent
ATTEMPTS_FILE = "all_attempts_sample.json"
EVALUATIONS_FILE = "gpt5_evaluations.json"
OUTPUT = (
    *("README.md", "engine.bundle", "planted.json", ATTEMPTS_FILE, EVALUATIONS_FILE),
    *("commits", "runs", "state"),
)

ATTEMPTS: tuple[Attempt, ...] = tuple(a for module in OPTIMISATIONS for a in module.ATTEMPTS)
LISTED: tuple[ListedAttempt, ...] = tuple(
    a for module in OPTIMISATIONS for a in getattr(module, "LISTED", ())
)
OLD_KEYS = "device-sampling"  # the human commit whose JSON file has the older keys


def build_files() -> dict[str, bytes]:
    """Every file of the sample runs, by path."""
    history = build_history()
    texts = {**_attempts(history), **_commits(history)}
    texts[ATTEMPTS_FILE] = _json(_records(history))
    texts[EVALUATIONS_FILE] = _json(_evaluations(history))
    texts["planted.json"] = _json(_planted_data(history))
    texts["README.md"] = _readme(history)
    files = {path: text.encode("utf-8") for path, text in texts.items()}
    files["engine.bundle"] = history.store.bundle(history.head)
    return files


def _attempts(history: History) -> dict[str, str]:
    texts: dict[str, str] = {}
    for attempt in ATTEMPTS:
        human = history.humans[attempt.human]
        folder = attempt_folder(attempt, human)
        for name, text in attempt_files(attempt, human, history.patch_of(attempt)).items():
            path = f"{folder}/{name}"
            if path in texts:
                raise RecipeError(f"two attempts in {folder}")
            texts[path] = text
    return texts


def _commits(history: History) -> dict[str, str]:
    return {
        f"commits/{human.sha}.json": _json(commit_record(human, old_keys=name == OLD_KEYS))
        for name, human in history.humans.items()
    }


def _records(history: History) -> list[dict[str, object]]:
    return [
        attempts_record(attempt, history.humans[attempt.human], history.patch_of(attempt))
        for attempt in LISTED
    ]


def _evaluations(history: History) -> list[dict[str, object]]:
    """The earlier evaluations, one record a human commit, in the order of the history."""
    records: list[dict[str, object]] = []
    for name, human in history.humans.items():
        evaluated = []
        for evaluation in (e for e in EVALUATIONS if e.human == name):
            attempt = _named(evaluation.run_id, evaluation.item, name)
            patch = history.patch_of(attempt) or ""
            evaluated.append(evaluation_record(evaluation, attempt.status, len(patch.encode())))
        marked = sum(one["status"] == "success" for one in evaluated)
        true = sum(one["evaluation"]["true_success"] for one in evaluated)
        if evaluated:
            records.append(
                {
                    "commit": human.sha[:8],
                    "subject": "Unknown",
                    "human_files": [],
                    "total_attempts": sum(planted.human == name for planted in _planted(history)),
                    "evaluated_attempts": evaluated,
                    "summary": {"marked_successful": marked, "true_successful": true},
                }
            )
    return records


def _named(run_id: str, item: str, human: str) -> Attempt | ListedAttempt:
    """The attempt that an evaluation names. Raises `RecipeError` unless there is exactly one."""
    found: list[Attempt | ListedAttempt] = [
        *(a for a in LISTED if a.run_id == run_id and a.item == item),
        *(a for a in ATTEMPTS if a.run.folder.endswith(f"/{run_id}") and a.item == item),
    ]
    if len(found) != 1 or found[0].human != human:
        raise RecipeError(f"{run_id}/{item} names {len(found)} attempts at {human}")
    return found[0]


def _planted(history: History) -> list[Planted]:
    """What is planted, sorted by attempt."""
    listed = [
        Planted(
            attempt_folder(a, history.humans[a.human]),
            a.human,
            a.outcome,
            "unknown" if a.journal == "broken" else _marked(a.status),
            a.planted,
            a.verdict,
        )
        for a in ATTEMPTS
    ]
    listed += [
        Planted(
            f"{ATTEMPTS_FILE}/{a.run_id}/{a.item}",
            a.human,
            a.outcome,
            _marked(a.status),
            a.planted,
            a.verdict,
        )
        for a in LISTED
    ]
    return sorted(listed, key=lambda planted: planted.key)


def _marked(status: str | None) -> str:
    return {"success": "success", "error": "error"}.get(status or "", "nothing")


def _planted_data(history: History) -> dict[str, object]:
    attempts = {
        one.key: {
            "human_commit": history.humans[one.human].sha,
            "name": one.human,
            "marked": one.marked,
            "outcome": one.outcome,
            "planted": list(one.planted),
            "verdict": one.verdict,
        }
        for one in _planted(history)
    }
    broken = [key for key, one in attempts.items() if "broken_journal" in one["planted"]]
    return {
        "attempts": attempts,
        "load_problems": [f"{key}/journal.json" for key in broken],
        "head": history.head,
    }


def _readme(history: History) -> str:
    humans = [
        (name, human.sha, human.commit.subject, ", ".join(f"`{path}`" for path in human.files))
        for name, human in history.humans.items()
    ]
    return build_readme(humans, _planted(history))


def _json(data: object) -> str:
    return json.dumps(data, indent=2) + "\n"


def write_files(files: dict[str, bytes], folder: Path) -> None:
    """Replace what an earlier build has written to a folder."""
    for name in OUTPUT:
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Build the sample runs.")
    parser.add_argument("--to", type=Path, default=HERE, help="folder (default: this one)")
    write_files(build_files(), parser.parse_args(arguments).to)


if __name__ == "__main__":
    main()
