"""What tests must know of Textual that it does not tell: the only module with its private names."""

from __future__ import annotations

from rich.segment import Segment
from textual.app import App
from textual.screen import Screen


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


def notices(app: App[None]) -> list[str]:
    """The texts of the notifications that are shown now."""
    return [str(notification.message) for notification in app._notifications]


def has_left(app: App[None]) -> bool:
    """Was the app told to end?"""
    return app._exit
