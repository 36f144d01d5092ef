"""Writes the tables of docs/settings.md: `python docs/settings_page.py`."""

from __future__ import annotations

from pathlib import Path

from core.settings.listing import markdown_tables

PAGE = Path(__file__).with_name("settings.md")
BEGIN = "<!-- made from core/settings/settings_table.py -->\n"

if __name__ == "__main__":
    head = PAGE.read_text(encoding="utf-8").partition(BEGIN)[0]
    PAGE.write_text(head + BEGIN + markdown_tables(), encoding="utf-8")
