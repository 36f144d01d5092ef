"""What all documents of plain text have in common: one side, no place in the code, no colours."""

from __future__ import annotations

from abc import ABC, abstractmethod

from tui.documents.document import Place, Work
from tui.documents.lines import cells


class TextRows(ABC):
    """Rows of text that is not the code of a patch."""

    @abstractmethod
    def text_of(self, row: int) -> str:
        """The text of one row."""

    def code_at(self, row: int, x: int, width: int) -> str:
        return self.text_of(row)

    def measure(self, row: int, width: int) -> tuple[int, int]:
        return width, cells(self.text_of(row))

    def place(self, row: int) -> Place | None:
        return None

    def work(self) -> Work | None:
        return None
