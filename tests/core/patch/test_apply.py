"""`core.patch.apply` says what `git apply --check --cached` says, and makes what git makes."""

from __future__ import annotations

import os
import random
import re
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from core.errors import RepositoryError
from core.git.repository import Repository
from core.patch.apply import Applied, BaseFile, apply_patch, apply_text, blob_id
from core.patch.parse import parse_patch
from core.sources import decode
from tests.core.patch.patch_mutants import mutants

Git = Callable[..., bytes]

TEXT = "".join(f"line {n}\n" for n in range(1, 41)).encode()
BLOCKS = b"def f():\n    pass\n\n\n" * 12
BINARY = bytes(range(256)) * 20
BASE: dict[str, bytes] = {
    "plain.txt": TEXT,
    "blocks.py": BLOCKS,
    "open.txt": b"one\ntwo\nthree\nfour\nfive\nno line feed",
    "crlf.txt": TEXT.replace(b"\n", b"\r\n"),
    "empty.txt": b"",
    "with space.txt": TEXT[:70],
    "caf\u00e9.txt": TEXT[:50],
    "tab\tname.txt": TEXT[:30],
    "gone.txt": TEXT[:60],
    "moved.txt": TEXT.upper(),
    "run.sh": b"#!/bin/sh\necho 1\necho 2\n",
    "picture.bin": BINARY,
    "dropped.bin": BINARY[:300],
    "dir/deep/file.py": BLOCKS[:90],
    "below/a.txt": b"a\n",
}
CHANGED: dict[str, bytes] = BASE | {
    "plain.txt": TEXT.replace(b"line 3\n", b"line three\nand more\n").replace(b"line 30\n", b""),
    "blocks.py": BLOCKS[:120] + b"x = 1\n" + BLOCKS[120:],
    "open.txt": b"one\n2\nthree\nfour\nfive\nno line feed, still",
    "crlf.txt": TEXT.replace(b"\n", b"\r\n").replace(b"line 9\r", b"nine\r"),
    "empty.txt": b"no longer\n",
    "with space.txt": TEXT[:70].replace(b"line 2", b"second"),
    "caf\u00e9.txt": TEXT[:50].replace(b"line 2", b"deux"),
    "tab\tname.txt": b"first\n" + TEXT[:30],
    "picture.bin": BINARY[:2000] + b"changed" + BINARY[2000:],
    "new.txt": b"new\nfile\n",
    "new_empty.txt": b"",
    "new.bin": BINARY[100:400],
    "dir/deep/file.py": b"# first\n" + BLOCKS[:90] + b"# last",
    "dir/moved to.txt": TEXT.upper().replace(b"LINE 7\n", b"line seven\n"),
    "copied.txt": TEXT + b"copied\n",
    "below/a.txt": b"b\n",
}
for _gone in ("gone.txt", "moved.txt", "dropped.bin"):
    del CHANGED[_gone]

SHAPES = (
    (),
    ("-U0",),
    ("-U1",),
    ("-U8",),
    ("--binary",),
    ("--full-index", "--no-renames"),
    ("--no-prefix",),
    ("-M", "-C", "--find-copies-harder", "--binary"),
    ("-R", "--binary", "-M"),
    ("--src-prefix=base/", "--dst-prefix=work/"),
)


class Pair:
    """Two commits of a bare repository and what git says of patches on the first."""

    def __init__(self, path: Path, base: dict[str, bytes], changed: dict[str, bytes]) -> None:
        self.path = path / "pair.git"
        self.index = path / "index"
        subprocess.run(["git", "init", "-q", "--bare", self.path], check=True)
        self.base = self._commit(base, linked=True)
        self.changed = self._commit(changed, linked=False)
        self.git("read-tree", self.base)
        self.entries = _entries(self.index)
        assert self.entries == self._listed()
        self.repository = Repository.open(self.path)

    def git(self, *arguments: str, data: bytes = b"", index: Path | None = None) -> bytes:
        done = self._run(arguments, data, index)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _run(
        self, arguments: tuple[str, ...], data: bytes, index: Path | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        places = {"GIT_DIR": str(self.path), "GIT_INDEX_FILE": str(index or self.index)}
        environment = os.environ | places
        command = ["git", *arguments]
        return subprocess.run(
            command, input=data, capture_output=True, env=environment, cwd=self.path, check=False
        )

    def _commit(self, files: dict[str, bytes], *, linked: bool) -> str:
        lines = []
        *oids, link = self._store([*files.values(), b"dir" if linked else b"dir/deep"])
        for name, oid in zip(files, oids, strict=True):
            executable = name.endswith(".sh") == linked
            lines.append(f"{'100755' if executable and '.sh' in name else '100644'} {oid}\t{name}")
        lines.append(f"120000 {link}\tlink")
        lines.append(f"160000 {('1' if linked else '2') * 40}\tsub")
        index = self.path.parent / f"index-{linked}"
        self.git(
            "update-index", "-z", "--index-info", data="\0".join([*lines, ""]).encode(), index=index
        )
        tree = self.git("write-tree", "--missing-ok", index=index).decode().strip()
        return self.git("commit-tree", "-m", "x", tree).decode().strip()

    def _store(self, contents: list[bytes]) -> list[str]:
        """The ids of blobs, by one process."""
        paths = [self.path.parent / f"blob-{number}" for number in range(len(contents))]
        for path, content in zip(paths, contents, strict=True):
            path.write_bytes(content)
        listed = "".join(f"{path}\n" for path in paths).encode()
        return (
            self.git("hash-object", "-w", "--stdin-paths", "--no-filters", data=listed)
            .decode()
            .split()
        )

    def diff(self, *options: str) -> bytes:
        return self.git("diff-tree", "-p", *options, self.base, self.changed)

    @cache  # noqa: B019 - asked more than once of a patch
    def git_applies(self, patch: bytes) -> tuple[bool, str]:
        done = self._run(("apply", "--check", "--cached", "-"), patch)
        return done.returncode == 0, decode(done.stderr)

    def git_result(self, patch: bytes) -> dict[str, str] | None:
        """Mode and blob id by path after git applied a patch, None when it could not write."""
        index = self.path.parent / "applied"
        index.write_bytes(self.index.read_bytes())
        done = self._run(("apply", "--cached", "-"), patch, index)
        return _entries(index) if done.returncode == 0 else None

    def _listed(self) -> dict[str, str]:
        listed = decode(self.git("ls-files", "-s", "-z"))
        entries = (line.split("\t", 1) for line in listed.split("\0") if line)
        return {name: head.rsplit(" ", 1)[0] for head, name in entries}

    def read_base(self, path: str) -> BaseFile | None:
        return self.repository.base_file(self.base, path)

    @cache  # noqa: B019 - a test asks for the answer and then for how many are alike
    def apply(self, patch: bytes) -> Applied:
        return apply_text(decode(patch), self.read_base)


def _entries(index: Path) -> dict[str, str]:
    """Mode and blob id by path, read from the file: `git ls-files` is a process for each patch."""
    data = index.read_bytes()
    assert data[:8] == b"DIRC\0\0\0\2", "not of version 2"
    entries: dict[str, str] = {}
    at = 12
    for _ in range(int.from_bytes(data[8:12], "big")):
        end = data.index(b"\0", at + 62)
        mode = int.from_bytes(data[at + 24 : at + 28], "big")
        entries[decode(data[at + 62 : end])] = f"{mode:06o} {data[at + 40 : at + 60].hex()}"
        at += end - at + 8 & ~7
    return entries


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with pytest.MonkeyPatch.context() as environment:
        for role in ("AUTHOR", "COMMITTER"):
            environment.setenv(f"GIT_{role}_NAME", "A Tester")
            environment.setenv(f"GIT_{role}_EMAIL", "tester@example.org")
        made = Pair(tmp_path_factory.mktemp("pair"), BASE, CHANGED)
    with made.repository:
        yield made


@cache
def _parts(pair: Pair) -> list[bytes]:
    """Whole diffs of every shape, then each file's part of each of them."""
    diffs = [pair.diff(*shape) for shape in SHAPES]
    return diffs + [part for diff in diffs for part in re.split(rb"(?m)^(?=diff --git )", diff)[1:]]


def _mutants(parts: list[bytes], seed: int, count: int) -> list[bytes]:
    """Mutants of one to four parts put together."""
    chance = random.Random(seed)
    wholes = [b"".join(chance.sample(parts, chance.choice((1, 1, 1, 2, 4)))) for _ in range(count)]
    return [mutants(whole, chance.randrange(2**32), 1)[0] for whole in wholes]


def _disagreement(pair: Pair, patch: bytes) -> str:
    """How git and we differ on a patch; "" when we do not, or when we say that we cannot tell."""
    applied = pair.apply(patch)
    assert (applied.failure is None) == (applied.applies is True)
    if applied.applies is None:
        return ""
    if applied.applies and (theirs := pair.git_result(patch)) is not None:
        return _difference(pair, applied, theirs)
    applies, said = pair.git_applies(patch)  # what it checks, git cannot always write
    if applies != applied.applies:
        return f"git says {applies}, we {applied.applies}: {applied.failure} / {said}"
    return ""


def _difference(pair: Pair, applied: Applied, theirs: dict[str, str]) -> str:
    """Where the files that come out differ from those that git writes."""
    changed = {name: head for name, head in theirs.items() if pair.entries.get(name) != head}
    ours = {
        section.new_path: f"{section.mode} {_id(section.mode, section.content)}"
        for section in applied.sections
        if section.new_path is not None and section.content is not None
    }
    unlike = {n: (ours.get(n), head) for n, head in changed.items() if ours.get(n) != head}
    kept = {n for n in pair.entries if n not in theirs and n in applied.files}
    return f"{unlike} {kept}" if unlike or kept else ""


def _id(mode: str | None, content: bytes) -> str:
    if mode == "160000":
        return content.decode().removeprefix("Subproject commit ").strip()
    return blob_id(content)


def _text(old: str, new: str, *lines: str) -> bytes:
    head = f"diff --git a/{old} b/{new}\n--- a/{old}\n+++ b/{new}\n"
    return (head + "".join(f"{line}\n" for line in lines)).encode()


def test_sound_patches_come_out_as_git_makes_them(pair: Pair) -> None:
    parts = _parts(pair)
    assert [why for part in parts if (why := _disagreement(pair, part))] == []
    answers = [pair.apply(part).applies for part in parts]
    assert answers.count(True) > len(parts) // 2
    assert answers.count(False) > 10


@pytest.mark.parametrize("seed", range(2))  # thousands more: `test_patch_trials.py`
def test_faulty_patches_are_judged_as_git_judges_them(pair: Pair, seed: int) -> None:
    faulty = _mutants(_parts(pair), seed, 120)
    assert [why for patch in faulty if (why := _disagreement(pair, patch))] == []
    answers = [pair.apply(patch).applies for patch in faulty]
    assert answers.count(True) > 10
    assert answers.count(False) > 40
    assert answers.count(None) < 10


def test_a_patch_cut_anywhere(pair: Pair) -> None:
    patch = _text("open.txt", "open.txt", "@@ -5,2 +5,2 @@ four", " five", "-no line feed")
    patch += b"\\ No newline at end of file\n+changed\n\\ No newline at end of file\n"
    patch += next(part for part in _parts(pair) if part.startswith(b"diff --git a/new.bin"))
    for end in range(0, len(patch) + 1, 3):
        assert _disagreement(pair, patch[:end]) == ""


@pytest.mark.parametrize(
    "path",
    [
        "../plain.txt",
        "/etc/passwd",
        ".git/config",
        ".GIT/hooks/post-checkout",
        "a/.git/x",
        "git~1/config",
        "a\\.git\\x",
        "./plain.txt",
        "dir/../plain.txt",
        "link/inside.txt",
        "dir",
        "plain.txt/below",
        "sub/file",
        "sub",
        "dir//deep//new.py",
        ".gitattributes",
        "ne\u0301w.txt",
    ],
)
def test_paths_are_taken_and_refused_as_git_does(pair: Pair, path: str) -> None:
    create = f"diff --git a/{path} b/{path}\nnew file mode 100644\n--- /dev/null\n+++ b/{path}\n"
    change = f"--- a/{path}\n+++ b/{path}\n"
    rename = f"diff --git a/plain.txt b/{path}\nrename from plain.txt\nrename to {path}\n"
    remove = f"diff --git a/{path} b/{path}\ndeleted file mode 100644\n"
    for patch in (create + "@@ -0,0 +1 @@\n+x\n", change + "@@ -1 +1 @@\n-a\n+b\n", rename, remove):
        applied = pair.apply(patch.encode())
        assert applied.applies is pair.git_applies(patch.encode())[0]
        assert _disagreement(pair, patch.encode()) == ""


@pytest.mark.parametrize(
    ("patch", "applies"),
    [
        (b"", False),
        (b"\n\n", False),
        (b"I changed the scheduler.\n", False),
        (b"@@ -1 +1 @@\n-line 1\n+line one\n", False),
        (b"\n\n" + _text("empty.txt", "empty.txt", "@@ -0,0 +1 @@", "+x"), True),
        (_text("plain.txt", "plain.txt", "@@ -9 +9 @@", "-line 9", "+nine"), False),
        (_text("plain.txt", "plain.txt", "@@ -40 +40 @@", "-line 40", "+forty"), True),
        (b"--- plain.txt\n+++ plain.txt\n@@ -40 +40 @@\n-line 40\n+forty\n", True),
        (_text("plain.txt", "plain.txt", "@@ -3,2 +3,2 @@", "-line 31", "+x", " line 32"), True),
        (b"diff --git a/run.sh b/run.sh\nold mode 100644\nnew mode 100755\n", True),
        (b"diff --git a/x b/x\nBinary files a/x and b/x differ\n", False),
    ],
)  # fmt: skip
def test_shapes_by_hand(pair: Pair, patch: bytes, applies: bool) -> None:
    assert pair.git_applies(patch)[0] is applies
    assert pair.apply(patch).applies is applies


def test_later_parts_build_on_earlier_ones(pair: Pair) -> None:
    first = _text("empty.txt", "empty.txt", "@@ -0,0 +1 @@", "+one")
    second = _text("empty.txt", "empty.txt", "@@ -1 +1,2 @@", " one", "+two")
    swap = b"".join(
        f"diff --git a/{a} b/{b}\nrename from {a}\nrename to {b}\n".encode()
        for a, b in (("plain.txt", "moved.txt"), ("moved.txt", "plain.txt"))
    )
    applied = pair.apply(first + second + swap)
    assert applied.applies is True
    assert applied.files == {
        "empty.txt": b"one\ntwo\n",
        "moved.txt": BASE["plain.txt"],
        "plain.txt": BASE["moved.txt"],
    }
    for patch in (first + first, second + first, swap + swap, swap + first + second):
        assert _disagreement(pair, patch) == ""


def test_a_failure_names_file_hunk_base_line_and_patch_line(pair: Pair) -> None:
    good = _text("empty.txt", "empty.txt", "@@ -0,0 +1 @@", "+one")
    first = ("@@ -1,2 +1,3 @@", " line 1", "+between", " line 2")
    bad = _text("plain.txt", "plain.txt", *first, "@@ -12,2 +13,2 @@", "-line 99", "+x", " line 13")
    applied = pair.apply(good + bad)
    assert applied.failure is not None
    assert str(applied.failure) == (
        "plain.txt: hunk 2 does not match at base line 12 (patch line 13)"
    )
    assert (applied.failure.hunk, applied.failure.base_line) == (2, 12)
    assert applied.files == {"empty.txt": b"one\n"}
    assert [section.problem is None for section in applied.sections] == [True, False]
    cut = pair.apply(good + bad[:-20])
    assert str(cut.failure) == (
        "the hunk ends here with 1 old and 0 new lines, "
        "but its header announces 2 and 2 (patch line 15)"
    )


def test_a_hunk_that_is_stated_elsewhere_is_found_at_the_very_end() -> None:
    lines = [f"line {n}" for n in range(1, 11)]
    base = BaseFile("100755", "".join(f"{line}\n" for line in lines).encode())
    around = [f" {line}" for line in lines[3:6]], [f" {line}" for line in lines[7:]]
    patch = _text("x", "x", "@@ -2,7 +2,7 @@", *around[0], "-line 7", "+seven", *around[1])
    applied = apply_patch(parse_patch(patch.decode()), lambda _: base)
    assert applied.files["x"].decode().splitlines() == [*lines[:6], "seven", *lines[7:]]
    assert [part.mode for part in applied.sections] == ["100755"], "what is not said stays"


def test_what_cannot_be_read_is_unknown_and_hides_no_failure() -> None:
    def read(path: str) -> BaseFile | None:
        if path == "absent.bin":
            raise RepositoryError("the object is not in this partial clone")
        return BaseFile("100644", b"a\n") if path == "here.txt" else None

    unknown = _text("absent.bin", "absent.bin", "@@ -1 +1 @@", "-a", "+b").decode()
    good = _text("here.txt", "here.txt", "@@ -1 +1 @@", "-a", "+b").decode()
    bad = _text("here.txt", "here.txt", "@@ -1 +1 @@", "-x", "+b").decode()
    applied = apply_patch(parse_patch(unknown + good), read)
    assert applied.applies is None
    assert str(applied.failure) == (
        "absent.bin: the object is not in this partial clone (patch line 1)"
    )
    assert applied.files == {"here.txt": b"b\n"}
    assert apply_text(unknown + bad, read).applies is False
    assert apply_text(unknown + unknown, read).applies is None


def test_a_link_is_seen_in_the_middle_of_a_path() -> None:
    new = "diff --git a/a/link/deep/f b/a/link/deep/f\nnew file mode 100644\n--- /dev/null\n"
    text = f"{new}+++ b/a/link/deep/f\n@@ -0,0 +1 @@\n+x\n"
    link = BaseFile("120000", b"../elsewhere")
    applied = apply_text(text, lambda path: link if path == "a/link" else None)
    assert applied.applies is False
    assert "beyond a symbolic link" in str(applied.failure)
    assert apply_text(text, lambda _: None).applies is True


def test_a_link_that_may_pass_for_gitmodules_is_unknown_and_its_line_is_told() -> None:
    header = b"diff --git a/.gitmodules b/.gitmodules\nnew file mode 120000\n--- /dev/null\n"
    body = b"+++ b/.gitmodules\n@@ -0,0 +1 @@\n+x\n\\ No newline at end of file\n"
    applied = apply_text((header + body).decode(), lambda _: None)
    assert applied.applies is None
    assert [(p.file, p.line) for p in applied.problems] == [(".gitmodules", 1)]


@pytest.mark.parametrize("last", [" a\n", " a\n\\ No newline at end of file\n"])
def test_endless_equal_lines_end_in_unknown(last: str) -> None:
    base = BaseFile("100644", b"a\n" * 200_000)
    lines = 50_000
    hunk = f"@@ -2,{lines + 2} +2,{lines + 3} @@\n" + " a\n" * lines + "-b\n+c\n+d\n" + last
    applied = apply_text(f"--- a/x\n+++ b/x\n{hunk}", lambda path: base)
    assert applied.applies is None
    assert applied.failure is not None
    assert "too many places" in applied.failure.reason


def test_real_patches_are_judged_without_a_fault(shared: Path) -> None:
    patches = sorted((shared / "real_runs").rglob("model_patch.diff"))
    assert len(patches) == 25
    for path in patches:
        applied = apply_text(decode(path.read_bytes()), lambda name: None)
        assert applied.applies is not None


def test_an_empty_context_line_fits_a_line_of_nuls_where_git_says_so(pair: Pair) -> None:
    base = BaseFile("100644", b"a\nb\nc\n\0")
    patch = _text(
        "u", "u", "@@ -1,4 +1,4 @@", " a", "-b", "+d", " c", " ", "\\ No newline at end of file"
    )
    assert apply_text(decode(patch), lambda path: base).applies is True
