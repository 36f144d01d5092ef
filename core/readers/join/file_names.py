"""Is a file named after a model? Reports are: `<model with / as __>.<run>.json` and the like."""

from __future__ import annotations

import re
from pathlib import PurePath

_VERSION_GOES_ON = re.compile(r"\.\d+\.[^.]+\.|\.\d+-|-|[A-Za-z0-9]")


def spellings(name: str) -> set[str]:
    """A model's name in the form used in file names."""
    return {name.replace("/", "__"), name.replace("/", "_"), name.rsplit("/")[-1]}


def holds(path: PurePath, name: str) -> bool:
    """Is a file, or a folder above it, named after a model?"""
    if name in path.parts[:-1] or path.stem == name:
        return True
    file = path.name
    begin = file.find(name)
    while begin >= 0:
        rest = file[begin + len(name) :]
        bounded = begin == 0 or not (file[begin - 1].isalnum() or file[begin - 1] == ".")
        if bounded and rest[:1] in (".", "_") and not _VERSION_GOES_ON.match(rest):
            return True
        begin = file.find(name, begin + 1)
    return False


def names_another(file: str, name: str) -> bool:
    """Does a file's name continue after the model's name, like that of another version?"""
    rest = file.removeprefix(name)
    return rest != file and len(name) > 1 and _VERSION_GOES_ON.match(rest) is not None
