"""The comparison as an analyst reads it: alignment, layouts, folding, remarks, copying."""

from __future__ import annotations

import json
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path

import pytest
from textual.content import Content
from textual.geometry import Offset
from textual.selection import Selection

from core.assess.comments import comment_on
from core.models import PatchEvidence, PatchState, Side
from core.patch.align import align
from core.patch.apply import BaseFile, apply_patch, placed
from core.patch.parse import parse_patch
from core.records import replace
from core.session import open_session
from tests.support.runs import BASE, HUMAN, SHAS, build_runs, unified, write_attempt, write_commit
from tests.support.screen import (
    press,
    running,
    screen_after,
    screen_text,
    settled,
    triage_screen,
    until,
)
from tui.app import PatchjuryApp
from tui.documents.compare_document import CompareDocument
from tui.documents.document import Document, Place
from tui.documents.file_headings import notes_on
from tui.documents.layout import View
from tui.documents.lines import code
from tui.documents.marks import PEN, Mark
from tui.documents.patch_colours import PatchColours
from tui.documents.patch_document import PatchDocument

ALIKE_AND_MORE = HUMAN.replace("value_30 = 30\n", "value_30 = 31\n")


def compare(human: str, attempt: str) -> CompareDocument:
    patches = parse_patch(human), parse_patch(attempt)
    colours = (PatchColours(patches[0]), PatchColours(patches[1]))
    return CompareDocument(align(*patches), colours)


def drawn(document: Document, width: int = 120) -> list[str]:
    return [document.draw(row, width, 0).plain for row in range(len(document))]


def test_a_hunk_that_git_puts_elsewhere_says_so_and_a_further_part_is_not_extra() -> None:
    patch = parse_patch(unified(BASE, HUMAN).replace("@@ -7,7 +7,7 @@", "@@ -107,7 +107,7 @@"))
    base = BaseFile("100644", BASE.encode())
    moved = placed(patch, apply_patch(patch, lambda path: base))
    (file,) = align(parse_patch(unified(BASE, HUMAN)), moved).files
    assert list(notes_on(file)) == [
        "attempt: 1 hunk is shown where git applies it, 100 lines off its header"
    ]
    twice = unified(BASE, HUMAN) + unified(HUMAN, HUMAN.replace("= 100\n", "= 101\n"))
    headings = [line for line in drawn(compare(unified(BASE, HUMAN), twice)) if "━" in line]
    assert ["both" in headings[0], "again:" in headings[1]] == [True, True]


def test_what_both_changed_alike_is_told_from_what_only_one_changed() -> None:
    lines = drawn(compare(unified(BASE, HUMAN), unified(BASE, ALIKE_AND_MORE)))
    alike = next(line for line in lines if "value_10 = 100" in line)
    only = next(line for line in lines if "value_30 = 31" in line)
    assert "=" in alike.split("value")[0] and alike.count("value_10 = 100") == 2
    assert "▸" in only and only.count("value_30 = 31") == 1
    assert "2 alike" in lines[0] and "2 only attempt" in lines[0]


def test_wide_and_tabbed_lines_keep_the_columns_aligned() -> None:
    base = "".join(f"x = {n}\n" for n in range(9))
    wide = base.replace("x = 4\n", "名前\t= '🙂'\n")
    document = compare(unified(base, wide), unified(base, base.replace("x = 4\n", "x\t= 5\n")))
    contents = [document.draw(row, 100, 0) for row in range(1, len(document))]
    sides = [content for content in contents if "│" in content.plain]
    assert {content.cell_length for content in sides} == {100}
    bars = {Content(content.plain.split("│")[0]).cell_length for content in sides}
    assert len(bars) == 1


def test_a_string_that_begins_above_the_hunk_is_coloured_as_one_where_the_base_is_known() -> None:
    base = (
        '"""A docstring that goes on\n'
        + "and on\n" * 20
        + "import this\n"
        + "and on\n" * 20
        + '"""\n'
    )
    patch = parse_patch(unified(base, base.replace("import this\n", "import that\n"), "a.py"))
    file, hunk = patch.files[0], patch.files[0].hunks[0]
    index = next(i for i in range(hunk.start, hunk.stop) if "import that" in patch.lines[i])
    styles = {}
    other = base.replace("import this", "t" * 9)
    texts: dict[str, str | None] = {"known": base, "unknown": None, "other": other}
    for known in texts:
        colours = PatchColours(patch, lambda _, known=known: texts[known])  # type: ignore[misc]
        assert colours.spans(file, hunk, index) == () and colours.needs_preparing
        colours.prepare(lambda: False)
        styles[known] = {style for _, _, style in colours.spans(file, hunk, index)}
    assert styles == {
        "known": {"$syntax-string"},
        "unknown": {"$syntax-keyword"},
        "other": {"$syntax-keyword"},  # of lines that are not those of the patch
    }


def test_a_style_beyond_the_end_of_a_line_is_left_out() -> None:
    """Textual ends the app when a style ends before it begins."""
    for line in ("short", "\tshort"):
        spans = [(0, 2, "$syntax-name"), (30, 40, "$syntax-string"), (3, 90, "$syntax-number")]
        assert all(span.start < span.end for span in code(line, spans).spans)
        assert len(code(line, spans).spans) == 2


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return build_runs(tmp_path / "runs")


async def test_side_by_side_where_there_is_room_and_one_column_where_not(runs: Path) -> None:
    async with running(runs, (160, 48)) as (app, _pilot):
        assert "│ 10 + value_10 = 100" in screen_text(app)
    async with running(runs, (80, 24)) as (app, pilot):
        text = await screen_after(pilot, "tab", "right_square_bracket")
        assert text.count("+ value_10 = 100") == 1


async def test_the_chosen_layout_is_remembered(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        text = await screen_after(pilot, "v")
        assert text.count("+ value_10 = 100") == 1
    async with running(runs) as (app, _pilot):
        assert screen_text(app).count("+ value_10 = 100") == 1


async def test_the_cursor_stays_on_its_line_when_the_view_changes(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        view = triage_screen(app).attempt_pane.document_view
        await press(pilot, "tab", "right_square_bracket", "j")
        place = view.place
        for key in ("v", "z", "w", "z", "v", "w"):
            await press(pilot, key)
            assert view.place == place


async def test_folding_hides_unchanged_rows_and_says_how_many(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    human, attempt = unified(BASE, HUMAN), unified(BASE, ALIKE_AND_MORE, context=15)
    write_commit(runs / "commits", SHAS[0], "One", human, ["engine/core.py"])
    write_attempt(runs, "repo/codex/m/2025-01-02_03-04-05/item-0", SHAS[0], attempt)
    async with running(runs) as (app, pilot):
        assert "value_20 = 20" in screen_text(app)
        text = await screen_after(pilot, "z")
        assert "value_20 = 20" not in text and "13 unchanged lines" in text
        assert "value_10 = 100" in text and "value_30 = 31" in text
        assert "value_20 = 20" in await screen_after(pilot, "z")


async def test_a_gap_is_expanded_from_the_base_when_a_repository_is_given(tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    (repository / "engine").mkdir(parents=True)
    (repository / "engine/core.py").write_text(BASE, encoding="utf-8")
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "base"]):
        subprocess.run(["git", *words], cwd=repository, check=True)
    found = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=repository, check=True, capture_output=True, text=True
    )
    runs = tmp_path / "runs"
    write_commit(runs / "commits", SHAS[0], "One", unified(BASE, HUMAN), ["engine/core.py"])
    commits = {"pre": found.stdout.strip(), "human": SHAS[0]}
    path = "repo/codex/m/2025-01-02_03-04-05/item-0"
    write_attempt(runs, path, SHAS[0], unified(BASE, HUMAN), commits=commits)
    app = PatchjuryApp(open_session(runs, repository=repository, reviewer="ann"), checks=False)
    async with app.run_test(size=(160, 48)) as pilot:
        await settled(pilot)
        assert "6 unchanged lines" in screen_text(app)
        text = await screen_after(pilot, "tab", "j", "enter")
        assert "unchanged lines" not in text
        assert "value_1 = 1" in text and "value_6 = 6" in text


async def test_a_comment_is_a_sign_at_its_line_opened_and_reached_with_a_key(
    runs: Path,
) -> None:
    async with running(runs) as (app, pilot):
        view = triage_screen(app).attempt_pane.document_view
        await press(pilot, "tab", "right_square_bracket", "j")
        place = view.place
        text = await screen_after(pilot, "c", *"careful", "ctrl+s")
        assert "✎" in text and "ann: careful" not in text and "1 remarked" in text
        await press(pilot, "g", "i")
        assert view.place == place and place is not None and place.side is Side.ATTEMPT
        assert "✎ ann: careful" in await screen_after(pilot, "enter")
        assert "✎ ann" not in await screen_after(pilot, "enter")
        assert "✎ ann: careful" in await screen_after(pilot, "o")
        assert "✎ ann" not in await screen_after(pilot, "enter")


@pytest.mark.parametrize(("side", "on_left"), [(Side.HUMAN, True), (Side.ATTEMPT, False)])
def test_a_remark_stands_on_the_side_it_speaks_of(side: Side, on_left: bool) -> None:
    patches = parse_patch(unified(BASE, HUMAN)), parse_patch(unified(BASE, HUMAN))
    colours = (PatchColours(patches[0]), PatchColours(patches[1]))
    mark = Mark(Place("engine/core.py", 10, side), "●", "", "a remark of some length " * 9)
    document = CompareDocument(align(*patches), colours, [mark])
    (row,) = document.marks
    line, remark = (document.draw(at, 120, 0).plain for at in (row, row + 1))
    middle = document.draw(row - 1, 120, 0).plain.index(" │")
    assert (line.index("●") < middle) is on_left
    own, other = remark[:middle], remark[middle:]
    own, other = (own, other) if on_left else (other, own)
    assert "a remark" in own and not other.strip()
    room, needed = document.measure(row + 1, 120)
    assert room < 60 < needed
    narrow = CompareDocument(align(*patches), colours, [mark], View(stacked=True))
    assert "●" in narrow.draw(narrow.marks[0], 80, 0).plain


def test_several_remarks_on_a_line_are_one_sign_and_their_number() -> None:
    patches = parse_patch(unified(BASE, HUMAN)), parse_patch(unified(BASE, HUMAN))
    colours = (PatchColours(patches[0]), PatchColours(patches[1]))
    here = Place("engine/core.py", 10, Side.ATTEMPT)
    marks = [Mark(here, "○", "", "info"), Mark(here, "●", "", "bad"), Mark(here, "◆", "", "judge")]
    document = CompareDocument(align(*patches), colours, marks, View(remarks=False))
    (row,) = document.marks
    line = document.draw(row, 120, 0).plain
    assert "●3" in line and len(line) == 120 and "+ value_10 = 100" in line.split("●3")[1]
    opened = document.with_toggled(row)
    assert opened is not None and len(opened) == len(document) + 3
    closed = opened.with_toggled(row + 2)
    assert closed is not None and len(closed) == len(document), "from a remark as well"
    assert document.with_toggled(row + 1) is None


def test_a_comment_follows_its_text_and_is_outdated_when_that_is_gone() -> None:
    """The same file with a line more above, then with other code there."""
    comment = comment_on("engine/core.py", 20, ["value_20 = 21"], "why")
    mark = Mark(Place("engine/core.py", 20, Side.ATTEMPT), PEN, "", "ann: why", comment)
    changed = BASE.replace("value_20 = 20\n", "value_20 = 21\n")
    for text, line in ((changed, 20), ("# more\n" + changed, 21), (BASE, None)):
        patches = parse_patch(unified(BASE, HUMAN)), parse_patch(unified(BASE, text))
        colours = (PatchColours(patches[0]), PatchColours(patches[1]))
        document = CompareDocument(align(*patches), colours, [mark], View(remarks=False))
        drawn = [document.draw(row, 140, 0).plain for row in range(len(document))]
        outdated = [line for line in drawn if "outdated, attempt line 20: ann: why" in line]
        assert bool(outdated) is (line is None and bool(patches[1].files))
        places = [document.place(row) for row in document.marks]
        assert places == ([] if line is None else [Place("engine/core.py", line, Side.ATTEMPT)])


async def test_copying_gives_code_without_decoration(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        view = triage_screen(app).attempt_pane.document_view
        await press(pilot, "tab", "right_square_bracket")
        first = view.cursor
        right = view.size.width - 10
        both = Selection(Offset(right, first), Offset(right, first + 1))
        assert view.get_selection(both) == ("value_10 = 10\nvalue_10 = 100", "\n")
        line = view.draw(first, view.scrollable_content_region.width).plain
        x = line.index("value_10")
        assert view.get_selection(Selection(Offset(x, first), Offset(x + 8, first))) == (
            "value_10",
            "\n",
        )


async def test_an_attempt_without_patch_or_reference_says_so(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    write_attempt(runs, "repo/codex/m/2025-01-02_03-04-05/item-0", SHAS[0], None)
    async with running(runs) as (app, _pilot):
        text = screen_text(app)
    assert "was not found, so there is no reference" in text and "There is no patch." in text


async def test_patches_on_different_bases_are_shown_without_alignment(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    other = BASE.replace("value_9 = 9\n", "value_9 = 'elsewhere'\n")
    attempt = unified(other, other.replace("value_10 = 10\n", "value_10 = 11\n"))
    write_commit(runs / "commits", SHAS[0], "One", unified(BASE, HUMAN), ["engine/core.py"])
    write_attempt(runs, "repo/codex/m/2025-01-02_03-04-05/item-0", SHAS[0], attempt)
    async with running(runs) as (app, _pilot):
        text = screen_text(app)
    assert "not aligned" in text and "line 9" in text
    assert "value_10 = 100" in text and "value_10 = 11" in text


async def test_files_are_listed_and_jumped_to(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    human = unified(BASE, HUMAN) + unified(BASE, HUMAN, "other.py")
    attempt = unified(BASE, HUMAN) + unified(BASE, HUMAN, "third.py")
    write_commit(runs / "commits", SHAS[0], "One", human, ["engine/core.py", "other.py"])
    write_attempt(runs, "repo/codex/m/2025-01-02_03-04-05/item-0", SHAS[0], attempt)
    async with running(runs) as (app, pilot):
        view = triage_screen(app).attempt_pane.document_view
        text = await screen_after(pilot, "ctrl+f")
        assert "3 files" in text and "missed" in text and "extra" in text
        await press(pilot, "j", "j", "enter")
        assert view.document.text_of(view.row) == "third.py"
        await press(pilot, "left_curly_bracket")
        assert view.document.text_of(view.row) == "other.py"


async def test_a_click_moves_the_cursor_and_the_wheel_scrolls(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        await pilot.click("#document", offset=(20, 6))
        view = triage_screen(app).attempt_pane.document_view
        assert view.cursor == 5 and app.focused is view


class Counting:
    """A document that counts the rows that are drawn."""

    def __init__(self, document: PatchDocument) -> None:
        self.drawn = 0
        self._document = document

    def __getattr__(self, name: str) -> object:
        return getattr(self._document, name)

    def __len__(self) -> int:
        return len(self._document)

    def draw(self, row: int, width: int, columns: int, continued: bool = False) -> Content:
        self.drawn += 1
        return self._document.draw(row, width, columns, continued)


async def test_only_visible_lines_of_a_large_patch_are_drawn(runs: Path) -> None:
    body = "".join(f"+line {number}\n" for number in range(10_000))
    patch = f"--- /dev/null\n+++ b/big.py\n@@ -0,0 +1,10000 @@\n{body}"
    document = Counting(PatchDocument(parse_patch(patch), Side.ATTEMPT))
    async with running(runs) as (app, pilot):
        view = triage_screen(app).attempt_pane.document_view
        view.show(document)  # type: ignore[arg-type]
        await settled(pilot)
        assert document.drawn <= 3 * app.size.height
        document.drawn = 0
        text = await screen_after(pilot, "tab", "G")
        assert "line 9999" in text and document.drawn <= 3 * app.size.height


@dataclass(frozen=True)
class Stuck:
    """A patch on a disk that does not answer until it is let go."""

    gate: threading.Event
    name = "stuck.diff"

    def read(self) -> str:
        self.gate.wait(20)
        return "too late"

    def __hash__(self) -> int:
        return id(self.gate)


async def test_a_slow_patch_never_keeps_a_later_one_waiting(runs: Path) -> None:
    session = open_session(runs, reviewer="ann")
    gate = threading.Event()
    slow = PatchEvidence(PatchState.WHOLE, Stuck(gate), 10)
    first, *others = session.triage.run_set.attempts
    attempts = (replace(first, patch=slow), *others)
    run_set = replace(session.triage.run_set, attempts=attempts)
    triage = type(session.triage)(run_set, session.triage.store, session.triage.store.load(), "ann")
    app = PatchjuryApp(replace(session, triage=triage), checks=False)
    try:
        async with app.run_test(size=(160, 48)) as pilot:
            await pilot.press("j", "A")
            await until(pilot, lambda: "+ value_20 = 21" in screen_text(app), "it is kept waiting")
            assert not gate.is_set()
            gate.set()
            await settled(pilot)
            assert "too late" not in screen_text(app)
    finally:
        gate.set()


async def test_message_and_pull_request_stand_above_the_human_patch_and_its_talk_below(
    runs: Path,
) -> None:
    path = next((runs / "commits").glob(f"{SHAS[0]}*.json"))
    told = {"pr_url": "https://example.org/pull/7", "timeline_text": "slow\x1b[2J\nso I cached it"}
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **told}), "utf-8")
    async with running(runs) as (app, pilot):
        text = await screen_after(pilot, "H", "tab")
        assert "https://example.org/pull/7" in text and "Because it is faster." in text
        assert "The text of the pull request is below the patch (2 lines)." in text
        assert text.index("Because it is faster.") < text.index("value_10 = 100")
        view = triage_screen(app).attempt_pane.document_view
        await press(pilot, "right_square_bracket")
        assert view.place is not None and view.place.file == "engine/core.py"
        text = await screen_after(pilot, "G")
        assert "so I cached it" in text and "slow\u241b[2J" in text and view.place is None


async def test_a_change_is_marked_as_seen_by_this_reviewer_and_stays_so(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        view = triage_screen(app).attempt_pane.document_view
        text = await screen_after(pilot, "tab", "right_square_bracket", "d")
        assert "1 of 1 seen" in text and "✓" in view.document.draw(view.row, 120, 0).plain
    async with running(runs) as (app, pilot):
        assert "1 of 1 seen" in screen_text(app)
        assert "seen" not in await screen_after(pilot, "tab", "right_square_bracket", "d")
        await press(pilot, "d")
    async with running(runs, reviewer="bob") as (app, pilot):
        assert "1 of 1 seen" not in screen_text(app)
