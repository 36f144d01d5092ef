"""Regular expressions that are compiled when they are first used.

The long ones of the checks take longer to compile than a command needs whose facts are all stored.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import AnyStr, Generic


class LatePattern(Generic[AnyStr]):
    """A pattern's text and flags, and the pattern itself once somebody asks for it."""

    def __init__(self, text: AnyStr, flags: re.RegexFlag = re.NOFLAG) -> None:
        self.text: AnyStr = text
        self._flags = flags

    @cached_property
    def compiled(self) -> re.Pattern[AnyStr]:
        """The pattern."""
        return re.compile(self.text, self._flags)
