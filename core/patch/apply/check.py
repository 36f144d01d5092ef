"""Does a patch apply to its base files? Exactly what `git apply --check` decides, without git.

The reference is `git apply --check --cached` of git 2.39 to 2.55 without configuration, on an index
that holds the base commit (`git read-tree <base>`): files are compared as they are stored, and no
work tree, attribute or line-ending conversion plays a part. Whatever git would look up in the
repository beyond the base files (is the result of a broken binary patch known there?), and anything
in which its versions differ, is answered with `applies=None` and the reason.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import cached_property

from msgspec import Struct

from core.errors import RepositoryError
from core.patch.apply.apply_records import (
    FOLDER,
    Applied,
    ApplyProblem,
    BaseFile,
    PatchedFile,
    Refused,
    RefusedWhole,
    Undecided,
)
from core.patch.apply.hunk_sides import sides_of
from core.patch.apply.image import Image
from core.patch.parse import FilePatch, Header, Patch, parse_patch
from core.patch.parse.binary import BinaryFault, BinaryHunk, apply_delta, read_binary_hunk
from core.records import replace
from core.sources import decode, encode

ReadBase = Callable[[str], BaseFile | None]

_TYPE = 0o170000
_LINK = 0o120000
_SUBMODULE = 0o160000
_TYPES = (0o100000, _LINK, _SUBMODULE)
_GIT_FOLDER = re.compile(rb"(?:\A|[/\\])(?:\.git|git~1)[. ]*(?:\Z|[/\\:])", re.IGNORECASE)
_GIT_MODULES = re.compile(rb"(?:\A|[/\\])(?:\.gitmodules|gi[^/\\]*~)", re.IGNORECASE)


def apply_text(text: str, read_base: ReadBase) -> Applied:
    """Apply a patch, as `core.sources.decode` gives it (see `apply_patch`)."""
    return apply_patch(parse_patch(text), read_base)


def apply_patch(patch: Patch, read_base: ReadBase) -> Applied:
    """Apply a patch to what `read_base` reads.

    `read_base` returns what is at a path of the base commit, or None; if it raises
    `RepositoryError`, the answer is None.
    """
    refusal = patch.refusal
    if refusal is not None:
        problem = ApplyProblem(refusal.reason, line=refusal.line)
        return Applied(False if refusal.fatal else None, problems=(problem,))
    return _Check(patch, read_base).run()


class _Result(Struct, frozen=True):
    """What a section made of a file; the next section that names the file starts from it."""

    mode: int
    content: bytes


class _Section:
    """The part of a patch for one file, with what the base says about it (`struct patch`)."""

    def __init__(self, number: int, file: FilePatch) -> None:
        self.number = number  # of the file in `Patch.files`
        self.file = file
        self.header = replace(file.header)
        self.places: list[int] = []  # the base line at which each hunk applies

    @property
    def line(self) -> int:
        """The patch line of the header, from 1."""
        return self.file.start + 1


class _Check:
    """The sections of one patch, checked one after the other (`check_patch_list()`)."""

    def __init__(self, patch: Patch, read_base: ReadBase) -> None:
        self._patch = patch
        self._sections = [_Section(i, f) for i, f in enumerate(patch.files) if not f.ignored]
        self._read_base = read_base
        sections = [section.header for section in self._sections]
        self._results: dict[bytes, _Result] = {}
        moved = {s.old_name for s in sections if s.new_name is None or s.is_rename}
        self._to_go: set[bytes | None] = moved - {None}
        self._gone: set[bytes | None] = set()
        self._unclear: set[bytes | None] = set()
        self._links_gone = {
            s.old_name
            for s in sections
            if s.old_mode & _TYPE == _LINK and (s.is_rename or s.is_delete)
        }
        self._links = {s.new_name for s in sections if s.new_mode & _TYPE == _LINK}

    def run(self) -> Applied:
        """Check every section. A certain failure decides, whatever else is unclear."""
        done: list[PatchedFile] = []
        failed: list[ApplyProblem] = []
        unclear: list[ApplyProblem] = []
        for section in self._sections:
            header = section.header
            names = {header.old_name, header.new_name} - {None}
            file = decode(header.old_name or header.new_name or b"")
            old = _text(header.old_name)
            try:
                if names & self._unclear:
                    raise Undecided(
                        "depends on an earlier part that cannot be decided", section.line
                    )
                done.append(self._patched(section, old))
                continue
            except Undecided as error:
                self._unclear |= names
                problem = error.problem(file)
                unclear.append(problem)
            except Refused as error:
                problem = error.problem(file)
                failed.append(problem)
                if isinstance(error, RefusedWhole):
                    break
            except RepositoryError as error:
                self._unclear |= names
                problem = ApplyProblem(error.title, file, section.line)
                unclear.append(problem)
            new = _text(header.new_name)
            done.append(PatchedFile(old, new, None, None, section.number, problem=problem))
        applies = False if failed else None if unclear else True
        files = {f.new_path: f.content for f in done if f.new_path and f.content is not None}
        return Applied(applies, files, tuple(done), tuple(failed + unclear))

    @cached_property
    def _lines(self) -> list[bytes]:
        """The lines of the patch, without line feeds."""
        return encode(self._patch.text).split(b"\n")

    def _patched(self, section: _Section, old: str | None) -> PatchedFile:
        result = self._check(section)
        header, places = section.header, tuple(section.places)
        if header.new_name is None or header.is_delete > 0:
            return PatchedFile(old, None, None, None, section.number, places)
        created = header.old_name is None
        path, mode = decode(header.new_name), _mode(result.mode)
        old = None if created else old
        return PatchedFile(old, path, mode, result.content, section.number, places)

    def _check(self, section: _Section) -> _Result:
        """Check and apply one section (`check_patch()`)."""
        base = self._preimage(section)
        new, old = section.header.new_name, section.header.old_name
        if new is not None and (
            section.header.is_new > 0 or section.header.is_rename or section.header.is_copy
        ):
            is_free = new in self._to_go or new in self._gone
            if not is_free and self._base(new) is not None:
                raise Refused("already exists", section.line)
            section.header.new_mode = section.header.new_mode or (
                0o100644 if section.header.is_new > 0 else section.header.old_mode
            )
        if new is not None and old is not None:
            section.header.new_mode = section.header.new_mode or section.header.old_mode
            if section.header.old_mode & _TYPE == _SUBMODULE and _is_odd(section.header.new_mode):
                raise Undecided("a mode that git versions treat differently", section.line)
            if (section.header.old_mode ^ section.header.new_mode) & _TYPE:
                raise Refused("the new mode is for another type of file", section.line)
        self._verify_paths(section)
        if not section.header.is_delete and new is not None and self._beyond_link(new):
            raise Refused("is beyond a symbolic link", section.line)
        content = self._apply(section, base.content if base else b"")
        result = _Result(section.header.new_mode, content)
        self._remember(section, result)
        if section.header.is_delete > 0 and content:
            raise Refused("the deletion leaves content in the file", section.line)
        return result

    def _preimage(self, section: _Section) -> _Result | None:
        """The file that a section starts from; determines its kind (`check_preimage()`)."""
        if section.header.old_name is None:
            return None
        if section.header.is_new > 0:  # an assertion of git's own fails here
            raise Undecided("a new file that also has an old name", section.line)
        base = self._earlier(section)
        if base is None:
            found = self._base(section.header.old_name)
            if found is None and section.header.is_new < 0:
                section.header.is_new, section.header.is_delete, section.header.old_name = (
                    1,
                    0,
                    None,
                )
                return None
            if found is None:
                raise Refused("does not exist in the base", section.line)
            base = _Result(int(found.mode, 8), found.content)
        section.header.is_new = 0
        self._settle_mode(section, base.mode)
        return base

    def _settle_mode(self, section: _Section, mode: int) -> None:
        if section.header.zero_mode or (
            mode & _TYPE == _SUBMODULE and _is_odd(section.header.old_mode)
        ):
            raise Undecided("a mode that git versions treat differently", section.line)
        section.header.old_mode = section.header.old_mode or mode
        if (mode ^ section.header.old_mode) & _TYPE:
            raise Refused("is another type of file in the base", section.line)
        if not section.header.is_delete:
            section.header.new_mode = section.header.new_mode or mode

    def _earlier(self, section: _Section) -> _Result | None:
        """What an earlier section made of the file (`previous_patch()`)."""
        if section.header.is_copy or section.header.is_rename:
            return None
        if section.header.old_name in self._gone:
            raise Refused("was renamed or deleted earlier in the patch", section.line)
        assert section.header.old_name is not None
        return self._results.get(section.header.old_name)

    def _remember(self, section: _Section, result: _Result) -> None:
        if section.header.new_name is not None:
            self._results[section.header.new_name] = result
            self._gone.discard(section.header.new_name)
            self._to_go.discard(section.header.new_name)
        if section.header.new_name is None or section.header.is_rename:
            assert section.header.old_name is not None
            self._results.pop(section.header.old_name, None)
            self._to_go.discard(section.header.old_name)
            self._gone.add(section.header.old_name)

    def _base(self, name: bytes) -> BaseFile | None:
        """What the base's index would hold under that name; folders are not in it."""
        found = self._read_base(decode(name))
        return None if found is None or found.mode == FOLDER else found

    def _beyond_link(self, name: bytes) -> bool:
        """Is a folder on the way to the file a symbolic link (`path_is_beyond_symlink()`)?"""
        while b"/" in name:
            name = name.rpartition(b"/")[0]
            if name in self._links:
                return True
            if name not in self._links_gone:
                base = self._base(name)
                if base is not None and base.mode == "120000":
                    return True
        return False

    def _verify_paths(self, section: _Section) -> None:
        """Reject the whole patch for a path that is not allowed in a repository."""
        paths = []
        if section.header.is_delete or not (section.header.is_new or section.header.is_copy):
            paths.append((section.header.old_name, section.header.old_mode))
        if not section.header.is_delete:
            paths.append((section.header.new_name, section.header.new_mode))
        for path, mode in paths:
            if path is not None:
                _verify_path(path, mode, section.line)

    def _apply(self, section: _Section, content: bytes) -> bytes:
        """What the hunks make of the content (`apply_fragments()`)."""
        if section.file.binary:
            return _apply_binary(section.header, self._data(section), content, section.line)
        if not section.file.hunks:
            return content
        image = Image(content)
        for number, hunk in enumerate(section.file.hunks, 1):
            section.places.append(image.apply(sides_of(self._lines, hunk), number))
        return image.content

    def _data(self, section: _Section) -> BinaryHunk | None:
        """The data of a binary section, None if it has none."""
        at = section.file.data_at
        if at is None:
            return None
        lines = [line + b"\n" for line in self._lines[at : section.file.stop]]
        try:
            return read_binary_hunk(lines, 0)[1]
        except BinaryFault as fault:
            raise Undecided(fault.reason, at + fault.line) from fault


def _apply_binary(header: Header, data: BinaryHunk | None, content: bytes, line: int) -> bytes:
    """The content that a binary section makes (`apply_binary()`).

    Git requires full ids in lower case, and accepts a result that the repository knows without
    using the patch.
    """
    if not (_is_full(header.old_oid) and _is_full(header.new_oid)):
        raise Refused("binary patch without full ids in its index line", line)
    if header.old_name is None and content:
        raise Refused("the binary file should be empty", line)
    if header.old_name is not None and blob_id(content) != header.old_oid.decode():
        raise Refused("the binary patch is for different content", line)
    expected = header.new_oid.decode()
    if expected == "0" * 40:
        return b""
    result = None
    if data is not None:
        result = apply_delta(content, data.data) if data.is_delta else data.data
    if result is None or blob_id(result) != expected:
        raise Undecided("the result of the binary patch is known only from its index line", line)
    return result


def blob_id(content: bytes) -> str:
    """The id that git gives to a file's content."""
    header = b"blob %d\0" % len(content)
    return hashlib.sha1(header + content, usedforsecurity=False).hexdigest()


def _is_full(oid: bytes) -> bool:
    return re.fullmatch(rb"[0-9a-fA-F]{40}", oid) is not None


def _verify_path(path: bytes, mode: int, line: int) -> None:
    """Raise for what git's `verify_path()` rejects (HFS not, NTFS protected: its defaults)."""
    parts = path.split(b"/")
    if not {b"", b".", b".."}.isdisjoint(parts) or _GIT_FOLDER.search(path):
        raise RefusedWhole("the path is not allowed", line)
    if mode & _TYPE == _LINK and _GIT_MODULES.search(path):
        raise Undecided("a symbolic link that may be taken for .gitmodules", line)


def _is_odd(mode: int) -> bool:
    return mode != 0 and mode & _TYPE not in _TYPES


def _mode(mode: int) -> str:
    """A mode as git stores it."""
    if mode & _TYPE in (_LINK, _SUBMODULE):
        return f"{mode & _TYPE:06o}"
    return "100755" if mode & 0o100 else "100644"


def _text(name: bytes | None) -> str | None:
    return None if name is None else decode(name)
