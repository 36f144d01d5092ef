"""How tests are divided among the workers of pytest-xdist."""

from __future__ import annotations

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

_TOGETHER = ("tests/core/stats/",)
"""Folders that one worker runs as a whole: they import libraries that figures are compared with."""


class WholeFiles(LoadScopeScheduling):  # type: ignore[misc]  # it comes without types
    """Whole files, in the order in which they were collected."""

    def __init__(self, config: pytest.Config, log: Producer) -> None:
        config.option.loadscopereorder = False  # the most tests are not the longest
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        together = (folder for folder in _TOGETHER if nodeid.startswith(folder))
        return next(together, nodeid.partition("::")[0])
