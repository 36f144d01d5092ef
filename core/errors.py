"""The errors that patchjury raises, each with a title and a hint for the person at the keyboard."""

from __future__ import annotations


class PatchjuryError(Exception):
    """Something to report to the user: what, where, and what to do next.

    `title` is one line without a full stop; `hint` says what to do and may be empty.
    """

    def __init__(self, title: str, hint: str = "") -> None:
        super().__init__(title)
        self.title = title
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.title}. {self.hint}" if self.hint else self.title


class InputError(PatchjuryError):
    """A path or file named by the user cannot be used."""


class SettingsError(PatchjuryError):
    """A settings file or value cannot be used."""


class SourceError(PatchjuryError):
    """A text that the index points to (patch, prompt, log) cannot be read now."""


class RepositoryError(PatchjuryError):
    """A git repository cannot be opened, or lacks what was requested."""


class StoreError(PatchjuryError):
    """The store cannot be read or written; nothing already stored was changed."""


class MachinesError(PatchjuryError):
    """The machines that should do the work cannot be reached, or are not suitable."""


class ExportError(PatchjuryError):
    """An export or import file cannot be written or understood."""
