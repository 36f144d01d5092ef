"""The outcome of an applied patch: where each hunk really applies, and each file's net change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from core.patch.apply.apply_records import Applied
from core.patch.parse import FilePatch, FileStatus, Patch, with_new_starts
from core.records import replace


class NetChange(Struct, frozen=True):
    """What a whole patch makes of one file, however many of its parts name the file."""

    old_path: str | None  # in the base; None: created
    new_path: str | None  # None: deleted
    mode: str | None  # git's, None when deleted
    content: bytes | None
    files: tuple[FilePatch, ...]  # the parts

    @property
    def path(self) -> str:
        """The new path, or the old one of a deleted file."""
        return self.new_path if self.new_path is not None else self.old_path or ""

    @property
    def removed_path(self) -> str | None:
        """The path that no longer exists: the old one of a deleted or renamed file."""
        is_copy = self.files[0].status is FileStatus.COPIED
        return None if is_copy or self.old_path == self.new_path else self.old_path


def placed(patch: Patch, applied: Applied) -> Patch:
    """The same patch with its hunks numbered where git puts them, offsets included."""
    files = list(patch.files)
    for section in applied.sections:
        file = files[section.file]
        if len(section.places) == len(file.hunks):
            files[section.file] = _placed(file, section.places)
    return patch if files == list(patch.files) else replace(patch, files=tuple(files))


def _placed(file: FilePatch, places: Sequence[int]) -> FilePatch:
    starts = [place - (not hunk.old_count) for place, hunk in zip(places, file.hunks, strict=True)]
    moved = [
        replace(hunk, old_start=start, offset=start - hunk.old_start)
        for hunk, start in zip(file.hunks, starts, strict=True)
    ]
    hunks = tuple(with_new_starts(moved))
    return file if hunks == file.hunks else replace(file, hunks=hunks)


def net_changes(patch: Patch, applied: Applied) -> list[NetChange]:
    """Each file changed by a patch that applies, once, with its net change."""
    written: dict[str, NetChange] = {}
    removed: dict[str, tuple[FilePatch, ...]] = {}
    for section in applied.sections:
        file = patch.files[section.file]
        old, new = section.old_path, section.new_path
        moves = file.status in (FileStatus.RENAMED, FileStatus.COPIED)
        before = None if moves or old is None else written.get(old)
        parts = (*before.files, file) if before else (file,)
        origin = before.old_path if before else old
        if new is not None:
            written[new] = NetChange(origin, new, section.mode, section.content, parts)
        if old is not None and (new is None or file.status is FileStatus.RENAMED):
            removed[old] = parts
    return [*written.values(), *_removed(removed, written)]


def _removed(
    removed: dict[str, tuple[FilePatch, ...]], written: dict[str, NetChange]
) -> Iterator[NetChange]:
    """The files that are gone; a renamed one says where it went."""
    origins = {change.old_path for change in written.values()}
    for path, parts in removed.items():
        if path not in written and path not in origins:
            yield NetChange(path, None, None, None, parts)
