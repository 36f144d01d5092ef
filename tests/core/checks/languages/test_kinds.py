"""What kind a file is, by its name and first line."""

from __future__ import annotations

import pytest

from core.checks.languages.kinds import kind_of, language_of


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("a/b.py", "python"),
        ("csrc/k.cu", "cuda"),
        ("tsconfig.json", "jsonc"),
        ("web/tsconfig.build.json", "jsonc"),
        (".vscode/settings.json", "jsonc"),
        (".devcontainer/devcontainer.json", "jsonc"),
        (".eslintrc", "jsonc"),
        ("package.json", "json"),
        ("n.ipynb", "json"),
        ("data.jsonl", "json lines"),
        ("Cargo.lock", "toml"),
        ("Pipfile.lock", "json"),
        ("CMakeLists.txt", "cmake"),
        ("cmake/utils.cmake", "cmake"),
        ("docker/Dockerfile", "dockerfile"),
        ("Dockerfile.cpu", "dockerfile"),
        ("k.pyx", "cython"),
        (".clang-format", "yaml"),
        ("a.kt", None),
        ("README.md", None),
        (".bashrc", "bash"),
        (".gitignore", None),
    ],
)
def test_a_name_tells_the_language(path: str, language: str | None) -> None:
    assert language_of(path) == language


@pytest.mark.parametrize(
    "path",
    ["README.md", "docs/a.rst", "notes.txt", "a.png", "LICENSE", ".gitignore", "a b", "x.patch"],
)
def test_prose_and_data_are_inert(path: str) -> None:
    assert kind_of(path, b"some text (((\n").is_inert


@pytest.mark.parametrize(
    "path",
    [
        "a.kt",
        "k.metal",
        "Makefile",
        "t.py.j2",
        "a.sql",
        "BUILD",
        "requirements.txt",
        "a.zig",
        "x.unheard",
    ],
)
def test_what_has_a_syntax_that_nothing_here_reads_is_neither(path: str) -> None:
    kind = kind_of(path, b"some text (((\n")
    assert kind.language is None
    assert not kind.is_inert


def test_a_binary_file_of_an_unknown_ending_is_data() -> None:
    assert kind_of("new.rdb", b"\x00\x01\x02").is_inert


def test_a_first_line_names_an_interpreter() -> None:
    assert kind_of("bin/run", b"#!/usr/bin/env python3\n").language == "python"
    assert kind_of("bin/run", b"#!/bin/sh\n").language == "bash"
    assert not kind_of("bin/run", b"#!/usr/bin/perl\n").is_inert
