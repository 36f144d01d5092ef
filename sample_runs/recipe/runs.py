"""The batches of the made-up agents, each in one of the layouts that real pipelines write."""

from __future__ import annotations

from recipe.records import Run

_ROOT = "state/runs/minnow"
_HERON = "us-acme-heron-4-5-20250929-v1-0"
_ENV_PYTHON = "bench-env/bin/python"
_QUARTZ_FULL = "quartz-5-2025-08-07"

FIRST = Run(  # minimal journals of an early pipeline
    f"{_ROOT}/trae/quartz-5/2025-10-09_00-07-58",
    "trae",
    "quartz-5",
    "quartz-5",
    "2025-10-09T00:07:58+00:00",
    section="trae",
    cli="python",
    minimal=True,
)
MAIN = Run(
    f"{_ROOT}/trae/quartz-5/2025-11-05_16-34-59",
    "trae",
    "quartz-5",
    _QUARTZ_FULL,
    "2025-11-05T16:34:59+00:00",
    section="trae",
    cli=_ENV_PYTHON,
)
RERUN = Run(  # abbreviated human commits, items named by commit
    f"{_ROOT}/trae/{_HERON}/2025-12-23_22-06-06",
    "trae",
    _HERON,
    "us.acme.heron-4-5-20250929-v1:0",
    "2025-12-23T22:06:06+00:00",
    section="trae",
    cli=_ENV_PYTHON,
    summary_model="heron-45",
    metadata=True,
    prediction=True,
)
CLAUDE = Run(  # run_summary.json names a model that was not used
    f"{_ROOT}/claude_code/heron/2026-03-26_23-06-48_s0",
    "claude_code",
    "heron",
    _QUARTZ_FULL,
    "2026-03-26T23:06:48+00:00",
    section="claude_code",
    cli="claude",
    summary_model="quartz-5",
    metadata=True,
    prediction=True,
)
CLAUDE_AGAIN = Run(  # the same agent again; its item numbers mean other commits
    f"{_ROOT}/claude_code/heron/2026-03-28_12-51-17_s2",
    "claude_code",
    "heron",
    _QUARTZ_FULL,
    "2026-03-28T12:51:17+00:00",
    section="claude_code",
    cli="claude",
    summary_model="quartz-5",
    metadata=True,
    prediction=True,
)
CODEX = Run(
    f"{_ROOT}/codex/quartz-5/2025-11-20_11-05-30",
    "codex",
    "quartz-5",
    _QUARTZ_FULL,
    "2025-11-20T11:05:30+00:00",
    section="codex_cli",
    cli="codex",
    prediction=True,
    task_text=True,
)
CODEX_LOOSE = Run(  # no folder for the time, and the section under its other name
    f"{_ROOT}/codex/quartz-5",
    "codex",
    "quartz-5",
    _QUARTZ_FULL,
    "2025-11-19T18:05:59+00:00",
    section="codex",
    cli="codex",
)
OPENHANDS_FIRST = Run(
    f"{_ROOT}/openhands/quartz-5/2025-09-17_00-08-52",
    "openhands",
    "quartz-5",
    _QUARTZ_FULL,
    "2025-09-17T00:08:52+00:00",
    section="openhands",
    cli=_ENV_PYTHON,
)
OPENHANDS = Run(
    f"{_ROOT}/openhands/acme-heron-4-5/2026-04-28_00-09-36",
    "openhands",
    "acme-heron-4-5",
    "acme-heron-4-5",
    "2026-04-28T00:09:36+00:00",
    section="openhands",
    cli=f"../{_ENV_PYTHON}",
    metadata=True,
)
FLAT = Run(  # the older layout: the model is not written down anywhere
    "runs/minnow_core-5e1f9a02",
    "trae",
    "quartz-5",
    _QUARTZ_FULL,
    "2025-10-02T09:15:00+00:00",
    section="trae",
    cli=_ENV_PYTHON,
    minimal=True,
    summary=False,
)
