"""What a worker of pytest-xdist tells the process that started it: only what that makes use of.

A test that passes is one letter there. For it a worker sends six messages as a rule: a start, three
reports, an end, and that it may be struck off the list. Two are enough.
"""

from __future__ import annotations

import pytest
from _pytest.runner import runtestprotocol


class TerseWorker:
    """Runs tests as pytest does, and keeps reports of passed set-ups and teardowns to itself."""

    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool:
        """Run a test and tell its outcome; the end of the last one ends the line of letters."""
        for report in runtestprotocol(item, log=False, nextitem=nextitem):
            if report.when == "call" or not report.passed:
                item.ihook.pytest_runtest_logreport(report=report)
        if nextitem is None:
            item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True


def may_be_terse(config: pytest.Config) -> bool:
    """Did nobody ask for more of each test, nor for an end at the first failure?"""
    asked = ("durations", "maxfail")
    return config.get_verbosity() <= 0 and not any(map(config.getoption, asked))
