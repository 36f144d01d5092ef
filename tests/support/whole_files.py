"""How tests are divided among the workers of pytest-xdist."""

from __future__ import annotations

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

_COMMANDS = (
    "tests/core/checks/test_faults.py",
    "tests/tui/test_check_command.py",
    "tests/tui/test_cli.py",
    "tests/tui/test_cli_errors.py",
    "tests/tui/test_doctor_repair.py",
    "tests/tui/test_json_outputs.py",
    "tests/tui/test_judge_command.py",
    "tests/tui/test_merge_command.py",
    "tests/tui/test_outside_editor.py",
    "tests/tui/test_terminal.py",
)
_JUDGE_AND_CHECKS = (
    "tests/core/checks/test_bases.py",
    "tests/core/checks/test_pipeline.py",
    "tests/core/export/test_measured_columns.py",
    "tests/core/judge/test_process.py",
    "tests/core/judge/test_run.py",
    "tests/core/readers/tables/test_measurements.py",
    "tests/tui/test_checks_on_screen.py",
    "tests/tui/test_every_worker.py",
    "tests/tui/test_judge_on_screen.py",
    "tests/tui/test_judge_states.py",
)
TOGETHER = (_COMMANDS, _JUDGE_AND_CHECKS)
"""Files that one worker runs as a whole.

They fork from the same warm processes, which each worker that has one of them would start itself.
"""


def is_short(nodeid: str) -> bool:
    """Is it of a file that takes little time, which comes last to keep every worker busy?"""
    return nodeid.startswith("tests/core/") and not any(map(nodeid.startswith, TOGETHER))


class WholeFiles(LoadScopeScheduling):  # type: ignore[misc]  # it comes without types
    """Whole files, in the order in which they were collected.

    What is done is forgotten at once: to look through all of it after every test took longer the
    more there was.
    """

    def __init__(self, config: pytest.Config, log: Producer) -> None:
        config.option.loadscopereorder = False  # the most tests are not the longest
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        together = (group[0] for group in TOGETHER if nodeid.startswith(group))
        return next(together, nodeid.partition("::")[0])

    def schedule(self) -> None:
        """Give the workers their first files."""
        ours = next(iter(self.registered_collections.values()))
        self._places = {nodeid: place for place, nodeid in enumerate(ours)}
        super().schedule()

    def mark_test_complete(
        self, node: WorkerController, item_index: int, duration: float = 0
    ) -> None:
        """Strike a test off the list of its worker, which may be given the next file."""
        nodeid = self.registered_collections[node][item_index]
        scope = self._split_scope(nodeid)
        work = self.assigned_work[node]
        del work[scope][nodeid]
        if not work[scope]:
            del work[scope]
        self._reschedule(node)

    def _assign_work_unit(self, node: WorkerController) -> None:
        scope, unit = self.workqueue.popitem(last=False)
        self.assigned_work[node][scope] = unit
        node.send_runtest_some([self._places[nodeid] for nodeid in unit])
