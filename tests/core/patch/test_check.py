"""Does a patch apply, section by section: what comes out, or why not and at which line.

Expected is what git 2.39 says of these patches on this base (`git apply --check --cached`), and
None where its versions differ or the repository would have to be asked.
"""

from __future__ import annotations

import base64
import zlib

import pytest

from core.patch.apply import Applied, BaseFile, apply_text, blob_id

OLD, NEW = b"\0\1\2", b"\0\1\2\3"
OLD_ID, NEW_ID, EMPTY_ID, NO_ID = blob_id(OLD), blob_id(NEW), blob_id(b""), "0" * 40
BASE = {
    "x": BaseFile("100644", b"a\nb\nc\n"),
    "run.sh": BaseFile("100755", b"a\n"),
    "link": BaseFile("120000", b"x"),
    "sub": BaseFile("160000", b"Subproject commit " + b"1" * 40 + b"\n"),
    "dir": BaseFile("040000", b""),
    "dir/y": BaseFile("100644", b"y\n"),
    "bin": BaseFile("100644", OLD),
    "e": BaseFile("100644", b""),
}
BODY = ("@@ -1,3 +1,3 @@", " a", "-b", "+B", " c")


def part(old: str, new: str, *lines: str) -> str:
    return "".join(f"{line}\n" for line in (f"diff --git a/{old} b/{new}", *lines))


def change(old: str, new: str, *lines: str) -> str:
    return part(old, new, f"--- a/{old}", f"+++ b/{new}", *lines)


def data(content: bytes, word: str = "literal") -> list[str]:
    """Binary data as git writes it, short enough for one line."""
    packed = zlib.compress(content)
    letter = chr(len(packed) + (0x40 if len(packed) <= 26 else 0x60 - 26))
    digits = base64.b85encode(packed + bytes(-len(packed) % 4)).decode()
    return [f"{word} {len(content)}", letter + digits, ""]


def told(applied: Applied) -> list[str]:
    """What comes out of each section, then why others do not."""
    done = []
    for section in applied.sections:
        if section.problem is None:
            content = f" {section.mode} {section.content!r}" if section.new_path else ""
            places = f" at {section.places}" if section.places else ""
            done.append(f"{section.old_path} > {section.new_path}{content}{places}")
    return [*done, *map(str, applied.problems)]


CASES: list[tuple[str, str, bool | None, list[str]]] = [
    ("change", change("x", "x", *BODY), True, ["x > x 100644 b'a\\nB\\nc\\n' at (1,)"]),
    (
        "rename",
        part("x", "z", "rename from x", "rename to z"),
        True,
        ["x > z 100644 b'a\\nb\\nc\\n'"],
    ),
    (
        "rename+change",
        part("x", "z", "rename from x", "rename to z", "--- a/x", "+++ b/z", *BODY),
        True,
        ["x > z 100644 b'a\\nB\\nc\\n' at (1,)"],
    ),
    (
        "rename exec",
        part("run.sh", "r2", "rename from run.sh", "rename to r2"),
        True,
        ["run.sh > r2 100755 b'a\\n'"],
    ),
    ("copy", part("x", "z", "copy from x", "copy to z"), True, ["x > z 100644 b'a\\nb\\nc\\n'"]),
    (
        "copy onto",
        part("x", "run.sh", "copy from x", "copy to run.sh"),
        False,
        ["x: already exists (patch line 1)"],
    ),
    (
        "rename onto",
        part("x", "run.sh", "rename from x", "rename to run.sh"),
        False,
        ["x: already exists (patch line 1)"],
    ),
    (
        "rename onto folder name",
        part("x", "dir", "rename from x", "rename to dir"),
        True,
        ["x > dir 100644 b'a\\nb\\nc\\n'"],
    ),
    (
        "new exists",
        part("x", "x", "new file mode 100644"),
        False,
        ["x: already exists (patch line 1)"],
    ),
    (
        "new exec",
        part("n", "n", "new file mode 100755", "--- /dev/null", "+++ b/n", "@@ -0,0 +1 @@", "+x"),
        True,
        ["None > n 100755 b'x\\n' at (1,)"],
    ),
    (
        "new link",
        part(
            "n",
            "n",
            "new file mode 120000",
            "--- /dev/null",
            "+++ b/n",
            "@@ -0,0 +1 @@",
            "+x",
            "\\ No newline at end of file",
        ),
        True,
        ["None > n 120000 b'x' at (1,)"],
    ),
    ("new odd mode", part("n", "n", "new file mode 100664"), True, ["None > n 100644 b''"]),
    (
        "delete",
        part(
            "x",
            "x",
            "deleted file mode 100644",
            "--- a/x",
            "+++ /dev/null",
            "@@ -1,3 +0,0 @@",
            "-a",
            "-b",
            "-c",
        ),
        True,
        ["x > None at (1,)"],
    ),
    (
        "delete leaving",
        part(
            "x",
            "x",
            "deleted file mode 100644",
            "--- a/x",
            "+++ /dev/null",
            "@@ -1,2 +0,0 @@",
            "-a",
            "-b",
        ),
        False,
        ["x: hunk 1 does not match at base line 1 (patch line 5)"],
    ),
    (
        "delete without hunk",
        part("x", "x", "deleted file mode 100644"),
        False,
        ["x: the deletion leaves content in the file (patch line 1)"],
    ),
    ("delete empty", part("e", "e", "deleted file mode 100644"), True, ["e > None"]),
    (
        "delete absent",
        part("q", "q", "deleted file mode 100644"),
        False,
        ["q: does not exist in the base (patch line 1)"],
    ),
    (
        "delete of another type",
        part("link", "link", "deleted file mode 100644"),
        False,
        ["link: is another type of file in the base (patch line 1)"],
    ),
    (
        "change absent",
        change("q", "q", *BODY),
        False,
        ["q: does not exist in the base (patch line 1)"],
    ),
    (
        "plain creates",
        "--- a/n\n+++ b/n\n@@ -0,0 +1 @@\n+x\n",
        True,
        ["None > n 100644 b'x\\n' at (1,)"],
    ),
    (
        "plain change absent",
        "--- a/n\n+++ b/n\n@@ -1 +1 @@\n-a\n+x\n",
        False,
        ["n: does not exist in the base (patch line 1)"],
    ),
    (
        "plain deletes",
        "--- a/run.sh\n+++ b/run.sh\n@@ -1 +0,0 @@\n-a\n",
        True,
        ["run.sh > run.sh 100755 b'' at (1,)"],
    ),
    (
        "mode",
        part("x", "x", "old mode 100644", "new mode 100755"),
        True,
        ["x > x 100755 b'a\\nb\\nc\\n'"],
    ),
    (
        "mode back",
        part("run.sh", "run.sh", "old mode 100755", "new mode 100644"),
        True,
        ["run.sh > run.sh 100644 b'a\\n'"],
    ),
    (
        "mode to link",
        part("x", "x", "old mode 100644", "new mode 120000"),
        False,
        ["x: the new mode is for another type of file (patch line 1)"],
    ),
    (
        "old mode link",
        part("x", "x", "old mode 120000", "new mode 120000"),
        False,
        ["file header without a hunk (patch line 1)"],
    ),
    (
        "zero mode",
        part("x", "x", "old mode 000000", "new mode 100644"),
        False,
        ["file header without a hunk (patch line 1)"],
    ),
    (
        "sub odd",
        part("sub", "sub", "old mode 100664", "new mode 160000"),
        False,
        ["sub: is another type of file in the base (patch line 1)"],
    ),
    (
        "sub to odd",
        part("sub", "sub", "old mode 160000", "new mode 010000"),
        None,
        ["sub: a mode that git versions treat differently (patch line 1)"],
    ),
    (
        "link change",
        part(
            "link",
            "link",
            "index 1..2 120000",
            "--- a/link",
            "+++ b/link",
            "@@ -1 +1 @@",
            "-x",
            "\\ No newline at end of file",
            "+dir",
            "\\ No newline at end of file",
        ),
        True,
        ["link > link 120000 b'dir' at (1,)"],
    ),
    (
        "beyond link",
        part(
            "link/n",
            "link/n",
            "new file mode 100644",
            "--- /dev/null",
            "+++ b/link/n",
            "@@ -0,0 +1 @@",
            "+x",
        ),
        False,
        ["link/n: is beyond a symbolic link (patch line 1)"],
    ),
    (
        "beyond new link",
        part(
            "l2",
            "l2",
            "new file mode 120000",
            "--- /dev/null",
            "+++ b/l2",
            "@@ -0,0 +1 @@",
            "+x",
            "\\ No newline at end of file",
        )
        + part("l2/n", "l2/n", "new file mode 100644"),
        False,
        ["None > l2 120000 b'x' at (1,)", "l2/n: is beyond a symbolic link (patch line 8)"],
    ),
    (
        "beyond gone link",
        part(
            "link",
            "link",
            "deleted file mode 120000",
            "--- a/link",
            "+++ /dev/null",
            "@@ -1 +0,0 @@",
            "-x",
            "\\ No newline at end of file",
        )
        + part("link/n", "link/n", "new file mode 100644"),
        True,
        ["link > None at (1,)", "None > link/n 100644 b''"],
    ),
    (
        "beyond renamed link",
        part("link", "l3", "rename from link", "rename to l3")
        + part("link/n", "link/n", "new file mode 100644"),
        False,
        ["link > l3 120000 b'x'", "link/n: is beyond a symbolic link (patch line 4)"],
    ),
    (
        "path",
        part(".git/x", ".git/x", "new file mode 100644") + change("q", "q", *BODY),
        False,
        [".git/x: the path is not allowed (patch line 1)"],
    ),
    (
        "path then",
        change("q", "q", *BODY) + part("a/../x", "a/../x", "new file mode 100644"),
        False,
        [
            "q: does not exist in the base (patch line 1)",
            "a/../x: the path is not allowed (patch line 9)",
        ],
    ),
    (
        "copy from odd path",
        part("a/../x", "z", "copy from a/../x", "copy to z"),
        False,
        ["a/../x: does not exist in the base (patch line 1)"],
    ),
    (
        "gitmodules link",
        part(".gitmodules", ".gitmodules", "new file mode 120000"),
        None,
        [".gitmodules: a symbolic link that may be taken for .gitmodules (patch line 1)"],
    ),
    (
        "gitmodules delete link",
        part(".gitmodules", ".gitmodules", "deleted file mode 120000"),
        False,
        [".gitmodules: does not exist in the base (patch line 1)"],
    ),
    (
        "twice",
        change("x", "x", *BODY) + change("x", "x", "@@ -1,3 +1,3 @@", " a", "-B", "+BB", " c"),
        True,
        ["x > x 100644 b'a\\nB\\nc\\n' at (1,)", "x > x 100644 b'a\\nBB\\nc\\n' at (1,)"],
    ),
    (
        "twice other",
        change("x", "x", *BODY) + change("x", "x", *BODY),
        False,
        [
            "x > x 100644 b'a\\nB\\nc\\n' at (1,)",
            "x: hunk 1 does not match at base line 1 (patch line 12)",
        ],
    ),
    (
        "renamed then change old",
        part("x", "z", "rename from x", "rename to z") + change("x", "x", *BODY),
        False,
        [
            "x > z 100644 b'a\\nb\\nc\\n'",
            "x: was renamed or deleted earlier in the patch (patch line 4)",
        ],
    ),
    (
        "renamed then change new",
        part("x", "z", "rename from x", "rename to z") + change("z", "z", *BODY),
        True,
        ["x > z 100644 b'a\\nb\\nc\\n'", "z > z 100644 b'a\\nB\\nc\\n' at (1,)"],
    ),
    (
        "deleted then new",
        part(
            "run.sh",
            "run.sh",
            "deleted file mode 100755",
            "--- a/run.sh",
            "+++ /dev/null",
            "@@ -1 +0,0 @@",
            "-a",
        )
        + part("run.sh", "run.sh", "new file mode 100644"),
        True,
        ["run.sh > None at (1,)", "None > run.sh 100644 b''"],
    ),
    (
        "new then deleted later",
        part("run.sh", "run.sh", "new file mode 100644")
        + part(
            "run.sh",
            "run.sh",
            "deleted file mode 100755",
            "--- a/run.sh",
            "+++ /dev/null",
            "@@ -1 +0,0 @@",
            "-a",
        ),
        False,
        ["None > run.sh 100644 b''", "run.sh: hunk 1 does not match at base line 1 (patch line 7)"],
    ),
    (
        "new twice",
        part("n", "n", "new file mode 100644") + part("n", "n", "new file mode 100644"),
        True,
        ["None > n 100644 b''", "None > n 100644 b''"],
    ),
    (
        "swap",
        part("x", "run.sh", "rename from x", "rename to run.sh")
        + part("run.sh", "x", "rename from run.sh", "rename to x"),
        True,
        ["x > run.sh 100644 b'a\\nb\\nc\\n'", "run.sh > x 100755 b'a\\n'"],
    ),
    (
        "copy of changed",
        change("x", "x", *BODY) + part("x", "z", "copy from x", "copy to z"),
        True,
        ["x > x 100644 b'a\\nB\\nc\\n' at (1,)", "x > z 100644 b'a\\nb\\nc\\n'"],
    ),
    (
        "change renamed mode",
        part(
            "run.sh", "r", "old mode 100755", "new mode 100644", "rename from run.sh", "rename to r"
        ),
        True,
        ["run.sh > r 100644 b'a\\n'"],
    ),
    (
        "new with old name",
        "diff --git a/x b/x\nnew file mode 100644\nrename from x\n",
        False,
        ["the header lines contradict each other (patch line 3)"],
    ),
    (
        "bin ids short",
        part("bin", "bin", "index 1..2", "GIT binary patch", *data(NEW)),
        False,
        ["bin: binary patch without full ids in its index line (patch line 1)"],
    ),
    (
        "bin",
        part("bin", "bin", f"index {OLD_ID}..{NEW_ID} 100644", "GIT binary patch", *data(NEW)),
        True,
        ["bin > bin 100644 b'\\x00\\x01\\x02\\x03'"],
    ),
    (
        "bin upper",
        part(
            "bin",
            "bin",
            f"index {OLD_ID.upper()}..{NEW_ID.upper()} 100644",
            "GIT binary patch",
            *data(NEW),
        ),
        False,
        ["bin: the binary patch is for different content (patch line 1)"],
    ),
    (
        "bin delta",
        part(
            "bin",
            "bin",
            f"index {OLD_ID}..{NEW_ID} 100644",
            "GIT binary patch",
            *data(b"\x03\x04\x90\x03\x01\x03", "delta"),
        ),
        True,
        ["bin > bin 100644 b'\\x00\\x01\\x02\\x03'"],
    ),
    (
        "bin delta bad",
        part(
            "bin",
            "bin",
            f"index {OLD_ID}..{NEW_ID} 100644",
            "GIT binary patch",
            *data(b"\x04\x04\x90\x03\x01\x03", "delta"),
        ),
        None,
        ["bin: the result of the binary patch is known only from its index line (patch line 1)"],
    ),
    (
        "bin wrong result",
        part("bin", "bin", f"index {OLD_ID}..{EMPTY_ID} 100644", "GIT binary patch", *data(NEW)),
        None,
        ["bin: the result of the binary patch is known only from its index line (patch line 1)"],
    ),
    (
        "bin other base",
        part("bin", "bin", f"index {NEW_ID}..{OLD_ID} 100644", "GIT binary patch", *data(NEW)),
        False,
        ["bin: the binary patch is for different content (patch line 1)"],
    ),
    (
        "bin differs line",
        part(
            "bin", "bin", f"index {OLD_ID}..{NEW_ID} 100644", "Binary files a/bin and b/bin differ"
        ),
        None,
        ["bin: the result of the binary patch is known only from its index line (patch line 1)"],
    ),
    (
        "bin new",
        part(
            "n",
            "n",
            "new file mode 100644",
            f"index {NO_ID}..{NEW_ID}",
            "GIT binary patch",
            *data(NEW),
        ),
        True,
        ["None > n 100644 b'\\x00\\x01\\x02\\x03'"],
    ),
    (
        "bin to nothing",
        part(
            "bin",
            "bin",
            "deleted file mode 100644",
            f"index {OLD_ID}..{NO_ID}",
            "GIT binary patch",
            *data(b""),
        ),
        True,
        ["bin > None"],
    ),
    (
        "bin to empty",
        part("bin", "bin", f"index {OLD_ID}..{EMPTY_ID} 100644", "GIT binary patch", *data(b"")),
        True,
        ["bin > bin 100644 b''"],
    ),
    (
        "bin no ids",
        part("bin", "bin", "old mode 100644", "GIT binary patch", *data(NEW)),
        False,
        ["bin: binary patch without full ids in its index line (patch line 1)"],
    ),
    (
        "bin new over content",
        part(
            "bin",
            "bin",
            "new file mode 100644",
            f"index {NO_ID}..{NEW_ID}",
            "GIT binary patch",
            *data(NEW),
        ),
        False,
        ["bin: already exists (patch line 1)"],
    ),
    (
        "unclear then what rests on it",
        part("sub", "sub", "old mode 160000", "new mode 010000")
        + part("sub", "s2", "rename from sub", "rename to s2")
        + part("s2", "s3", "rename from s2", "rename to s3")
        + part("x", "z", "copy from x", "copy to z"),
        None,
        [
            "x > z 100644 b'a\\nb\\nc\\n'",
            "sub: a mode that git versions treat differently (patch line 1)",
            "sub: depends on an earlier part that cannot be decided (patch line 4)",
            "s2: depends on an earlier part that cannot be decided (patch line 7)",
        ],
    ),
    (
        "unclear and failed",
        part("sub", "sub", "old mode 160000", "new mode 010000") + change("q", "q", *BODY),
        False,
        [
            "q: does not exist in the base (patch line 4)",
            "sub: a mode that git versions treat differently (patch line 1)",
        ],
    ),
    (
        "bin upper result",
        part(
            "bin", "bin", f"index {OLD_ID}..{NEW_ID.upper()} 100644", "GIT binary patch", *data(NEW)
        ),
        None,
        ["bin: the result of the binary patch is known only from its index line (patch line 1)"],
    ),
    (
        "bin longer ids",
        part("bin", "bin", f"index {OLD_ID}0..{NEW_ID} 100644", "GIT binary patch", *data(NEW)),
        False,
        ["bin: binary patch without full ids in its index line (patch line 1)"],
    ),
    (
        "plain creates beside",
        "--- a/n\n+++ b/n\n@@ -0,0 +1 @@\n+x\n" + "--- a/n\n+++ b/n\n@@ -1 +1,2 @@\n x\n+y\n",
        True,
        ["None > n 100644 b'x\\n' at (1,)", "n > n 100644 b'x\\ny\\n' at (1,)"],
    ),
    (
        "two hunks",
        change("x", "x", "@@ -1,2 +1,3 @@", " a", "+n", " b", "@@ -3 +4,2 @@", " c", "+d"),
        True,
        ["x > x 100644 b'a\\nn\\nb\\nc\\nd\\n' at (1, 3)"],
    ),
    (
        "second hunk fails",
        change("x", "x", "@@ -1,2 +1,3 @@", " a", "+n", " b", "@@ -3 +4,2 @@", " q", "+d"),
        False,
        ["x: hunk 2 does not match at base line 3 (patch line 8)"],
    ),
    (
        "delete of a folder",
        part("dir", "dir", "deleted file mode 100644"),
        False,
        ["dir: does not exist in the base (patch line 1)"],
    ),
    (
        "change of submodule",
        change(
            "sub",
            "sub",
            "@@ -1 +1 @@",
            "-Subproject commit " + "1" * 40,
            "+Subproject commit " + "2" * 40,
        ),
        True,
        [
            f"sub > sub 160000 b'Subproject commit {'2' * 40}\\n' at (1,)",
        ],
    ),
    (
        "hunk",
        change("x", "x", "@@ -1,3 +1,3 @@", " a", "-q", "+B", " c"),
        False,
        ["x: hunk 1 does not match at base line 1 (patch line 4)"],
    ),
]


@pytest.mark.parametrize(
    ("text", "applies", "said"), [pytest.param(t, a, s, id=i) for i, t, a, s in CASES]
)
def test_each_section_is_decided_as_git_decides_it(
    text: str, applies: bool | None, said: list[str]
) -> None:
    applied = apply_text(text, BASE.get)
    assert (applied.applies, told(applied)) == (applies, said)


def test_a_section_that_fails_names_its_file_and_comes_to_nothing() -> None:
    applied = apply_text(
        change("q", "q", *BODY) + part("x", "x", "old mode 100644", "new mode 100755"), BASE.get
    )
    failed, done = applied.sections
    assert (failed.old_path, failed.new_path, failed.mode, failed.content) == ("q", "q", None, None)
    assert (failed.file, done.file, failed.problem) == (0, 1, applied.failure)
    assert applied.files == {"x": b"a\nb\nc\n"}


def test_a_patch_that_cannot_be_read_is_not_applied() -> None:
    applied = apply_text("prose\n", BASE.get)
    assert (applied.applies, str(applied.failure)) == (
        False,
        "it contains no valid patch (patch line 1)",
    )
    doubtful = apply_text(part("x", "x", "old mode -1"), BASE.get)
    assert (doubtful.applies, len(doubtful.problems)) == (None, 1)


def test_an_id_is_git_s() -> None:
    assert blob_id(b"") == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
    assert blob_id(b"hello\n") == "ce013625030ba8dba906f756967f9e9ca394464a"
