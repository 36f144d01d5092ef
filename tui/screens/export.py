"""The window that writes an export: a file name, whose ending decides the format."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from core.errors import PatchjuryError
from core.session import Session
from core.text import counted, visible
from tui.preparing import Preparation
from tui.widgets.growing import Growing
from tui.work.latest import Latest

if TYPE_CHECKING:
    from core.export.export_document import Narrowing


_ENDINGS = (".html", ".md", ".json", ".jsonl", ".csv")


def _is_taken(path: Path) -> bool:
    """Would something be replaced? An empty folder accepts pages."""
    try:
        return any(path.iterdir()) if path.is_dir() else path.exists()
    except OSError:
        return False  # writing reports why not


class ExportScreen(ModalScreen[None]):
    """Asks for the target; reports what was written or why not, and then stays open."""

    CSS_PATH = "small.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "back", priority=True)]

    def __init__(self, session: Session, listed: Narrowing | None = None) -> None:
        """`listed`: only these attempts are written, and the reason is shown."""
        super().__init__()
        self._session = session
        self._listed = listed
        self.preparation = Preparation(["escape"])
        self._refused: str | None = None

    def on_mount(self) -> None:
        self._loading = Latest(self.app)  # it goes on, with a notice, after the window is left

    def compose(self) -> ComposeResult:
        with Vertical(id="window", classes="-low"):
            yield Static(Content.styled(f"Export ({', '.join(_ENDINGS)}, folder/)", "bold"))
            if self._listed is not None:
                told = (
                    f"only {counted(len(self._listed.keys), 'listed attempt')}: {self._listed.text}"
                )
                yield Static(Content(visible(told)), id="narrowed")
            yield Input("report.html", id="path")
            yield Growing(Content.styled("Enter writes, esc cancels", "$dim"), id="hint")

    @on(Input.Submitted, "#path")
    def _submitted(self, event: Input.Submitted) -> None:
        path = Path(event.value).expanduser()
        again = event.value == self._refused
        if _is_taken(path) and not again:
            self._refused = event.value
            self._say(f"{path.name} exists: Enter again replaces it", "$warning")
            return
        self._say("writing … (esc closes this; writing continues)", "$dim")
        self.preparation.begin()
        self._loading.run(
            lambda cancelled: iter([self._export(event.value, overwrite=again)]),
            lambda count: self._written(path, count),
            lambda error: self._failed(error),
        )

    def _export(self, typed: str, *, overwrite: bool) -> int:
        from core.export import asked_format  # here: the screen opens without it

        name = asked_format(typed)
        path = Path(typed).expanduser()
        return self._session.export(path, listed=self._listed, name=name, overwrite=overwrite)

    def _written(self, path: Path, count: int) -> None:
        told = f"{counted(count, 'attempt')} written to {path}"
        self.app.notify(told, title="Exported", markup=False)
        self.preparation.end()
        if self.is_current:
            self.dismiss()

    def _failed(self, error: PatchjuryError) -> None:
        self.preparation.end()
        if self.is_current:
            self._say(str(error), "$error")
        else:
            title = "Not exported"
            self.app.notify(str(error), title=title, severity="error", markup=False)

    def _say(self, text: str, style: str) -> None:
        self.query_one("#hint", Growing).update(Content.styled(visible(text), style))
