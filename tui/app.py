"""The terminal app: themes, the triage screen, and the commands of the palette."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import App, SystemCommand
from textual.command import Provider
from textual.screen import Screen
from textual.theme import Theme

from core.errors import PatchjuryError
from core.records import replace
from core.session import Session
from tui.clicking import pressed_by
from tui.commands import LOCAL
from tui.keymap import keymap, read_keys
from tui.keys_in_turn import KeysInTurn
from tui.preferences import read_preferences, write_preferences
from tui.screens.first_picture import take_size
from tui.screens.triage import TriageScreen
from tui.terminal import TerminalApp
from tui.themes import DARK, DEFAULT_VARIABLES, SIXTEEN, THEMES
from tui.widgets.seen import Seen

if TYPE_CHECKING:
    from core.run_index.reading_along import ReadingAlong


def _attempt_finder() -> type[Provider]:
    from tui.screens.attempt_finder import AttemptFinder  # here: few open the palette at once

    return AttemptFinder


class PatchjuryApp(TerminalApp[None]):
    """Shows one session, which holds everything that is shown and changed."""

    TITLE = "patchjury"
    NOTIFICATION_TIMEOUT = 3  # seconds; lasting messages are in the header
    ENABLE_COMMAND_PALETTE = True
    COMMANDS = App.COMMANDS | {_attempt_finder}
    CSS_PATH: ClassVar[list[str | PurePath]] = [
        "screens/triage.tcss"
    ]  # not read for a default screen

    def __init__(
        self,
        session: Session,
        *,
        checks: bool = True,
        seen: Seen | None = None,
        reading: ReadingAlong | None = None,
    ) -> None:
        super().__init__()
        self._reading = reading  # the runs, if they are not read yet
        self.nothing_opened: PatchjuryError | None = None  # why there was nothing to show
        self.session = session
        self.pressed_at = 0.0  # time of the newest key or click, by the event clock
        self._commands = read_keys(session.settings.keys)
        moving = [c.keys.split(",") for c in self._commands if c.moves_cursor]
        self.keys_in_turn = KeysInTurn(self, [key for keys in moving for key in keys])
        self._seen = seen
        self._checks = checks
        for known in THEMES:
            self.register_theme(known)
        remembered = read_preferences().theme
        few = self.no_color or self.console.color_system == "standard"
        usual = SIXTEEN if few else DARK
        self._begin_with(remembered if remembered in self.available_themes else usual)

    def on_load(self) -> None:
        self.set_keymap(keymap(self._commands))

    def on_mount(self) -> None:
        self.theme_changed_signal.subscribe(self, self._remember_theme)
        self.screen_change_signal.subscribe(self, lambda _: self.keys_in_turn.stop_waiting())
        chosen = self.session.settings.screen.theme
        if chosen and chosen not in self.available_themes:
            self.notify(f"There is no theme {chosen!r}; ^p lists all themes.", severity="warning")

    def _begin_with(self, name: str) -> None:
        """Take a theme before any style is read; changed later, all styles are parsed again."""
        theme = self.available_themes[name]
        if theme.ansi:  # Textual then exchanges a filter as well
            self.theme = name
            return
        self.set_reactive(App.theme, name)
        self.set_class(theme.dark, "-dark-mode")
        self.set_class(not theme.dark, "-light-mode")
        self.stylesheet.set_variables(self.get_css_variables())

    def on_unmount(self) -> None:
        self.keys_in_turn.stop()

    def _remember_theme(self, theme: Theme) -> None:
        write_preferences(replace(read_preferences(), theme=theme.name))

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return DEFAULT_VARIABLES

    async def on_event(self, event: events.Event) -> None:
        """Answer keys in turn, each with its own time: later ones may already be on their way."""
        typed = event if isinstance(event, events.Key | events.Paste) else None
        if typed and not typed.is_forwarded and self.keys_in_turn.must_wait(typed):
            return
        if isinstance(event, events.MouseDown):
            self.keys_in_turn.clicked()
        if isinstance(event, events.InputEvent) and not isinstance(event, events.MouseMove):
            self.pressed_at = event.time
            for screen in self.screen_stack[:1]:
                if isinstance(screen, TriageScreen):
                    screen.attention.look(screen.attempt_key, event.time)
        was_forwarded = event.is_forwarded
        await super().on_event(event)
        if typed and typed.is_forwarded is was_forwarded:
            self.keys_in_turn.came_back(typed)

    def on_click(self, event: events.Click) -> None:
        if (key := pressed_by(self.screen, event)) is not None:
            self.simulate_key(key)

    def drop_burst(self) -> None:
        """Drop what was typed in one burst with the key that is being answered."""
        self.keys_in_turn.drop_burst()

    def get_default_screen(self) -> Screen[None]:
        screen = TriageScreen(self.session, checks=self._checks, seen=self._seen)
        take_size(screen, self.size)
        if self._reading is not None:
            from tui.screens.filling import Filling  # here: most runs are read by now

            screen.filling = Filling(
                screen, self.session, self._reading, screen.reopening, screen.begin
            )
        return screen

    def action_command_palette(self) -> None:
        from tui.screens.palette import Palette  # here: few open it at once

        if not isinstance(self.screen, Palette):
            self.push_screen(Palette(id="--command-palette"))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Every command of the table, then Textual's own."""
        if isinstance(screen, TriageScreen):
            for command in self._commands:
                if command.scope not in LOCAL and command.action != "app.command_palette":
                    keys = f"  ({command.display})" if command.keys else ""
                    yield SystemCommand(
                        f"{command.label[0].upper()}{command.label[1:]}{keys}",
                        command.group,
                        lambda action=command.screen_action: self.call_later(
                            screen.run_action, action
                        ),
                    )
        yield from super().get_system_commands(screen)
