"""The command palette, without a fault of Textual's."""

from __future__ import annotations

from textual.command import CommandList, CommandPalette


class Palette(CommandPalette):
    """Its list can turn a page once it is laid out; before, Textual 8.2 ends the app."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "command_list" and parameters[:1] in (("page_up",), ("page_down",)):
            return bool(self.query_one(CommandList).size)
        return super().check_action(action, parameters)
