"""Imports whatever a check may ask for, for a process that forks those that run checks."""

from __future__ import annotations

import importlib
import pkgutil

import git  # noqa: F401 (imported by what opens a repository)
import pyflakes.checker  # noqa: F401
import tree_sitter  # noqa: F401

import core.checks

for _module in pkgutil.walk_packages(core.checks.__path__, "core.checks."):
    if not _module.name.startswith(("core.checks.machines", "core.checks.languages.cython_child")):
        importlib.import_module(_module.name)
