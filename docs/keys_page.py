"""Writes the tables of docs/keys.md: `python docs/keys_page.py`."""

from __future__ import annotations

from pathlib import Path

from tui.keymap import markdown_keys

PAGE = Path(__file__).with_name("keys.md")
BEGIN = "<!-- made from tui/commands.py -->\n"

if __name__ == "__main__":
    head = PAGE.read_text(encoding="utf-8").partition(BEGIN)[0]
    PAGE.write_text(head + BEGIN + markdown_keys(), encoding="utf-8")
