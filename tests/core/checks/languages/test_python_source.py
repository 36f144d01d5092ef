"""What a version of a Python file costs once nobody needs it."""

from __future__ import annotations

import gc

from core.checks.languages.python_source import PythonSource
from core.garbage import pause_collection

CODE = b"import os\n" + b"".join(
    b"class C%d:\n    def f(self, x=os):\n        y = x\n        return missing%d(y)\n" % (n, n)
    for n in range(50)
)


def test_looking_at_names_leaves_no_tree_to_be_found_as_garbage() -> None:
    assert PythonSource(CODE).name_problems
    gc.collect()
    with pause_collection():
        source = PythonSource(CODE)
        assert len(source.name_problems or ()) == 50
        del source
        assert gc.collect() < 50, "workers look for garbage rarely"
