"""A text that grows is shown whole, also when it grows faster than the screen is drawn."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.containers import Vertical

from tests.support.textual_private import lay_out
from tui.widgets.growing import Growing


class Window(App[None]):
    """A window as high as its text."""

    CSS = "Vertical { height: auto; }"

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Growing("")


async def test_a_text_updated_twice_around_a_layout_is_shown_whole() -> None:
    async with Window().run_test(size=(40, 10)) as pilot:
        text = pilot.app.query_one(Growing)
        text.update("estimating")
        lay_out(pilot.app)
        text.update("There is no key.\nSet one.\nThen ask.")
        await pilot.pause()
        await pilot.pause()
        assert (text.size.height, pilot.app.query_one(Vertical).size.height) == (3, 3)
        text.update("one line")
        await pilot.pause()
        assert text.size.height == 1
