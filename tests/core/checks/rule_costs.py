"""What each rule costs on hostile input, in processor time, and how that grows with the input."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Mapping

from core.checks import all_rules
from core.checks.context import CommitContext, Context
from core.checks.rules.copies import CopyIndex
from core.git.repository import Repository
from tests.core.checks.check_samples import BASE, CONFIG, KERNEL, Bench, Text, make_attempt
from tests.core.checks.commit_mutants import make_patch
from tests.core.checks.hostile_inputs import HOSTILE, Hostile

DOUBLED = 3.0
"""Twice the input costs less than this many times as much."""

Costs = Mapping[str, float]


def rule_costs(bench: Bench, repository: Repository | None, hostile: Hostile) -> dict[str, float]:
    """Processor time of each rule on one attempt, in their order, what they share counted once."""
    patch = make_patch(BASE, {**BASE, **hostile.files})
    prompts = (Text(hostile.prompt, "prompt"),) if hostile.prompt else ()
    logs = (Text(hostile.log, "log"),) if hostile.log else ()
    attempt = make_attempt(
        patch, base=bench.sha, prompts=prompts, logs=logs, status="error", returncode=1
    )
    context = Context(attempt, CommitContext(bench.human(), bench.sha, repository))
    found = {}
    for rule in all_rules():
        start = time.process_time()
        list(rule.check(context))
        found[rule.id] = time.process_time() - start
    return found


def by_family(costs: Costs) -> dict[str, float]:
    """The same by the families of rules."""
    found: dict[str, float] = defaultdict(float)
    for rule, seconds in costs.items():
        found[rule.partition(".")[0]] += seconds
    return dict(found)


def too_dear(
    measure: Callable[[int], Costs], size: int, noise_s: float
) -> dict[str, tuple[float, float]]:
    """What costs more than `DOUBLED` for each doubling from `size` to four times as much.

    Costs below `noise_s` say nothing; what looks dear is measured once more: the first use of a
    parser loads it.
    """
    small, large = measure(size), measure(4 * size)
    most = {name: DOUBLED**2 * max(small.get(name, 0.0), noise_s / 10) for name in large}
    dear = {name for name, cost in large.items() if cost > max(noise_s, most[name])}
    if dear:
        again = measure(4 * size)
        dear = {name for name in dear if again[name] > most[name]}
    return {name: (small.get(name, 0.0), large[name]) for name in dear}


def cost_of_copies(attempts: int) -> dict[str, float]:
    """Processor time of finding equal and like patches among so many at one commit."""
    index = CopyIndex()
    keys = [f"run/{number}" for number in range(attempts)]
    start = time.process_time()
    for number, key in enumerate(keys):
        lines = "".join(f"+x = {number * 7 + line}\n" for line in range(6))
        index.add(key, f"diff --git a/a.py b/a.py\n@@ -1 +1 @@\n{lines}")
    assert len(index.copies(keys)) == attempts
    return {"copies": time.process_time() - start}


LISTED: dict[str, tuple[Callable[[int], Hostile], int]] = {
    "<": (HOSTILE["angle brackets"][0], 40_000),
    "dummy_i = 1": (HOSTILE["idle names"][0], 5_000),
    "stub methods": (HOSTILE["stub methods"][0], 3_000),
    "new functions": (HOSTILE["new functions"][0], 3_000),
    "new files": (HOSTILE["new files"][0], 3_000),
    "lines of escaped quotes": (HOSTILE["escaped quotes"][0], 2_000),
    "blanks": (
        lambda n: Hostile({"csrc/scale.cu": KERNEL + b" " * n + b"x\n"}),
        1_000_000,
    ),
    "one line": (
        lambda n: Hostile({"engine/config.py": CONFIG + b"# " + b"a" * n + b"\n"}),
        10_000_000,
    ),
    "a word in a prompt": (
        lambda n: Hostile({"engine/config.py": CONFIG + b"A = 1\n"}, "a_" * (n // 2)),
        1_000_000,
    ),
}
"""Inputs that once took a worker its 60 s, as large as they were."""
