"""Two texts differ for certain where the code of one names what stands nowhere in the other."""

from __future__ import annotations

import ast

import pytest

from core.checks.languages.python_identifiers import names_something_new
from core.checks.languages.python_source import PythonSource

BEFORE = '''"""A module."""
import os


class Store:
    @property
    def size(self):
        """Its size."""
        return len(os.listdir("."))  # of entries
'''


def says(after: str | bytes, before: str | bytes = BEFORE) -> bool:
    """What is said of the code of one text beside another text."""
    one, other = (PythonSource(x.encode() if isinstance(x, str) else x) for x in (after, before))
    assert one.tree is not None
    said = names_something_new(one.tree, one.data, other.data)
    is_same = other.tree is not None and ast.dump(one.tree) == ast.dump(other.tree)
    assert not (said and is_same)
    return said


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("len(", "sum("),
        ('os.listdir(".")', 'os.scandir(".")'),
        ("@property", "@cached"),
        ("def size(self)", "def size(self, root)"),
        ("import os\n", "import os\nfrom os import path as place\n"),
        ('os.listdir(".")', 'os.listdir(f"{here}")'),
        ('os.listdir(".")', 'os.listdir(path=".")'),
        ("class Store:", "class Shop:"),
    ],
)
def test_a_new_name_in_code_is_another_code(old: str, new: str) -> None:
    assert says(BEFORE.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Its size.", "Its whole extent."),
        ("# of entries", "# as counted"),
        ("import os\n", "import os  # needed\n"),
        ("(self):", "(\n        self,\n    ):"),
        ('"A module."', '"Another text."'),
        ("len(", "os("),  # another code, but not by a new name
    ],
)
def test_comments_strings_and_known_names_prove_nothing(old: str, new: str) -> None:
    assert not says(BEFORE.replace(old, new))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x = 1\nfile = 2\n", "x = 1\nﬁle = 2\n"),
        ("import os . path\n", "import os.path\n"),
        (b"# coding: utf-7\na = b\n", b"# coding: utf-7\n+AGE- = b\n"),
        (b"a = bcd\n", b"# coding: utf-7\na = b+AGM-d\n"),
        (b"\n# coding: latin-1\nname = 1\n", b"\n# coding: latin-1\nn\xb5ame = 1\n"),
    ],
)
def test_spellings_that_python_reads_alike_are_not_told_apart(
    one: str | bytes, other: str | bytes
) -> None:
    assert not says(one, other)
    assert not says(other, one)
