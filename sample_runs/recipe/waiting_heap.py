"""The scheduler keeps its waiting requests in a heap instead of sorting them in every step."""

from __future__ import annotations

from recipe import runs
from recipe.records import Attempt, Commit, Edit

FILE = "minnow/scheduler.py"

IMPORTS = """\
from dataclasses import dataclass, field

from .cache import BlockCache
"""
QUEUE = "        self.waiting: list[Request] = []\n"
ADD = "        self.waiting.append(request)\n"
SORT = (
    "        self.waiting.sort(key=lambda request: (request.priority, request.arrival))\n"
    "        budget = self.max_batch_tokens - len(self.running)\n"
)
PEEK = "            request = self.waiting[0]\n"
POP = "            self.waiting.pop(0)\n"
ABORT = """\
        for queue in (self.waiting, self.running):
            for request in queue:
                if request.name == name:
                    queue.remove(request)
                    self.cache.release(request.blocks)
                    return True
        return False
"""

HUMAN = Commit(
    "[Scheduler] Keep the waiting requests in a heap",
    "Tomasz Wren",
    "2025-04-02T16:05:00+02:00",
    (
        Edit(
            FILE,
            IMPORTS,
            """\
import heapq
from dataclasses import dataclass, field
from itertools import count

from .cache import BlockCache
""",
        ),
        Edit(
            FILE,
            QUEUE,
            """\
        self.waiting: list[tuple[int, float, int, Request]] = []
        self._order = count()
""",
        ),
        Edit(
            FILE,
            ADD,
            """\
        entry = (request.priority, request.arrival, next(self._order), request)
        heapq.heappush(self.waiting, entry)
""",
        ),
        Edit(FILE, SORT, "        budget = self.max_batch_tokens - len(self.running)\n"),
        Edit(FILE, PEEK, "            request = self.waiting[0][-1]\n"),
        Edit(FILE, POP, "            heapq.heappop(self.waiting)\n"),
        Edit(
            FILE,
            ABORT,
            """\
        for entry in self.waiting:
            if entry[-1].name == name:
                self.waiting.remove(entry)
                heapq.heapify(self.waiting)
                return True
        for request in self.running:
            if request.name == name:
                self.running.remove(request)
                self.cache.release(request.blocks)
                return True
        return False
""",
        ),
    ),
    body="""\
With 20,000 requests waiting, sorting them took 9 ms of every step, and
taking the first one out of the list another 0.1 ms for each request.

A heap of (priority, arrival, order) makes both logarithmic. The running
number keeps requests of equal rank in the order in which they came.""",
    name="waiting-heap",
)

SYNTAX_ERROR = (
    Edit(FILE, IMPORTS, "import heapq\n" + IMPORTS),
    Edit(
        FILE,
        QUEUE,
        "        self.waiting: list[tuple[int, float, int, Request]] = []\n"
        "        self._added = 0\n",
    ),
    Edit(
        FILE,
        ADD,
        """\
        self._added += 1
        heapq.heappush(
            self.waiting, (request.priority, request.arrival, self._added, request)
""",
    ),
    Edit(FILE, SORT, "        budget = self.max_batch_tokens - len(self.running)\n"),
    Edit(FILE, PEEK, "            request = self.waiting[0][3]\n"),
    Edit(FILE, POP, "            heapq.heappop(self.waiting)\n"),
    Edit(
        FILE,
        ABORT,
        """\
        for entry in self.waiting:
            if entry[3].name == name:
                self.waiting.remove(entry)
                heapq.heapify(self.waiting)
                return True
        for request in self.running:
            if request.name == name:
                self.running.remove(request)
                self.cache.release(request.blocks)
                return True
        return False
""",
    ),
)

SCRATCH = '''\
"""Quick check of the scheduler before and after the change."""

import random
import time

from minnow.cache import BlockCache
from minnow.scheduler import Request, Scheduler


def make_requests(count):
    random.seed(0)
    requests = []
    for i in range(count):
        requests.append(
            Request(
                name=str(i),
                prompt=[1] * random.randint(1, 32),
                max_new_tokens=1,
                priority=random.randint(0, 3),
                arrival=float(i),
            )
        )
    return requests


def run(count):
    scheduler = Scheduler(BlockCache(100000))
    for request in make_requests(count):
        scheduler.add(request)
    steps = 0
    start = time.time()
    while scheduler.waiting or scheduler.running:
        batch = scheduler.schedule()
        for request in batch:
            request.output.append(0)
        steps += 1
    return steps, time.time() - start


def main():
    print("count, steps, seconds")
    for count in (100, 1000, 10000):
        steps, seconds = run(count)
        print(count, steps, round(seconds, 3))
    print("done")


if __name__ == "__main__":
    main()
'''

WITH_SCRATCH = (
    *(edit for edit in HUMAN.edits if edit.old not in (IMPORTS, ADD, QUEUE)),
    Edit(
        FILE,
        IMPORTS,
        "import heapq\nimport itertools\n" + IMPORTS,
    ),
    Edit(
        FILE,
        QUEUE,
        """\
        self._tie = itertools.count()
        self.waiting: list[tuple[int, float, int, Request]] = []
""",
    ),
    Edit(
        FILE,
        ADD,
        """\
        key = (request.priority, request.arrival, next(self._tie))
        heapq.heappush(self.waiting, (*key, request))
""",
    ),
    Edit("test_opt.py", "", SCRATCH),
)

WRONG_FILE = (
    Edit(
        "minnow/server.py",
        """\
        for request in batch:
            piece = self.streams[request.name].push(request.output[-1])
""",
        """\
        streams = self.streams
        for request in batch:
            piece = streams[request.name].push(request.output[-1])
""",
    ),
)

UNDEFINED = (
    *(edit for edit in HUMAN.edits if edit.old not in (IMPORTS, ADD, QUEUE)),
    Edit(FILE, IMPORTS, "import heapq\n" + IMPORTS),
    Edit(FILE, QUEUE, "        self.waiting: list[tuple[int, float, int, Request]] = []\n"),
    Edit(
        FILE,
        ADD,
        """\
        entry = (request.priority, request.arrival, next(_request_counter), request)
        heapq.heappush(self.waiting, entry)
""",
    ),
)

COMMENTS_ONLY = (
    Edit(
        FILE,
        SORT,
        """\
        # Performance: the queue is sorted in place, which is fast for lists that are nearly
        # sorted already (timsort is linear on those).
"""
        + SORT,
    ),
    Edit(FILE, POP, POP.rstrip("\n") + "  # optimized: the list is short in practice\n"),
)

ATTEMPTS = (
    Attempt(
        runs.MAIN,
        "minnow_core-0001",
        "waiting-heap",
        "partial_success",
        ("syntax_error_python",),
        "The heap is right, but a parenthesis in `add` is never closed: nothing can be imported.",
        SYNTAX_ERROR,
        duration=743.095,
    ),
    Attempt(
        runs.OPENHANDS_FIRST,
        "scheduler_heap_opt-0000",
        "waiting-heap",
        "partial_success",
        ("scratch_file", "no_journal"),
        "The scheduler is as good as the human's; a scratch file of 50 lines was left in.",
        WITH_SCRATCH,
        journal="none",
        duration=None,
    ),
    Attempt(
        runs.CLAUDE_AGAIN,
        "minnow_core-0000",
        "waiting-heap",
        "false_positive",
        ("wrong_file", "item_number_reused"),
        "Changes the server, not the scheduler, and saves nothing that could be measured.",
        WRONG_FILE,
        duration=376.982,
    ),
    Attempt(
        runs.CODEX,
        "minnow_core-0001",
        "waiting-heap",
        "partial_success",
        ("undefined_name",),
        "The human's heap in all but one name: `_request_counter` is defined nowhere.",
        UNDEFINED,
        duration=115.258,
    ),
    Attempt(
        runs.RERUN,
        "minnow_heron45_rerun_{sha8}",
        "waiting-heap",
        "false_positive",
        ("comments_only", "short_human_id"),
        "Only comments were added. The journal names the human commit by 8 characters.",
        COMMENTS_ONLY,
        short_human=True,
        duration=494.385,
    ),
)
