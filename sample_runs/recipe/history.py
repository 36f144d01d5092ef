"""The history of the engine: the human optimisations, with a few other commits between them."""

from __future__ import annotations

from pathlib import Path

from recipe import (
    device_sampling,
    empty_buffers,
    fused_norm,
    incremental_text,
    prefix_cache,
    rotary_tables,
    waiting_heap,
    word_cache,
)
from recipe.records import Commit, Edit, Tree

OPTIMISATIONS = (
    word_cache,
    waiting_heap,
    device_sampling,
    fused_norm,
    empty_buffers,
    prefix_cache,
    incremental_text,
    rotary_tables,
)

FIRST = Commit(
    "A small engine for language models",
    "Ada Lindqvist",
    "2025-02-24T09:00:00+01:00",
)

HOW_TO_MEASURE = Commit(
    "[Doc] Say how to measure",
    "Priya Okafor",
    "2025-03-03T12:10:00+05:30",
    (
        Edit(
            "README.md",
            "## Settings\n",
            "## Measuring\n\nPass a call to `measure` in `benchmarks/harness.py`; it returns"
            " seconds.\n\n## Settings\n",
        ),
    ),
)

CHECK_PROMPTS = Commit(
    "[Scheduler] Refuse empty prompts",
    "Tomasz Wren",
    "2025-03-25T13:45:00+01:00",
    (
        Edit(
            "minnow/scheduler.py",
            '        """Queue a request."""\n',
            '        """Queue a request; raises `ValueError` for an empty prompt."""\n'
            "        if not request.prompt:\n"
            '            raise ValueError(f"the prompt of {request.name!r} is empty")\n',
        ),
    ),
)

UNKNOWN_BYTES = Commit(
    "[Tokenizer] Test text without merges",
    "Ada Lindqvist",
    "2025-05-05T08:30:00+02:00",
    (
        Edit(
            "tests/test_tokenizer.py",
            '    assert tokenizer.encode("the") == [257]\n',
            '    assert tokenizer.encode("the") == [257]\n\n\n'
            "def test_bytes_without_merges_stay_single(tokenizer: Tokenizer) -> None:\n"
            '    assert tokenizer.encode("xyz") == [120, 121, 122]\n',
        ),
    ),
)

RELEASE = Commit(
    "Release 0.2.0",
    "Priya Okafor",
    "2025-07-14T11:00:00+05:30",
    (
        Edit("pyproject.toml", 'version = "0.1.0"', 'version = "0.2.0"'),
        Edit("minnow/__init__.py", '__version__ = "0.1.0"', '__version__ = "0.2.0"'),
    ),
)

COMMITS = (
    FIRST,
    HOW_TO_MEASURE,
    word_cache.HUMAN,
    CHECK_PROMPTS,
    waiting_heap.HUMAN,
    device_sampling.HUMAN,
    UNKNOWN_BYTES,
    fused_norm.HUMAN,
    empty_buffers.HUMAN,
    prefix_cache.HUMAN,
    RELEASE,
    incremental_text.HUMAN,
    rotary_tables.HUMAN,
)


def read_first_tree() -> Tree:
    """The engine as its first commit has it, read from the folder `engine`."""
    root = Path(__file__).parent / "engine"
    return {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(root.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
