"""The colours: a dark, a light and a red-green-blind theme, and the variables that rendering uses.

Meaning is never carried by colour alone: every sign has its own shape and every changed line its
marker, so that 16 colours, `NO_COLOR` and any eye will do.
"""

from __future__ import annotations

from textual.theme import Theme

_DARK = {
    "dim": "#8b94a3",
    "syntax-comment": "#9aa4b5",
    "syntax-string": "#c9b28a",
    "syntax-number": "#b7a4e0",
    "syntax-keyword": "#c792a8",
    "syntax-name": "#8fc1d6",
    "syntax-builtin": "#d5c48a",
    "good": "#7fc98b",
    "middling": "#e0b45c",
    "bad": "#ec7f79",
    "accent-text": "#8ab8f0",
    "added": "#a9dcb3",
    "added-tint": "#16291d",
    "added-word": "#2b5a39",
    "removed": "#f0aaa4",
    "removed-tint": "#331b1d",
    "removed-word": "#6b2f32",
    "same-tint": "#1d2433",
    "gutter": "#6b7280",
    "cursor-tint": "#2a3342",
}
_LIGHT = {
    "dim": "#5b6472",
    "syntax-comment": "#5f6876",
    "syntax-string": "#7a4f14",
    "syntax-number": "#6a3d9a",
    "syntax-keyword": "#9b2c5e",
    "syntax-name": "#0b5c7d",
    "syntax-builtin": "#6b5a00",
    "good": "#1a7f37",
    "middling": "#8a5a00",
    "bad": "#b3261e",
    "accent-text": "#0550ae",
    "added": "#0f5323",
    "added-tint": "#e2f6e6",
    "added-word": "#a6e3b2",
    "removed": "#7d1a15",
    "removed-tint": "#fdebea",
    "removed-word": "#f6bdb9",
    "same-tint": "#eaf0fb",
    "gutter": "#7a828e",
    "cursor-tint": "#d7e3f5",
}
_BLUE_ORANGE = {
    **_DARK,
    "good": "#6fb7ff",
    "bad": "#ffa657",
    "middling": "#e6d96c",
    "added": "#a8d1ff",
    "added-tint": "#10243c",
    "added-word": "#1f4c80",
    "removed": "#ffcf9c",
    "removed-tint": "#35230e",
    "removed-word": "#75481a",
}

THEMES: tuple[Theme, ...] = (
    Theme(
        name="patchjury-dark",
        primary="#4f83c4",
        secondary="#8ab8f0",
        accent="#8ab8f0",
        warning="#e0b45c",
        error="#ec7f79",
        success="#7fc98b",
        foreground="#d8dde6",
        background="#10141b",
        surface="#141922",
        panel="#1b212c",
        dark=True,
        variables=_DARK,
    ),
    Theme(
        name="patchjury-light",
        primary="#3b6fb6",
        secondary="#0550ae",
        accent="#0550ae",
        warning="#8a5a00",
        error="#b3261e",
        success="#1a7f37",
        foreground="#1f2430",
        background="#f4f5f7",
        surface="#ffffff",
        panel="#e6e9ee",
        dark=False,
        variables=_LIGHT,
    ),
    Theme(
        name="patchjury-blue-orange",
        primary="#4f83c4",
        secondary="#8ab8f0",
        accent="#8ab8f0",
        warning="#e6d96c",
        error="#ffa657",
        success="#6fb7ff",
        foreground="#d8dde6",
        background="#10141b",
        surface="#141922",
        panel="#1b212c",
        dark=True,
        variables=_BLUE_ORANGE,
    ),
)

DEFAULT_VARIABLES: dict[str, str] = _DARK
"""For Textual's own themes, which do not know these variables."""
