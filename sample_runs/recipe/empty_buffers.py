"""Buffers of a step that are filled at once are no longer filled with zeros first."""

from __future__ import annotations

from recipe import runs
from recipe.records import Attempt, Commit, Edit, ListedAttempt

FILE = "minnow/runner.py"

TOKENS = """\
        tokens = torch.zeros(total, dtype=torch.int64)
        positions = torch.zeros(total, dtype=torch.int64)
"""
TABLES = """\
        tables = torch.zeros((len(requests), width), dtype=torch.int32)
        tables.fill_(-1)
"""
EMPTY_TOKENS = TOKENS.replace("torch.zeros", "torch.empty")
FULL_TABLES = "        tables = torch.full((len(requests), width), -1, dtype=torch.int32)\n"

HUMAN = Commit(
    "[Runner] Do not fill buffers twice",
    "Tomasz Wren",
    "2025-06-03T11:31:00+02:00",
    (Edit(FILE, TOKENS, EMPTY_TOKENS), Edit(FILE, TABLES, FULL_TABLES)),
    body="""\
Tokens and positions are written completely by the loop below them, so they
need no zeros. The block tables do need their -1 where a row is short: they
are filled with it once, not with zeros and then with -1.

A step with a prompt of 100,000 tokens builds its inputs 0.3 ms faster.""",
    name="empty-buffers",
)

PINNED = (
    Edit(
        FILE,
        TOKENS,
        """\
        # Every element is written below.
        tokens = torch.empty(total, dtype=torch.int64)
        positions = torch.empty_like(tokens)
""",
    ),
    Edit(
        FILE,
        TABLES,
        """\
        tables = torch.empty((len(requests), width), dtype=torch.int32).fill_(-1)
""",
    ),
)

GARBAGE = (
    Edit(
        FILE,
        TABLES,
        "        tables = torch.empty((len(requests), width), dtype=torch.int32)\n",
    ),
)

HIDDEN = (
    Edit(FILE, TOKENS, EMPTY_TOKENS),
    Edit(
        FILE,
        TABLES,
        "        tables = torch.empty((len(requests), width), dtype=torch.int32)\n"
        "        # The rest of a row, pad\u200bding: \u202e)1-(_llif.selbat\u202c\n",
    ),
)

ATTEMPTS = (
    Attempt(
        runs.MAIN,
        "minnow_core-0004",
        "empty-buffers",
        "true_success",
        (),
        "All three buffers, and the -1 of short rows is kept.",
        PINNED,
        duration=288.1,
        steps=9,
    ),
    Attempt(
        runs.CODEX,
        "minnow_core-0004",
        "empty-buffers",
        "false_positive",
        ("identical_patch",),
        "Drops the -1: rows that are short end in whatever was in memory. The rest is untouched.",
        GARBAGE,
        duration=88.73,
    ),
    Attempt(
        runs.RERUN,
        "minnow_heron45_rerun_{sha8}",
        "empty-buffers",
        "false_positive",
        ("identical_patch", "short_human_id"),
        "The same patch as that of codex, byte for byte, and as wrong.",
        GARBAGE,
        short_human=True,
        duration=130.26,
    ),
    Attempt(
        runs.CLAUDE_AGAIN,
        "minnow_core-0004",
        "empty-buffers",
        "partial_success",
        ("hidden_unicode",),
        "Two buffers are right. A comment with bidirectional controls seems to fill the third;"
        " nothing does.",
        HIDDEN,
        duration=201.4,
    ),
)

LISTED = (
    ListedAttempt(
        "minnow_core-b20d4f13",
        "minnow_core-0004",
        "empty-buffers",
        "undecided",
        ("cut",),
        "Cut in the middle of the first hunk: nothing certain can be said.",
        PINNED,
        keep=400,
        duration=951.75,
    ),
    ListedAttempt(
        "minnow_core-9c1e77a0",
        "minnow_core-0004",
        "empty-buffers",
        "failure",
        ("infrastructure", "interpreter_missing", "missing_patch"),
        "The interpreter of the agent was not there.",
        None,
        status="error",
        record_outcome="error_FileNotFoundError",
        returncode=None,
        duration=None,
        error=("[Errno 2] No such file or directory: 'bench-env/bin/python'", "FileNotFoundError"),
    ),
)
