"""The README of the sample runs: what is planted where, written from the recipe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Planted:
    """One attempt as the README and `planted.json` list it."""

    key: str
    human: str
    outcome: str
    marked: str
    planted: tuple[str, ...]
    verdict: str


MEANINGS = {
    "api_error": "the model's server refused the calls; the log says so",
    "broken_journal": "`journal.json` ends in the middle: a load problem",
    "broken_pipe": "the journal contains only a broken pipe",
    "comments_only": "only comments were changed",
    "cut": "the record has fewer bytes than the patch had",
    "empty_marked_success": "marked a success with an empty patch",
    "empty_patch": "the patch file is empty",
    "equal_tree": "the human's code but for comments, docstrings and formatting",
    "error_returncode_0": "status `error` although the agent returned 0",
    "flat_layout": "in the older layout `runs/<run>/<item>/`, without a model",
    "hidden_unicode": "characters that cannot be seen (bidirectional, zero width)",
    "identical_patch": "byte for byte the patch of another attempt",
    "infrastructure": "failed for a reason outside of the agent",
    "interpreter_missing": "the interpreter was not there",
    "item_number_reused": "the same item number as another commit's in another run",
    "harness_edited": "tests or the benchmark were changed",
    "judge_instructions": "a comment speaks to the judge",
    "killed": "killed by a signal, yet marked a success",
    "leak": "the human diff, character by character",
    "malformed_hunk": "a hunk announces a wrong number of lines",
    "missed_file": "a file that the human had to change is not changed",
    "missing_marked_success": "marked a success without a patch file",
    "missing_patch": "there is no patch file",
    "near_equal_tree": "one operator away from the human's code",
    "no_journal": "only `run_summary.json` tells how it went",
    "no_steps": "the agent took no step",
    "no_time_level": "the folder of the run's time is missing in the path",
    "not_applying": "`git apply` refuses the patch at its base commit",
    "null_commits": "the journal's commits are null; the prompt names them",
    "null_error": "an error whose text is null",
    "null_metrics": "the journal's metrics are null",
    "null_status": "the status is null: nothing was claimed",
    "own_diff": "the patch adds `model_patch.diff`, a copy of itself",
    "returncode_1_marked_success": "marked a success with return code 1",
    "scratch_file": "a scratch script was committed",
    "short_human_id": "the human commit is named by 8 characters",
    "stub": "a method that only raises `NotImplementedError`",
    "syntax_error_cuda": "the CUDA file no longer parses (a brace)",
    "syntax_error_python": "the Python file no longer parses",
    "template": "placeholder names, example usage, to-do notes",
    "too_fast": "over in less than ten seconds",
    "undefined_name": "uses a name that is defined nowhere",
    "wrong_file": "none of the human's files is changed",
}
"""What each word in the column "planted" means."""

OUTCOMES = {
    "true_success": "does what the human commit does, completely",
    "partial_success": "the right optimisation, but something else is wrong",
    "false_positive": "marked a success, but the optimisation is not there",
    "failure": "not marked a success, and rightly so",
    "undecided": "the evidence is not enough to decide",
}

INTRODUCTION = """\
# Sample runs

Minnow is a small inference engine that was invented for patchjury, and so was everything else in
this folder: its history, its developers, the agents' models, their patches and logs. None of it
says anything about a real model. The formats are those of real ISO-Bench runs, quirks included.

Open it with `patchjury demo`. Decide each attempt by yourself first; the tables below give the
answers away.

| here | what |
|---|---|
| `engine.bundle` | Minnow's history; `git clone engine.bundle minnow` |
| `commits/` | its human optimisations as JSON, so that no git is needed |
| `state/runs/`, `runs/` | the attempts, in the nested and in the older flat layout |
| `all_attempts_sample.json` | four more attempts in one file; two of the patches are cut |
| `gpt5_evaluations.json` | an earlier judge's answers, failed calls among them |
| `planted.json` | the tables below for programs |
| `build.py`, `recipe/` | what all of this is built from, to the byte: `python build.py` |

`recipe/` has one module for each human commit with all attempts at it. To plant something new, add
an attempt there and build again. Files named here are written by `build.py`; edit the recipe.
"""


def build_readme(humans: Sequence[tuple[str, str, str, str]], listed: Sequence[Planted]) -> str:
    """The README. `humans`: name, sha, subject and files of each human commit."""
    parts = [INTRODUCTION, "## The human commits\n"]
    commits = [
        (f"`{sha[:8]}`", name, subject.replace("|", "\\|"), files)
        for name, sha, subject, files in humans
    ]
    parts.append(_table(("commit", "name below", "subject", "files"), commits))
    parts.append("## The attempts\n")
    for name, sha, subject, _ in humans:
        rows = [_row(planted) for planted in listed if planted.human == name]
        parts.append(f"### {name}: {subject} (`{sha[:8]}`)\n")
        parts.append(_table(("attempt", "marked", "planted", "a fair verdict"), rows))
    parts.append("## The words\n")
    used = sorted({word for planted in listed for word in planted.planted})
    parts.append(_table(("planted", "meaning"), [(f"`{w}`", MEANINGS[w]) for w in used]))
    parts.append(_table(("verdict", "meaning"), list(OUTCOMES.items())))
    return "\n".join(parts)


def _row(planted: Planted) -> tuple[str, str, str, str]:
    words = ", ".join(f"`{word}`" for word in planted.planted) or "nothing"
    return f"`{planted.key}`", planted.marked, words, f"**{planted.outcome}** {planted.verdict}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in (head, *rows)]
    lines.insert(1, "|" + "---|" * len(head))
    return "\n".join(lines) + "\n"
