"""Does a patch apply to its base files? Exactly what `git apply --check` decides, without git.

The reference is `git apply --check --cached` of git 2.39 to 2.55 with nothing configured, on an
index that holds the base commit (`git read-tree <base>`): files are compared as they are stored,
and no work tree, attribute or line-end conversion has a part in it. What such a git would look up
in the repository beyond the base files (is the result of a broken binary patch known there?), and
where its versions differ, is answered with `applies=None` and the reason.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass

from core.errors import RepositoryError
from core.patch.apply.apply_parse import Section, read_patch
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
from core.patch.apply.binary import apply_delta
from core.patch.apply.image import Image
from core.patch.parse import Patch
from core.sources import decode, encode

ReadBase = Callable[[str], BaseFile | None]

_TYPE = 0o170000
_LINK = 0o120000
_SUBMODULE = 0o160000
_TYPES = (0o100000, _LINK, _SUBMODULE)
_GIT_FOLDER = re.compile(rb"(?:\A|[/\\])(?:\.git|git~1)[. ]*(?:\Z|[/\\:])", re.IGNORECASE)
_GIT_MODULES = re.compile(rb"(?:\A|[/\\])(?:\.gitmodules|gi[^/\\]*~)", re.IGNORECASE)


def apply_patch(patch: Patch, read_base: ReadBase) -> Applied:
    """Apply a patch to what `read_base` reads (`apply_text`; git reads the text its own way)."""
    return apply_text(patch.text, read_base)


def apply_text(text: str, read_base: ReadBase) -> Applied:
    """Apply a patch, as `core.sources.decode` gives it, to what `read_base` reads.

    `read_base` gives what stands at a path of the base commit, or None; where it raises
    `RepositoryError`, the answer is None.
    """
    try:
        sections = read_patch(encode(text))
    except Undecided as error:
        return Applied(None, problems=(error.problem(),))
    except Refused as error:
        return Applied(False, problems=(error.problem(),))
    return _Check(sections, read_base).run()


@dataclass(frozen=True, slots=True)
class _Result:
    """What a section made of a file; the next section that names the file starts from it."""

    mode: int
    content: bytes


class _Check:
    """The sections of one patch, checked one after the other (`check_patch_list()`)."""

    def __init__(self, sections: list[Section], read_base: ReadBase) -> None:
        self._sections = sections
        self._read_base = read_base
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
            names = {section.old_name, section.new_name} - {None}
            file = decode(section.name)
            old = _text(section.old_name)
            try:
                if names & self._unclear:
                    raise Undecided("depends on an earlier part that is unclear", section.line)
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
            done.append(PatchedFile(old, _text(section.new_name), None, None, problem))
        applies = False if failed else None if unclear else True
        files = {f.new_path: f.content for f in done if f.new_path and f.content is not None}
        return Applied(applies, files, tuple(done), tuple(failed + unclear))

    def _patched(self, section: Section, old: str | None) -> PatchedFile:
        result = self._check(section)
        if section.new_name is None or section.is_delete > 0:
            return PatchedFile(old, None, None, None)
        created = section.old_name is None
        path = decode(section.new_name)
        return PatchedFile(None if created else old, path, _mode(result.mode), result.content)

    def _check(self, section: Section) -> _Result:
        """Check and apply one section (`check_patch()`)."""
        base = self._preimage(section)
        new, old = section.new_name, section.old_name
        if new is not None and (section.is_new > 0 or section.is_rename or section.is_copy):
            if new not in self._to_go | self._gone and self._base(new) is not None:
                raise Refused("already exists", section.line)
            section.new_mode = section.new_mode or (
                0o100644 if section.is_new > 0 else section.old_mode
            )
        if new is not None and old is not None:
            section.new_mode = section.new_mode or section.old_mode
            if section.old_mode & _TYPE == _SUBMODULE and _is_odd(section.new_mode):
                raise Undecided("a mode that versions of git take differently", section.line)
            if (section.old_mode ^ section.new_mode) & _TYPE:
                raise Refused("the new mode is of another type", section.line)
        self._verify_paths(section)
        if not section.is_delete and new is not None and self._beyond_link(new):
            raise Refused("is beyond a symbolic link", section.line)
        content = self._apply(section, base.content if base else b"")
        result = _Result(section.new_mode, content)
        self._remember(section, result)
        if section.is_delete > 0 and content:
            raise Refused("the removal leaves content in the file", section.line)
        return result

    def _preimage(self, section: Section) -> _Result | None:
        """The file that a section starts from; settles what it is (`check_preimage()`)."""
        if section.old_name is None:
            return None
        if section.is_new > 0:  # an assertion of git's own fails here
            raise Undecided("a new file with an old name", section.line)
        base = self._earlier(section)
        if base is None:
            found = self._base(section.old_name)
            if found is None and section.is_new < 0:
                section.is_new, section.is_delete, section.old_name = 1, 0, None
                return None
            if found is None:
                raise Refused("does not exist in the base", section.line)
            base = _Result(int(found.mode, 8), found.content)
        section.is_new = 0
        self._settle_mode(section, base.mode)
        return base

    def _settle_mode(self, section: Section, mode: int) -> None:
        if section.zero_mode or (mode & _TYPE == _SUBMODULE and _is_odd(section.old_mode)):
            raise Undecided("a mode that versions of git take differently", section.line)
        section.old_mode = section.old_mode or mode
        if (mode ^ section.old_mode) & _TYPE:
            raise Refused("is of another type in the base", section.line)
        if not section.is_delete:
            section.new_mode = section.new_mode or mode

    def _earlier(self, section: Section) -> _Result | None:
        """What an earlier section made of the file (`previous_patch()`)."""
        if section.is_copy or section.is_rename:
            return None
        if section.old_name in self._gone:
            raise Refused("was renamed or deleted earlier in the patch", section.line)
        assert section.old_name is not None
        return self._results.get(section.old_name)

    def _remember(self, section: Section, result: _Result) -> None:
        if section.new_name is not None:
            self._results[section.new_name] = result
            self._gone.discard(section.new_name)
            self._to_go.discard(section.new_name)
        if section.new_name is None or section.is_rename:
            assert section.old_name is not None
            self._results.pop(section.old_name, None)
            self._to_go.discard(section.old_name)
            self._gone.add(section.old_name)

    def _base(self, name: bytes) -> BaseFile | None:
        """What the base's index would hold of that name; folders are not in it."""
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

    def _verify_paths(self, section: Section) -> None:
        """Refuse the whole patch for a path that may not stand in a repository."""
        paths = []
        if section.is_delete or not (section.is_new or section.is_copy):
            paths.append((section.old_name, section.old_mode))
        if not section.is_delete:
            paths.append((section.new_name, section.new_mode))
        for path, mode in paths:
            if path is not None:
                _verify_path(path, mode, section.line)

    def _apply(self, section: Section, content: bytes) -> bytes:
        """What the hunks make of the content (`apply_fragments()`)."""
        if section.is_binary:
            return _apply_binary(section, content)
        if not section.hunks:
            return content
        image = Image(content)
        for number, hunk in enumerate(section.hunks, 1):
            image.apply(hunk, number)
        return image.content


def _apply_binary(section: Section, content: bytes) -> bytes:
    """The content that a binary section makes (`apply_binary()`).

    Git asks for full ids, and takes a result that the repository knows without using the patch.
    """
    line = section.line
    if not (_is_full(section.old_oid) and _is_full(section.new_oid)):
        raise Refused("a binary patch without full ids in its index line", line)
    if section.old_name is None and content:
        raise Refused("the binary file should be empty", line)
    if section.old_name is not None and blob_id(content) != section.old_oid.decode().lower():
        raise Refused("the binary patch is made for other content", line)
    expected = section.new_oid.decode().lower()
    if expected == "0" * 40:
        return b""
    result = None
    if section.binary:
        data = section.binary.data
        result = apply_delta(content, data) if section.binary.is_delta else data
    if result is None or blob_id(result) != expected:
        raise Undecided("the result of the binary patch stands only in its index line", line)
    return result


def blob_id(content: bytes) -> str:
    """The id that git gives to a file's content."""
    header = b"blob %d\0" % len(content)
    return hashlib.sha1(header + content, usedforsecurity=False).hexdigest()


def _is_full(oid: bytes) -> bool:
    return re.fullmatch(rb"[0-9a-fA-F]{40}", oid) is not None


def _verify_path(path: bytes, mode: int, line: int) -> None:
    """Raise for what git's `verify_path()` refuses (HFS not, NTFS protected: its defaults)."""
    parts = path.split(b"/")
    if not {b"", b".", b".."}.isdisjoint(parts) or _GIT_FOLDER.search(path):
        raise RefusedWhole("the path is not allowed", line)
    if mode & _TYPE == _LINK and _GIT_MODULES.search(path):
        raise Undecided("a symbolic link that may pass for .gitmodules", line)


def _is_odd(mode: int) -> bool:
    return mode != 0 and mode & _TYPE not in _TYPES


def _mode(mode: int) -> str:
    """A mode as git stores it."""
    if mode & _TYPE in (_LINK, _SUBMODULE):
        return f"{mode & _TYPE:06o}"
    return "100755" if mode & 0o100 else "100644"


def _text(name: bytes | None) -> str | None:
    return None if name is None else decode(name)
