"""Where styles are read again when a class of the screen changes: where a rule depends on it.

Textual reads those of every widget below then, though a class such as `-writing` decides about
three panes: with the fields that one writes in, nothing else that a key does takes as long.
"""

from __future__ import annotations

from textual.screen import Screen


def mark(screen: Screen[None], is_on: bool, name: str) -> None:
    """Give a screen a class of the app's own rules, or take it away.

    It decides about what is below the screen, not about the screen.
    """
    if screen.has_class(name) == is_on:
        return
    screen.set_class(is_on, name, update=False)
    rules = [rule for rule in screen.app.stylesheet.rules if not rule.is_default_rules]
    about = {
        selector
        for rule in rules
        if any(part.name == name for one in rule.selector_set for part in one.selectors)
        for selector in rule.selector_names
    }
    if about:
        screen.app.stylesheet.update_nodes(screen.query(", ".join(sorted(about))))
