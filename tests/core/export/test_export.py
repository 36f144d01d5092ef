"""Exports: the four formats agree, hostile text stays text, and files are written whole or not."""

from __future__ import annotations

import csv
import hashlib
import html
import io
import json
import os
import re
import resource
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from core.assess.outcome import assess
from core.errors import ExportError
from core.export import FORMATS, MOST_ON_ONE_PAGE, PAGES, write_export
from core.export.csv_format import cell
from core.export.export_document import Document, build_document, portable
from core.export.export_records import Given
from core.export.markdown_text import code, escape, fence, quote, table
from core.export.provenance import provenance
from core.models import (
    Analysis,
    AnalysisScope,
    Assignment,
    Execution,
    LineComment,
    Origin,
    Outcome,
    Verdict,
)
from core.models.reported import ReportedLedger
from core.readers import read_runs
from core.records import replace
from core.settings import Settings
from core.stats.patch_facts import read_patch_facts
from core.stats.reported_figures import ReportedBy
from core.text import visible
from tests.conftest import ROOT
from tests.core.patch.results import NOON, SHA, Result, make_result, verdict

ENDINGS = [f".{name}" for name in ("json", "jsonl", "csv", "md", "html")]

HOSTILE = (
    "`` ``` </td><script>alert(1)</script> | [x](javascript:0) *b* \x1b[31m\u202e\x00 \udc80\r"
    " https://example.com/?a=b www.example.com a@example.com"
)


@pytest.fixture
def result(tmp_path: Path) -> Result:
    return make_result(tmp_path / "runs")


def rendered(document: Document, ending: str) -> str:
    return "".join(FORMATS[ending.lstrip(".")].render(document))


def parsed_json(document: Document) -> Any:
    return json.loads(rendered(document, ".json"))


def parsed_csv(document: Document) -> list[dict[str, str]]:
    text = rendered(document, ".csv").removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def blocks(markdown: str) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(markdown)


def test_the_four_formats_say_the_same(result: Result) -> None:
    document = result.document()
    whole = parsed_json(document)
    attempts = whole["attempts"]
    lines = [json.loads(line) for line in rendered(document, ".jsonl").splitlines()]
    assert [line.pop("schema_version") for line in lines] == [2] * 6
    cards = [line.pop("judge_card") for line in lines]
    assert cards[0].startswith("models that answered: gpt-5 (2); ")
    assert lines == attempts
    rows = parsed_csv(document)
    assert [row["judge_card"] for row in rows] == cards
    assert [row["key"] for row in rows] == [a["key"] for a in attempts]
    assert [row["outcome"] for row in rows] == [a["outcome"] for a in attempts]
    notes = [a["verdict"]["note"] if a["verdict"] else "" for a in attempts]
    assert [row["note"] for row in rows] == notes
    markdown = rendered(document, ".md")
    sections = markdown.split("\n#### Attempt ")[1:]
    assert len(sections) == len(attempts)
    for section, attempt in zip(sections, attempts, strict=True):
        assert f"`{attempt['key']}`" in section
        assert f"**Outcome:** {attempt['outcome'].replace('_', ' ')}" in section
        assert ("**Note:**" in section) == bool(attempt["verdict"] and attempt["verdict"]["note"])
    assert "> Right idea,\\\n> right place.\n" in sections[0]
    assert f"| attempts | {whole['statistics']['attempts']} |" in markdown
    assert f"| reviewed | {whole['statistics']['reviewed']} |" in markdown


def test_json_holds_everything_known_of_an_attempt(result: Result) -> None:
    whole = parsed_json(result.document())
    assert list(whole) == [
        "schema_version", "generator", "created", "root", "store", "filter", "method", "given",
        "statistics", "commits", "attempts", "stray_verdicts", "analyses", "assignments",
        "rubrics", "canaries", "asked_again", "texts", "prompts", "load_problems",
    ]  # fmt: skip
    assert (whole["schema_version"], whole["generator"]) == (2, "patchjury 1.2.3")
    assert (whole["root"], whole["store"]) == ("runs", ".patchjury")
    first, second, *_, unreadable = whole["attempts"]
    assert [v["id"] for v in first["history"]] == ["v0", "v1", "v2"], "undone ones included"
    assert first["verdict"]["id"] == "v2"
    assert first["settled_by"]["syntax_correct"] == "person"
    assert first["judgements"][0]["issues"][0]["message"] == "not the same"
    assert (second["patch"]["state"], second["patch"]["recorded_bytes"]) == ("cut", 9000)
    assert second["patch"]["own_diff"] is True
    assert second["check"]["findings"][0]["rule"] == "syntax.parse-error"
    assert unreadable["patch"]["sha256"] is None
    assert unreadable["patch"]["problem"]
    assert [c["found"] for c in whole["commits"]] == [True, False]


def test_unknown_stays_null_and_numbers_json_cannot_hold_are_unknown(tmp_path: Path) -> None:
    result = make_result(tmp_path / "runs")
    odd = replace(result.run_set.attempts[0], execution=Execution(duration_s=float("nan")))
    assessments = [replace(result.assessments[0], attempt=odd), *result.assessments[1:]]
    document = replace(result, assessments=assessments).document()
    text = rendered(document, ".json")
    assert "NaN" not in text
    assert json.loads(text)["attempts"][0]["execution"]["duration_s"] is None
    assert parsed_csv(document)[0]["duration_s"] == ""
    assert parsed_csv(document)[4]["marked_success"] == ""
    assert parsed_json(document)["attempts"][4]["marked_success"] is None


def test_no_path_of_the_machine_gets_into_an_export(tmp_path: Path) -> None:
    result = make_result(tmp_path / "my runs")
    (tmp_path / "my runs/r2/a0/model_patch.diff").unlink()
    document = result.document()
    for ending in ENDINGS:
        text = rendered(document, ending)
        assert str(tmp_path) not in text, ending
        assert tmp_path.parts[-2] not in text, ending
    problem = parsed_json(document)["load_problems"][0]
    assert problem["reason"] == "cannot read r9/journal.json: not JSON"


def test_csv_opens_in_excel_and_keeps_line_feeds(result: Result) -> None:
    document = result.document()
    assert rendered(document, ".csv").startswith("\ufeffkey,")
    row = parsed_csv(document)[0]
    assert row["note"] == "Right idea,\nright place."
    assert row["comments"].split("\n")[0] == "engine/config.py:12 (attempt): why shout?"
    assert (row["blind"], row["verdicts"], row["judgements_verdict"]) == ("true", "3", "1")


def test_csv_of_no_attempts_has_its_header(result: Result) -> None:
    document = replace(result.document(), attempts=())
    assert rendered(document, ".csv").count("\n") == 1


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\n=1", "\u00a0=1", "＝1"]
)
def test_csv_text_that_could_be_a_formula_is_escaped(text: str) -> None:
    assert cell(text).startswith("'")


@pytest.mark.parametrize("separator", [";", "\t", "|", ","])
@given(text=st.text(alphabet=';,|\t\n\r =+-@"ab\u00a0\uff1d', max_size=20))
@example(text="a;=1+1")
@example(text="a\n=1+1")
@example(text="a\t=1+1")
@example(text='a; "=1+1"')
def test_csv_cells_are_no_formula_where_another_separator_is_usual(
    separator: str, text: str
) -> None:
    """A spreadsheet that splits by something else sees quotes in the middle of its cells."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerow(["before", cell(text), "after"])
    for line in buffer.getvalue().splitlines():
        for piece in line.split(separator):
            assert not piece.strip('" \u00a0\t').startswith(("=", "+", "-", "@", "\uff1d"))


def test_csv_numbers_stay_numbers() -> None:
    assert [cell(value) for value in (-9, 0.5, None, True, False, "-9")] == [
        "-9", "0.5", "", "true", "false", "'-9",
    ]  # fmt: skip


@given(st.text())
def test_csv_cells_of_any_text_come_back_and_are_no_formula(text: str) -> None:
    written = cell(text)
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerow([written, "after"])
    data = buffer.getvalue().encode("utf-8").decode("utf-8")
    assert list(csv.reader(io.StringIO(data, newline=""))) == [[written, "after"]]
    assert not written.lstrip().startswith(("=", "+", "-", "@"))
    assert "\x00" not in written
    assert "\r" not in written


def with_text(result: Result, text: str) -> Result:
    """The result with one hostile text wherever a stranger can put one."""
    comment = LineComment("engine/config.py", 12, text)
    hostile = Verdict(
        "v", "r1/a0", text, NOON, Outcome.FAILURE, tags=(text,), note=text, comments=(comment,)
    )
    first = result.run_set.attempts[0]
    attempt = replace(
        first,
        agent=text, model=text, run=text, item=text, status=text, target_files=(text,),
        execution=Execution(error=text),
    )  # fmt: skip
    calls = tuple(
        replace(j, reasoning=text, model=text, issues=(replace(j.issues[0], message=text),))
        for j in result.assessments[0].judgements
    )
    commits = {
        sha: replace(commit, subject=text, message=f"{text}\n{text}")
        for sha, commit in result.run_set.commits.items()
    }
    assessment = assess(attempt, [hostile], calls)
    return Result(
        replace(result.run_set, commits=commits),
        [assessment, *result.assessments[1:]],
        {"r1/a0": [hostile]},
    )


def test_hostile_text_survives_json_and_is_visible_elsewhere(result: Result) -> None:
    document = with_text(result, HOSTILE).document()
    attempt = parsed_json(document)["attempts"][0]
    assert attempt["verdict"]["note"] == HOSTILE
    assert json.loads(rendered(document, ".jsonl").splitlines()[0])["agent"] == HOSTILE
    for ending in (".csv", ".md"):
        text = rendered(document, ending)
        text.encode("utf-8")
        for hidden in "\x1b\u202e\x00\udc80":
            assert hidden not in text.removeprefix("\ufeff"), (ending, hidden)
        assert "␛[31m" in text.replace("\\", "")
    tokens = MarkdownIt("gfm-like").parse(rendered(document, ".md"))
    assert [token.tag for token in tokens if token.type == "heading_open"].count("h4") == 6
    inline = [child.type for token in tokens for child in token.children or ()]
    assert not {"link_open", "html_inline", "image"} & set(inline)
    assert "html_block" not in {token.type for token in tokens}


STRANGE = st.text(st.sampled_from("`~#>-+=|*_[](){}<>&\\!:. \t\n\r1a\x00\u202e\udc80"), max_size=40)


@given(STRANGE)
@example("a\n```\nb")
@example("````\n# b")
@example("<script src=x")
@example("<!-- a\n\n<div b")
def test_text_in_markdown_cannot_leave_its_place(text: str) -> None:
    """Each piece is the one block that it should be, and a parser reads its text back."""
    tokens = blocks(quote(text) + "\nafter\n")
    outer = [token.type for token in tokens if token.level == 0]
    assert outer == ["blockquote_open", "blockquote_close", "paragraph_open", "paragraph_close"]
    inner = {token.type for token in tokens if token.level == 1}
    assert inner <= {"paragraph_open", "paragraph_close", "inline"}
    lines = text.split("\n")
    fenced = blocks(fence(lines, "diff") + "\nafter\n")
    after = ["paragraph_open", "inline", "paragraph_close"]
    assert [token.type for token in fenced] == ["fence", *after]
    assert fenced[0].content.count("\n") == len(lines)


@given(STRANGE)
@example("a\n```\nb")
@example("````\n# b")
@example("<script src=x")
@example("<!-- a\n\n<div b")
def test_inline_text_in_markdown_is_only_text(text: str) -> None:
    shown = visible(text, tab=4)
    for markdown, back in ((f"- x {escape(text)}", shown.strip()), (f"- x {code(text)}", shown)):
        children = [child for token in blocks(markdown) for child in token.children or ()]
        assert {child.type for child in children} <= {"text", "code_inline", "text_special"}
        if shown.strip():
            assert "".join(child.content for child in children) == f"x {back}"
    assert {token.type for token in blocks(escape(text))} <= {
        "paragraph_open", "inline", "paragraph_close",
    }  # fmt: skip
    row = blocks(table(("a", "b"), [(escape(text), "end")]))
    cells = [token.content for token in row if token.type == "inline"]
    assert len(cells) == 4
    assert cells[-1] == "end"


@pytest.mark.parametrize(
    "text",
    ["see http://example.com/x", "WWW.example.com", "a@example.com", "ftp://example.com"],
)
def test_a_bare_address_in_markdown_stays_text(text: str) -> None:
    """With a parser that makes links of addresses, as GitHub's does."""
    parser = MarkdownIt("gfm-like")
    links = [t.type for t in parser.parse(text) for t in t.children or () if "link" in t.type]
    assert links, "the parser would make a link of it"
    for markdown in (escape(text), quote(text)):
        children = [child for t in parser.parse(markdown) for child in t.children or ()]
        assert {child.type for child in children} <= {"text", "text_special"}
        assert "".join(child.content for child in children) == text


def test_markdown_shows_comments_at_their_lines(result: Result) -> None:
    markdown = rendered(result.document(), ".md")
    section = markdown.split("\n#### Attempt ")[1]
    at = "**Comment** at `engine/config.py:12` "
    around = "```diff\n ten\n eleven\n-twelve\n+{}\n+more\n thirteen\n"
    assert f"{at}(attempt), note by ada:\n\n" + around.format("TWELVE `ticks` <b>") in section
    assert f"{at}(human), note by ada:\n\n" + around.format("human twelve") in section
    assert "`engine/config.py:900` (attempt), note by ada, a line outside the hunks" in section
    assert "**Tags:** `wrong location`" in section
    assert "without the judge's opinion in view" in section
    assert "failure (taken back)" in section


def test_markdown_gives_the_evidence_and_who_said_what(result: Result) -> None:
    first, second, empty, failed_call, *_ = rendered(result.document(), ".md").split(
        "\n#### Attempt "
    )[1:]
    assert "| syntax correct (**conflict**) | unknown | no 1/1 | yes | person |" in first
    assert "| syntax correct | no | no 1/1 | unknown | check |" in second
    assert "error `syntax.parse-error` at `engine/config.py:12`: bad \\`if\\`" in second
    assert "**cut**: the evidence is incomplete" in second
    assert "return code 1, 1.5 s, 0 steps" in second
    assert "**Patch:** empty" in empty
    assert "no opinion, the call ended in state error: no reply" in failed_call
    assert "| syntax correct | unknown | unknown | unknown | nobody |" in failed_call


def test_markdown_summarises_the_human_change(result: Result) -> None:
    markdown = rendered(result.document(), ".md")
    assert "**Human subject:** \\[Perf\\] Faster twelve (\\#1)" in markdown
    assert "> It was slow." in markdown
    assert "- `engine/config.py`: modified, +2 -1" in markdown
    assert "The human commit was not found" in markdown


def test_markdown_says_where_a_patch_cannot_be_read_any_more(result: Result) -> None:
    document = result.document()
    (result.run_set.root / "r1/a0/model_patch.diff").unlink()
    first = rendered(document, ".md").split("\n#### Attempt ")[1]
    assert "**The patch cannot be read any more:** cannot read r1/a0/model_patch.diff" in first
    assert "Right idea" in first, "the verdict is still there"


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_existing_file_is_replaced_only_when_asked(
    result: Result, tmp_path: Path, ending: str
) -> None:
    document = result.document()
    target = tmp_path / f"out{ending}"
    target.write_text("mine")
    with pytest.raises(ExportError, match="already exists"):
        write_export(target, document)
    assert target.read_text() == "mine"
    write_export(target, document, overwrite=True)
    assert target.read_bytes().decode("utf-8") == rendered(document, ending)
    assert sorted(os.listdir(tmp_path)) == [f"out{ending}", "runs"], "no temporary file stays"


def test_the_ending_may_be_upper_case_and_an_unknown_one_names_the_four(
    result: Result, tmp_path: Path
) -> None:
    write_export(tmp_path / "OUT.JSON", result.document())
    assert json.loads((tmp_path / "OUT.JSON").read_bytes())["schema_version"] == 2
    with pytest.raises(ExportError) as caught:
        write_export(tmp_path / "out.xlsx", result.document())
    assert all(ending in str(caught.value) for ending in (".json", ".jsonl", ".csv", ".md"))


@pytest.mark.parametrize(
    "place", ["missing/out.json", "file/out.json", "folder.json", "a\x00.json"]
)
def test_a_place_that_cannot_be_written_is_an_export_error(
    result: Result, tmp_path: Path, place: str
) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "folder.json").mkdir()
    with pytest.raises(ExportError):
        write_export(tmp_path / place, result.document(), overwrite=True)


def test_a_folder_without_permission_is_an_export_error(result: Result) -> None:
    with pytest.raises(ExportError, match="cannot write"):
        write_export(Path("/proc/self/out.json"), result.document())


def test_a_full_disk_leaves_what_was_there(result: Result, tmp_path: Path) -> None:
    document = result.document()
    target = tmp_path / "out.json"
    target.write_text("mine")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, hard))
    try:
        with pytest.raises(ExportError, match="cannot write"):
            write_export(target, document, overwrite=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert target.read_text() == "mine"
    assert sorted(os.listdir(tmp_path)) == ["out.json", "runs"]


def test_nothing_is_written_through_a_link(result: Result, tmp_path: Path) -> None:
    (tmp_path / "real.json").write_text("old")
    (tmp_path / "link.json").symlink_to("real.json")
    with pytest.raises(ExportError, match="is a link"):
        write_export(tmp_path / "link.json", result.document(), overwrite=True)
    assert (tmp_path / "real.json").read_text() == "old"


def test_real_attempts_export_in_all_formats(shared: Path, tmp_path: Path) -> None:
    run_set = read_runs(shared / "real_runs")
    facts = read_patch_facts(run_set.attempts)
    assessments = [assess(attempt) for attempt in run_set.attempts]
    document = build_document(
        run_set, assessments, {}, facts,
        store=run_set.root / ".patchjury", created=datetime.now(UTC), version="0",
    )  # fmt: skip
    for ending in ENDINGS:
        write_export(tmp_path / f"out{ending}", document)
        assert str(shared) not in (tmp_path / f"out{ending}").read_text(encoding="utf-8")
    assert len(parsed_json(document)["attempts"]) == 33
    assert len(parsed_csv(document)) == 33
    headings = [
        token
        for token in blocks(rendered(document, ".md"))
        if token.tag == "h4" and token.nesting == 1
    ]
    assert len(headings) == 33


def test_one_page_of_html_takes_a_limited_number_of_attempts(
    result: Result, tmp_path: Path
) -> None:
    document = result.document()
    many = replace(document, attempts=document.attempts[:1] * (MOST_ON_ONE_PAGE + 1))
    with pytest.raises(ExportError, match="too many for one page") as caught:
        write_export(tmp_path / "out.html", many)
    assert "--to report/" in caught.value.hint
    write_export(tmp_path / "report", many, PAGES)
    assert sorted(os.listdir(tmp_path / "report")) == ["commits", "index.html"]


def test_disputes_outdated_and_stray_verdicts_are_in_every_format(tmp_path: Path) -> None:
    result = make_result(tmp_path / "runs", disputed_histories())
    document = result.document()
    data = parsed_json(document)
    first, second = data["attempts"][:2]
    assert (first["disputed"], first["verdict"], first["outcome"]) == (True, None, "undecided")
    assert [v["reviewer"] for v in first["verdicts"]] == ["ada", "bo"]
    assert {"about": "outcome", "voices": ["person", "person"]} in first["contradictions"]
    assert (second["disputed"], second["verdict"]["cannot_tell"]) == (False, "no base")
    (stray,) = data["stray_verdicts"]
    assert (stray["key"], [v["id"] for v in stray["history"]]) == ("r7/gone", ["s"])
    assert data["statistics"]["decisions"]["stray_verdicts"] == 1
    rows = parsed_csv(document)
    assert (rows[0]["disputed"], rows[0]["outcome"]) == ("true", "undecided")
    assert rows[0]["decisions"] == "ada: true_success\nbo: not_a_success"
    assert rows[0]["note"] == "ada: I say so\nbo: I do not"
    assert (rows[1]["cannot_tell"], rows[1]["unbound"]) == ("no base", "true")
    assert (rows[1]["review_seconds"], rows[1]["queue"]) == ("41.5", "undecided")
    assert rows[1]["queue_filter"] == "agent:trae"
    report = rendered(document, ".md")
    assert "**In dispute:**" in report
    assert "cannot tell (no base)" in report
    assert "Verdicts that belong to no attempt" in report
    assert "`r7/gone`: ada, true success" in report
    last = json.loads(rendered(document, ".jsonl").splitlines()[-1])
    assert (last["key"], last["stray"], len(last["history"])) == ("r7/gone", True, 1)


def disputed_histories() -> dict[str, list[Verdict]]:
    ada = verdict("a", "r1/a0", outcome=Outcome.TRUE_SUCCESS, note="I say so")
    bo = replace(ada, id="b", reviewer="bo", outcome=Outcome.FAILURE, note="I do not")
    return {
        "r1/a0": [ada, bo],
        "r1/a1": [
            verdict(
                "c",
                "r1/a1",
                cannot_tell="no base",
                seconds=41.5,
                origin=Origin("undecided", "agent:trae"),
            )
        ],
        "r7/gone": [verdict("s", "r7/gone", outcome=Outcome.TRUE_SUCCESS)],
    }


def test_analyses_stand_under_their_headings_where_they_belong(result: Result) -> None:
    subjects = (
        (AnalysisScope.WHOLE, "", {"key_finding": "None <b>is</b> real"}),
        (AnalysisScope.COMMIT, SHA, {"change": "It caches"}),
        (AnalysisScope.ATTEMPT, "r1/a0", {"right": "The idea", "errors": "One\n\ntwo"}),
        (AnalysisScope.ATTEMPT, "elsewhere", {"right": "Not exported"}),
    )
    analyses = [
        Analysis(str(n), scope, about, "ada", NOON, texts)
        for n, (scope, about, texts) in enumerate(subjects)
    ]
    document = build_document(
        result.run_set,
        result.assessments,
        result.histories,
        read_patch_facts(result.run_set.attempts),
        store=result.run_set.root,
        created=NOON,
        version="1",
        analyses=analyses,
        assignments=[
            Assignment("x", "r1/a0", "bo", NOON, "p"),
            Assignment("y", "z", "b", NOON, "p"),
        ],
    )
    data = parsed_json(document)
    assert [a["about"] for a in data["analyses"]] == ["", SHA, "r1/a0"]
    assert [a["attempt"] for a in data["assignments"]] == ["r1/a0"]
    report = rendered(document, ".md")
    places = [
        report.index(text)
        for text in (
            "## Key finding\n\n> None",
            "### Commit 1",
            "**What it does",
            "#### Attempt 1",
            "**What is right",
        )
    ]
    assert places == sorted(places)
    assert "None &lt;b&gt;is" in report and "Not exported" not in report


def test_the_page_has_every_format() -> None:
    page = (ROOT / "docs/export.md").read_text("utf-8")
    endings = [ending for one in FORMATS.values() for ending in one.endings]
    assert [ending for ending in endings if f"`{ending}`" not in page] == []
    assert [name for name in (*FORMATS, PAGES) if f"`{name}`" not in page] == []


def test_many_findings_of_one_rule_stand_together(tmp_path: Path) -> None:
    result = make_result(tmp_path)
    known = next(known for known in result.assessments if known.report is not None)
    assert known.report is not None
    (first,) = known.report.findings
    many = tuple(replace(first, line=line, message=f"bad {line}") for line in range(1, 80))
    crowded = replace(known, report=replace(known.report, findings=many))
    others = [crowded if one is known else one for one in result.assessments]
    markdown = rendered(replace(result, assessments=others).document(), ".md")
    assert markdown.count("bad ") == 1 + markdown.count("bad `")
    assert "bad 1 (the first of 79)" in markdown
    assert "also at `engine/config.py:2`, `engine/config.py:3`" in markdown


def test_json_holds_the_human_diffs_and_what_the_figures_rest_on(result: Result) -> None:
    found, missing = parsed_json(result.document())["commits"]
    assert found["diff"].startswith("diff --git a/engine/config.py")
    assert found["diff_sha256"] == hashlib.sha256(found["diff"].encode()).hexdigest()
    assert (missing["diff"], missing["diff_sha256"], missing["problem"]) == (None, None, "")
    (result.run_set.root / "human.diff").unlink()
    gone = parsed_json(result.document())["commits"][0]
    assert (gone["diff"], "human.diff" in gone["problem"]) == (None, True)
    settings = Settings(origins={"judge.votes": "/home/ada/.config/patchjury.toml"})
    method = provenance(settings, lambda text: portable(text, result.run_set.root))
    data = json.loads(rendered(replace(result.document(), method=method), ".json"))["method"]
    assert {"ruff", "tree-sitter"} <= {*data["parsers"]}
    assert {"id", "version", "severity", "certain"} == {*data["rules"][0]}
    by_name = {row["name"]: row for row in data["settings"]}
    assert by_name["judge.votes"] == {"name": "judge.votes", "value": 1, "origin": "patchjury.toml"}
    assert by_name["judge.api_key"]["value"] is None
    assert not [name for name in by_name if name.startswith("screen.")]


def test_a_report_says_how_reviewers_came_to_the_attempts_and_what_others_reported(
    tmp_path: Path,
) -> None:
    result = make_result(tmp_path / "runs", disputed_histories())
    reported = ReportedBy("bo's import", NOON, "patchjury 9", 3, ReportedLedger(12, 1.5))
    plan = Assignment(
        "x", "r1/a0", "bo", NOON, "plan-1", seed=7, filter="agent:trae", population=143, drawn=30
    )
    document = replace(result.document(), assignments=(plan,), given=Given(reported=(reported,)))
    for ending in (".md", ".html"):
        text = html.unescape(re.sub(r"<[^>]+>|[*`\\]", "", rendered(document, ending)))
        assert "plan-1, 30 of 143 attempts, 1 reviewer each, seed 7, filter agent:trae" in text
        assert "undecided, filter agent:trae: 1" in text
        assert "Reported by bo's import (patchjury 9, 2025-11-10), and not counted" in text
        assert "checks of 3 attempts, a ledger of 12 calls" in text
