"""Cosines and sines of all positions are computed once, when the model is built."""

from __future__ import annotations

from recipe import runs
from recipe.records import Attempt, Commit, Edit

FILE = "minnow/layers.py"

INIT = """\
        self.head_size = head_size
        self.max_positions = max_positions
        self.base = base
"""
FORWARD = """\
        steps = torch.arange(0, self.head_size, 2, device=positions.device)
        frequencies = self.base ** (-steps.float() / self.head_size)
        angles = positions.float().unsqueeze(1) * frequencies
        cos, sin = angles.cos().unsqueeze(1), angles.sin().unsqueeze(1)
"""
TABLES = """\
        steps = torch.arange(0, head_size, 2).float()
        frequencies = base ** (-steps / head_size)
        angles = torch.outer(torch.arange(max_positions).float(), frequencies)
        self.register_buffer("cos", angles.cos().unsqueeze(1), persistent=False)
        self.register_buffer("sin", angles.sin().unsqueeze(1), persistent=False)
"""
LOOK_UP = "        cos, sin = self.cos[positions], self.sin[positions]\n"

HUMAN = Commit(
    "[Layers] Look up the angles of the rotary embedding",
    "Tomasz Wren",
    "2025-08-21T15:47:00+02:00",
    (Edit(FILE, INIT, TABLES), Edit(FILE, FORWARD, LOOK_UP)),
    body="""\
Every layer computed the same cosines and sines in every step: six kernels
each. They depend on the position alone, so compute them for all positions
when the model is built (16 MB at 32,768 positions and 128 features).

A decoding step of the 32-layer model is 0.6 ms shorter.""",
    name="rotary-tables",
)

ONE_TABLE = (
    Edit(
        FILE,
        INIT,
        """\
        exponents = torch.arange(0, head_size, 2).float() / head_size
        angles = torch.arange(max_positions).float()[:, None] / base**exponents
        table = torch.stack((angles.cos(), angles.sin()), dim=1)
        self.register_buffer("table", table, persistent=False)
""",
    ),
    Edit(FILE, FORWARD, "        cos, sin = self.table[positions].split(1, dim=1)\n"),
)

WRONG_SIGN = (
    Edit(FILE, INIT, TABLES.replace("-steps / head_size", "steps / head_size")),
    Edit(FILE, FORWARD, LOOK_UP),
)

API_LOG = (
    "\x1b[36m[agent]\x1b[0m step 1\n"
    "\x1b[31mERROR\x1b[0m stream error: unexpected status 429 Too Many Requests: rate limit"
    " reached for requests; retrying 5/5\n"
    "\x1b[31mERROR\x1b[0m exceeded retry limit, last status: 429 Too Many Requests\n"
)

ATTEMPTS = (
    Attempt(
        runs.MAIN,
        "minnow_core-0007",
        "rotary-tables",
        "true_success",
        ("returncode_1_marked_success",),
        "One table for both, right. The return code 1 says nothing about the patch.",
        ONE_TABLE,
        returncode=1,
        duration=566.6,
        logs={
            "trae_stdout.txt": "\x1b[32mTask finished\x1b[0m in 12 steps\n",
            "trae_stderr.txt": "warning: worktree has uncommitted changes in .bench_scratch\n",
        },
        steps=12,
    ),
    Attempt(
        runs.CLAUDE,
        "minnow_core-0007",
        "rotary-tables",
        "false_positive",
        ("near_equal_tree",),
        "Looks like the human's, but a minus sign is gone: every frequency is upside down.",
        WRONG_SIGN,
        duration=264.8,
    ),
    Attempt(
        runs.CODEX,
        "minnow_core-0007",
        "rotary-tables",
        "failure",
        ("infrastructure", "api_error", "empty_patch", "too_fast"),
        "The model's server refused every call (see the log): not the agent's failure.",
        (),
        status="error",
        returncode=1,
        duration=0.044,
        logs={"codex_stdout.txt": "", "codex_stderr.txt": API_LOG},
    ),
    Attempt(
        runs.FIRST,
        "minnow_core-0007",
        "rotary-tables",
        "failure",
        ("null_error", "empty_patch"),
        "An error with return code 1 whose message is null: nothing to learn from it.",
        (),
        status="error",
        returncode=1,
        duration=41.9,
        error_is_null=True,
    ),
)
