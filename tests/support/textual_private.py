"""What tests must know of Textual that it does not tell: the only module with its private names."""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from unittest.mock import patch

from rich.console import RenderableType
from rich.segment import Segment
from textual import _callback
from textual._compositor import Compositor, CompositorUpdate
from textual._queue import Queue
from textual._styles_cache import StylesCache
from textual.app import App
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.events import Key, Paste
from textual.geometry import Region, Size
from textual.keys import REPLACED_KEYS, _character_to_key, _get_unicode_name_from_key
from textual.message import Message
from textual.message_pump import MessagePump
from textual.pilot import Pilot
from textual.screen import Screen
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from tui.keys_in_turn import IN_TURN
from tui.widgets.attempt_header import AttemptHeader
from tui.widgets.document_view import DocumentView
from tui.widgets.line_painter import LinePainter
from tui.widgets.row_list import RowList

_ESCAPE = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_PERIOD = "textual.screen.UPDATE_PERIOD"
_NEVER_S = 1e6

_whole_picture = Compositor.render_update
_caught_up = Screen._on_timer_update
_rendered = StylesCache.render_widget
_parse = Stylesheet._parse_rules
_parsed: dict[object, list[RuleSet]] = {}
_count = _callback._count_parameters
_counted: dict[object, int] = {}

_UNREAD = Strip([])
"""Stands for the cells of a line that was drawn and not read."""

_ACT_ON_IT = (DocumentView, RowList, AttemptHeader)
"""What notes that it was drawn, or improves what it has drawn (`tui/widgets/seen`, `improving`)."""


@contextmanager
def no_terminal() -> Iterator[None]:
    """Do for apps that start meanwhile only what can be noticed where there is no terminal.

    The screen is painted when a test asks for it (`paint`, a pause of the pilot) or waits until it
    is at rest, however slow the machine is; of a picture that nobody reads, only what acts on
    being drawn is drawn, and nothing becomes cells; style sheets are parsed once for all apps, and
    what a callback takes is looked up once.
    """
    with (
        patch(_PERIOD, _NEVER_S),
        patch.object(Compositor, "render_update", _noted),
        patch.object(Screen, "_on_timer_update", _drawn),
        patch.object(StylesCache, "render_widget", _read),
        patch.object(Stylesheet, "_parse_rules", _parsed_once),
        patch("textual._callback._count_parameters", _counted_once),
    ):
        yield


def parse_once() -> None:
    """Parse each style sheet once from now on, for all apps of this process and of its forks."""
    Stylesheet._parse_rules = _parsed_once  # type: ignore[method-assign]


def _noted(
    self: Compositor,
    full: bool = False,
    screen_stack: list[Screen[Any]] | None = None,
    simplify: bool = False,
) -> None:
    """Leave what `render_update` would draw to the next picture."""
    if full:
        self._dirty_regions.add(self.size.region)


def _drawn(screen: Screen[object]) -> None:
    """Have drawn what acts on it, to the extent that a terminal would show now.

    The rest is as stale as it was, and is drawn once the screen is read.
    """
    _caught_up(screen)
    compositor = screen._compositor
    dirty, compositor._dirty_regions = compositor._dirty_regions, set()
    if not dirty or not screen.is_current:
        return
    part = Region.from_union(list(dirty)).intersection(compositor.size.region)
    with (
        patch.object(StylesCache, "render_widget", _unread),
        patch.object(LinePainter, "paint", lambda *_, **__: _UNREAD),
    ):
        for widget, (region, clip) in compositor.visible_widgets.items():
            visible = region.intersection(clip)
            if isinstance(widget, _ACT_ON_IT) and visible and part.overlaps(clip):
                widget.render_lines(visible.translate(-region.offset))


def _unread(self: StylesCache, widget: Widget, crop: Region) -> list[Strip]:
    """Draw what is stale in a part of a widget, and note that its cells are missing."""
    size, inside = widget.region.size, widget.content_region
    if size.width != self._width:
        self.clear()
        self._width = size.width
    first = inside.y - widget.region.y
    for y in crop.line_range:
        if y in self._dirty_lines or y not in self._cache:
            if first <= y < first + inside.height:
                widget.render_line(y - first)
            self._cache[y] = _UNREAD
    self._dirty_lines.difference_update(crop.line_range)
    return []


def _read(self: StylesCache, widget: Widget, crop: Region) -> list[Strip]:
    """Draw a part of a widget, with the cells that nobody has read until now."""
    self._dirty_lines.update(y for y in crop.line_range if self._cache.get(y) is _UNREAD)
    return _rendered(self, widget, crop)


def _parsed_once(
    self: Stylesheet,
    css: str,
    read_from: tuple[str, str],
    is_default_rules: bool = False,
    tie_breaker: int = 0,
    scope: str = "",
) -> list[RuleSet]:
    asked = (css, read_from, is_default_rules, tie_breaker, scope)
    key = (*asked, *self._variables.items())
    if key not in _parsed:
        _parsed[key] = _parse(self, *asked)
    return _parsed[key]


def _counted_once(function: Callable[..., object]) -> int:
    """How many parameters it takes: Textual inspects whatever is called later every time."""
    code = getattr(function, "__code__", None)
    if code is None or hasattr(function, "__wrapped__"):
        return _count(function)
    key = (code, hasattr(function, "__self__"))
    if key not in _counted:
        _counted[key] = _count(function)
    return _counted[key]


def painted_lines(app: App[None]) -> list[str]:
    """The lines that the terminal shows now."""
    screen: Screen[object] = app.screen
    strips = screen._compositor.render_strips()[: app.size.height]
    return ["".join(segment.text for segment in strip).rstrip() for strip in strips]


def painted_segments(app: App[None]) -> list[Segment]:
    """Every piece of text that the terminal shows now, with its style."""
    screen: Screen[object] = app.screen
    strips = screen._compositor.render_strips()[: app.size.height]
    return [segment for strip in strips for segment in strip]


def record_pictures(app: App[None]) -> list[str]:
    """A list that takes what each further picture sends to the terminal, without its looks."""
    pictures: list[str] = []
    display = app._display
    compositor = app.screen._compositor
    compositor.render_update = partial(_whole_picture, compositor)  # type: ignore[method-assign]

    def record(screen: Screen[Any], renderable: RenderableType | None) -> None:
        if isinstance(renderable, CompositorUpdate):
            sent = renderable.render_segments(app.console)
            pictures.append(_ESCAPE.sub("", sent))
        display(screen, renderable)

    app._display = record  # type: ignore[method-assign]
    return pictures


def record_layouts(app: App[None]) -> list[None]:
    """A list that grows with each further layout of the whole screen."""
    layouts: list[None] = []
    screen: Screen[object] = app.screen
    refresh = screen._refresh_layout

    def record(size: Size | None = None, scroll: bool = False) -> None:
        layouts.append(None)
        refresh(size, scroll)

    screen._refresh_layout = record  # type: ignore[method-assign]
    return layouts


def notices(app: App[None]) -> list[str]:
    """The texts of the notifications that are shown now."""
    return [str(notification.message) for notification in app._notifications]


def is_busy(app: App[None]) -> bool:
    """Is a message or key not handled yet, or a moment awaited that comes within 0.1 s?"""
    if has_failed(app) or has_left(app):
        return False
    if any(task.get_name() == IN_TURN for task in asyncio.all_tasks()):
        return True
    if app.screen._callbacks or app.screen._layout_required:  # called, or laid out, once drawn
        return True
    pumps = [app, *app.screen.walk_children(with_self=True), *app.screen_stack]
    return any(
        _is_handling(pump) or any(_is_awaited(timer) for timer in pump._timers) for pump in pumps
    )


def _is_handling(pump: MessagePump) -> bool:
    """Does it do anything but wait for its next message?"""
    if pump._closing or pump._closed:
        return False
    queue: Queue[Message] = pump._message_queue
    return not queue.empty() or not queue.ready_event._waiters


def _is_awaited(timer: Timer) -> bool:
    once = timer._repeat == 0 and timer._task is not None and not timer._task.done()
    return once and timer._interval <= 0.1


async def handled(app: App[None]) -> None:
    """Wait until the app and its screen have done what they are at, a thread of theirs included."""
    for pump in (app, app.screen):
        done = asyncio.Event()
        if pump.call_later(done.set):
            await at_rest()
            while not done.is_set() and pump.is_running and not has_failed(app):
                await asyncio.sleep(0.001)


def has_failed(app: App[None]) -> bool:
    """Has an error ended the app? It handles nothing any more, and is not told that it ended."""
    return app._exception is not None


async def at_rest() -> None:
    """Wait until no task has anything to do before a moment, a file or a thread comes."""
    ready: deque[object] = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
    await asyncio.sleep(0)
    while ready:
        await asyncio.sleep(0)


def catch_up(app: App[None]) -> bool:
    """Lay out and style what has changed, as before a picture; is there a picture to draw?"""
    screen: Screen[object] = app.screen
    _caught_up(screen)
    return bool(screen._compositor._dirty_regions)


def paint(app: App[None]) -> None:
    """Paint what has changed at once, instead of at the next sixtieth of a second."""
    app.screen._on_timer_update()


def send_burst(pilot: Pilot[None], *typed: str | Paste) -> None:
    """Keys and pastes as the terminal sends them, all in one go; nothing is handled yet."""
    driver = pilot.app._driver
    assert driver is not None
    for each in typed:
        event = each if isinstance(each, Paste) else _key(each)
        event.set_sender(pilot.app)
        driver.send_message(event)


def _key(key: str) -> Key:
    character = key if len(key) == 1 else None
    name = _character_to_key(key) if len(key) == 1 and not key.isalnum() else key
    return Key(name, _character_of(name) or character)


def _character_of(name: str) -> str | None:
    try:
        return unicodedata.lookup(_get_unicode_name_from_key(REPLACED_KEYS.get(name, name)))
    except KeyError:
        return None


def lay_out(app: App[None]) -> None:
    """Lay the screen out at once, as its timer does between two updates of a widget."""
    app.screen._refresh_layout()


def has_left(app: App[None]) -> bool:
    """Was the app told to end?"""
    return app._exit
