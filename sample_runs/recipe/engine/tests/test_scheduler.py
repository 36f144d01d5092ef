"""The scheduler keeps to its budgets and to the order of the queue."""

from __future__ import annotations

from minnow.cache import BlockCache
from minnow.scheduler import Request, Scheduler


def make_scheduler(blocks: int = 64) -> Scheduler:
    return Scheduler(BlockCache(blocks), max_batch_tokens=64, max_running=2)


def test_lower_priority_numbers_go_first() -> None:
    scheduler = make_scheduler()
    scheduler.add(Request("late", [1] * 8, 4, priority=1, arrival=1.0))
    scheduler.add(Request("urgent", [1] * 8, 4, priority=0, arrival=2.0))
    assert [request.name for request in scheduler.schedule()] == ["urgent", "late"]


def test_a_prompt_waits_until_blocks_are_free() -> None:
    scheduler = make_scheduler(blocks=2)
    scheduler.add(Request("first", [1] * 20, 4, arrival=1.0))
    scheduler.add(Request("second", [1] * 20, 4, arrival=2.0))
    assert [request.name for request in scheduler.schedule()] == ["first"]
