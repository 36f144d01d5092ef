"""The HTML report: one file without network or script, readable by all, safe with any text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.export.export_document import Document
from core.export.report import html_report
from core.export.report.html_blocks import block_html, shown
from core.export.report.report_blocks import (
    Diff,
    DiffPart,
    DiffRow,
    Quote,
    bullets,
    code,
    line,
    paragraph,
    strong,
    table,
)
from core.export.report.report_diff import MOST_LINES, build_diff
from core.patch.parse import parse_patch
from core.records import replace
from core.session import open_session
from core.sources import FileText
from core.text import visible
from tests.conftest import ROOT
from tests.core.export.test_export import HOSTILE, with_text
from tests.core.patch.results import PATCH, make_result
from tests.core.runs_on_disk import DIFF, write

VOID = {"meta", "rect", "br"}
ALLOWED = {
    "html", "head", "meta", "title", "style", "body", "nav", "ul", "li", "a", "header", "main",
    "footer", "section", "article", "h1", "h2", "h3", "h4", "h5", "p", "strong", "code", "span",
    "table", "caption", "thead", "tbody", "tr", "th", "td", "div", "svg", "rect", "details",
    "summary", "figure", "figcaption", "pre", "ins", "del", "b", "i", "mark", "blockquote",
}  # fmt: skip
ATTRIBUTES = {
    "lang", "charset", "http-equiv", "content", "name", "class", "href", "id", "scope", "viewbox",
    "preserveaspectratio", "role", "x", "y", "width", "height", "data-n", "aria-label",
    "aria-hidden",
}  # fmt: skip


class Page(HTMLParser):
    """What a page holds, and whether its elements are closed as they were opened."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data

    def all(self, *tags: str) -> Iterator[dict[str, str | None]]:
        """The attributes of every element with one of these names."""
        return (attributes for tag, attributes in self.elements if tag in tags)


def page_of(document: Document) -> Page:
    return Page("".join(html_report.render(document)))


def test_a_page_holds_nothing_but_itself(tmp_path: Path) -> None:
    page = page_of(with_text(make_result(tmp_path / "runs"), HOSTILE).document())
    assert {tag for tag, _ in page.elements} - {"title"} <= ALLOWED
    assert {name for _, attributes in page.elements for name in attributes} <= ATTRIBUTES
    anchors = {attributes["id"] for _, attributes in page.elements if "id" in attributes}
    links = [str(attributes["href"]) for attributes in page.all("a")]
    assert all(link.startswith("#") and link[1:] in anchors for link in links)
    (policy,) = (a["content"] for a in page.all("meta") if "http-equiv" in a)
    assert policy is not None and policy.startswith("default-src 'none'; style-src 'sha256-")
    style = html_report.style()
    assert "url(" not in style and "@import" not in style and "</" not in style
    for hidden in "\x1b\u202e\x00\udc80":
        assert hidden not in page.text
    assert "␛[31m" in page.text
    assert "<script>alert(1)</script>" in page.text, "as text"


def test_a_page_can_be_read_without_eyes_or_mouse(tmp_path: Path) -> None:
    page = page_of(make_result(tmp_path / "runs").document())
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    for landmark in ("header", "nav", "main", "footer"):
        assert len(list(page.all(landmark))) == 1
    names = [tag for tag, _ in page.elements]
    assert names.count("table") == names.count("caption") == names.count("thead")
    assert all(a.get("scope") in ("col", "row") for a in page.all("th"))
    drawn = [at for at, (tag, a) in enumerate(page.elements) if tag == "svg" and "role" in a]
    assert drawn
    assert all(page.elements[at + 1][0] == "title" for at in drawn)
    ids = [a["id"] for _, a in page.elements if "id" in a]
    assert len(ids) == len(set(ids))


def luminance(colour: str) -> float:
    """WCAG 2.2, "relative luminance"."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_text_is_readable_on_its_ground_dark_and_light() -> None:
    """Contrast of WCAG 2.2, level AA: 4.5 for text, 3 for the parts of a chart on the page."""
    light, dark = html_report.style().split("prefers-color-scheme: dark")
    for theme in (light, dark.split("* {")[0]):
        colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", theme))
        grounds = ("paper", "shade", "added", "added-mark", "removed", "removed-mark")
        pairs = [("ink", ground) for ground in grounds]
        pairs += [
            (ink, ground)
            for ink in ("soft", "link", "good", "half", "bad", "unknown")
            for ground in ("paper", "shade")
        ]
        pairs += [("soft", "added"), ("soft", "removed")]
        low = {p: contrast(colours[p[0]], colours[p[1]]) for p in pairs}
        assert {pair: ratio for pair, ratio in low.items() if ratio < 4.5} == {}
        bars = {name: colours[name] for name in colours if name.startswith("bar-")}
        faint = {n: contrast(c, colours["paper"]) for n, c in bars.items()}
        assert len(bars) == 4 and {n: ratio for n, ratio in faint.items() if ratio < 3} == {}


@given(st.text(st.sampled_from("<>&\"'`=/!-[]() \n\tax\x00\u202e\udc80"), max_size=40))
@example("</code></pre><script>alert(1)</script>")
@example("--><img src=x onerror=alert(1)>")
@example("' onmouseover='x")
def test_text_in_html_cannot_leave_its_place(text: str) -> None:
    rows = tuple(DiffRow(kind, text, 1, ((0, 2),)) for kind in "+- @\\")
    blocks = (
        paragraph(text, strong(text), code(text)),
        Quote(text),
        bullets([text]),
        table(text, (text, text), [(text, code(text))]),
        Diff((DiffPart(text or "a", text, rows),)),
    )
    for block in blocks:
        page = Page(block_html(block, lambda anchor: anchor))
        assert {tag for tag, _ in page.elements} <= ALLOWED
        assert {name for _, found in page.elements for name in found} <= {
            "class", "scope", "data-n",
        }  # fmt: skip
    assert Page(f"<p>{shown(text)}</p>").text == visible(text)


def test_a_patch_is_shown_line_by_line_and_what_is_left_out_is_counted() -> None:
    patch = PATCH.replace("TWELVE `ticks` <b>", "twelve at once")
    diff = build_diff(parse_patch(f"Before\n{patch}"))
    around, part = diff.parts
    assert [row.text for row in around.rows] == ["Before"]
    assert [(row.kind, row.number) for row in part.rows[4:8]] == [
        (" ", 10), (" ", 11), ("-", 12), ("+", 12),
    ]  # fmt: skip
    assert part.rows[7].marks == ((7, 15),), "the words that are new"
    assert diff.left_out == 0
    long = PATCH.replace("+more\n", "+more\n" * (MOST_LINES + 10)).replace("+10,6", "+10,2015")
    shown_rows = build_diff(parse_patch(long))
    assert sum(len(p.rows) for p in shown_rows.parts) == MOST_LINES
    assert shown_rows.left_out == len(long.split("\n")) - MOST_LINES - 1
    html = block_html(shown_rows, lambda anchor: anchor)
    assert f"{shown_rows.left_out} more lines are not shown" in html


def test_without_patches_there_is_none_and_the_page_says_the_rest(tmp_path: Path) -> None:
    document = make_result(tmp_path / "runs").document()
    page = page_of(replace(document, patches=False))
    assert "The human diff" not in page.text and "The patch" not in page.text
    assert "modified, +2 -1" in page.text
    assert "why shout?" in page.text, "comments keep the lines around them"


@pytest.mark.parametrize(
    "name", ["index.html", "commits/00001.html", "commits/00012-0ec82edda59a.html"]
)
def test_pages_are_known_by_their_names(name: str) -> None:
    assert html_report.is_page(name)
    assert not html_report.is_page(f"{name}.bak") and not html_report.is_page(f"x/{name}")


def test_pages_lead_from_each_commit_to_the_next_and_back() -> None:
    document = open_session(ROOT / "sample_runs").document(patches=False)
    rendered = html_report.render_pages(document)
    pages = {path: Page("".join(pieces)) for path, pieces in rendered}
    commits = [path.removeprefix("commits/") for path in pages if path.startswith("commits/")]
    assert len(commits) == 8
    for before, name, after in zip([None, *commits], commits, [*commits[1:], None], strict=False):
        links = [str(attributes["href"]) for attributes in pages[f"commits/{name}"].all("a")]
        found = [link for link in links if not link.startswith("#")]
        assert found == ["../index.html", *filter(None, (before, after))]


def test_prompts_stand_once_with_how_many_attempts_had_them(tmp_path: Path) -> None:
    result = make_result(tmp_path / "runs")
    texts = ["Make it <fast>", "Make it <fast>", "Make it\n" + "slow\n" * 500]
    attempts = []
    for number, text in enumerate(texts):
        path = tmp_path / f"{number}.txt"
        path.write_text(text, "utf-8")
        attempt = result.assessments[number].attempt
        attempts.append(replace(attempt, prompts=(FileText(str(path)),)))
    assessments = [
        *(replace(k, attempt=a) for k, a in zip(result.assessments, attempts, strict=False)),
        *result.assessments[3:],
    ]
    text = page_of(replace(result, assessments=assessments).document()).text
    assert "The prompts of 3 attempts, 2 different ones" in text
    assert "The prompt of 2 of 4 attempts, 1 line" in text and text.count("<fast>") == 1
    assert text.count("slow") == 399 + text.count("It was slow") and "101 more lines" in text


def test_a_line_of_pieces_keeps_its_text() -> None:
    found = line("a ", strong("b"), " (", code("c<d"), ")")
    assert Page(block_html(paragraph(found), lambda anchor: anchor)).text.strip() == "a b (c<d)"


def test_a_report_names_commits_by_their_tasks_where_they_have_one(tmp_path: Path) -> None:
    tasks = ("django__django-11099", "django__django-2")
    records = [{"instance_id": t, "model_name_or_path": "m", "model_patch": DIFF} for t in tasks]
    write(tmp_path / "runs/preds.json", json.dumps(records))
    row = {"instance_id": tasks[0], "gt_diff": DIFF, "opt_commit": "2" * 40, "base_commit": "1"}
    write(tmp_path / "runs/dataset.json", json.dumps([row]))
    open_session(tmp_path / "runs", reviewer="ann").export(tmp_path / "report.md")
    text = (tmp_path / "report.md").read_text("utf-8")
    assert all(f"| 1 `{t}` |" in text or f"| 2 `{t}` |" in text for t in tasks)
    assert f"Commit 1: `{tasks[0]}` `{'2' * 40}`" in text
    assert f"Commit 2: `{tasks[1]}`\n" in text
