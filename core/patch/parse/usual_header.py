"""The header that nearly every file has, read in one step; `git_header` reads it line by line.

One name, the same in all four places and without anything that git could read otherwise, then a
hunk. Anything else is left to `git_header`, which gives the same result for these.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from core.patch.parse.patch_records import Header

_USUAL = re.compile(
    rb"diff --git a/((?:[\w.+@=-]++/)*+[\w.+@=-]++) b/\1\n"
    rb"(index ([0-9a-f]{4,40})\.\.([0-9a-f]{4,40})(?: (100644|100755))?\n)?"
    rb"--- a/\1\n\+\+\+ b/\1\n(?=@@ -)"
)
_MODES = {None: 0, b"100644": 0o100644, b"100755": 0o100755}
_LONGEST = 4096  # bytes of a name


class UsualHeader(NamedTuple):
    """The content of a usual header: its name, how many lines it has, and git's reading of it."""

    name: str
    lines: int
    header: Header


def usual_header(data: bytes, start: int) -> UsualHeader | None:
    """The header at an offset, if it is a usual one from whose names git strips one folder each."""
    found = _USUAL.match(data, start)
    if found is None:
        return None
    name, index, old_oid, new_oid, mode = found.groups()
    if len(name) > _LONGEST or name == b"dev/null":
        return None
    header = Header(
        name,
        name,
        name,
        is_new=0,
        is_delete=0,
        old_mode=_MODES[mode],
        old_oid=old_oid or b"",
        new_oid=new_oid or b"",
    )
    return UsualHeader(name.decode("ascii"), 4 if index else 3, header)
