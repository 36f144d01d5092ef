"""The listing says of each setting what holds and where from; the documentation is made from it."""

from __future__ import annotations

import re

from core.settings import load_settings
from core.settings.listing import list_settings, markdown_tables, shown
from core.settings.setting_values import all_settings
from tests.conftest import ROOT

DOCUMENT = ROOT / "docs" / "settings.md"
_BEGIN = "<!-- made from core/settings/settings_table.py -->\n"


def test_each_row_says_what_holds_and_where_from() -> None:
    environment = {
        "OPENAI_API_KEY": "sk-secret-0123456789",
        "PATCHJURY_BASE_URL": "https://me:secret@example.org/v1",
    }
    rows = {row.name: row for row in list_settings(load_settings(environment=environment))}
    assert (rows["judge.api_key"].value, rows["judge.api_key"].origin) == ("set", "OPENAI_API_KEY")
    assert rows["judge.base_url"].value == "https://example.org/v1"
    assert (rows["judge.votes"].value, rows["judge.votes"].origin) == (1, "default")
    assert rows["judge.votes"].expected.startswith("a whole number from 1 to 99, odd")


def test_every_setting_can_be_described_and_names_are_unique() -> None:
    rows = list_settings(load_settings(environment={}))
    names = [row.name.rpartition(".")[2] for row in rows]
    assert len(names) == len(set(names))
    assert all(row.help and row.expected for row in rows)
    values: list[object] = [None, {}, True, 5.0, "x", ()]
    assert [shown(value) for value in values] == ["", "", "true", "5", '"x"', "[]"]


def test_the_documentation_is_what_the_table_says() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    made = text.partition(_BEGIN)[2]
    assert made == markdown_tables(), "run: python docs/settings_page.py"


def test_every_setting_is_read_somewhere() -> None:
    """A setting that nothing reads would silently do nothing."""
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in ("core", "tui")
        for path in (ROOT / folder).rglob("*.py")
        if ROOT / "core" / "settings" not in path.parents
    )
    settings = all_settings()
    for section in {one.section for one in settings}:
        read = set(re.findall(rf"(?:settings|{section or 'settings'}|chosen)\.(?=(\w+))", code))
        missing = {one.path for one in settings if one.section == section and one.name not in read}
        assert not missing, "nothing reads them"
