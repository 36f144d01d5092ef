"""What goes wrong at the command line is one clear line, and nothing hostile reaches a terminal."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from core.logs import log_file
from tests.support.command import COMMAND, command
from tests.support.runs import SHAS, build_runs, unified, write_attempt, write_commit

SAMPLE = Path(__file__).resolve().parents[2] / "sample_runs"
HOSTILE = "\x1b[31mred\x1b]0;title\x07\u202erev\u009b1m\x7f"
CONTROL = {*map(chr, range(32)), *map(chr, range(127, 160)), "\u202e"} - {"\n"}


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return build_runs(tmp_path / "runs")


def assert_one_line(done: subprocess.CompletedProcess[str], *parts: str) -> None:
    """The command failed for wrong input, said so in one line, and printed no data."""
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("patchjury: ") and done.stderr.count("\n") == 1, done.stderr
    assert not [part for part in parts if part not in done.stderr], done.stderr


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        ((), ["no runs were named", "patchjury demo"]),
        (("stats",), ["required: RUNS", "patchjury stats --help"]),
        (("stats", "runs", "--bogus"), ["unrecognized arguments: --bogus"]),
        (("export", "runs"), ["required: --to", "patchjury export --help"]),
        (("stats", "nowhere"), ["nowhere does not exist"]),
        (("stats", "empty"), ["no attempts were found in ", "empty. Looked for"]),
        (("stats", "bad.json"), ["bad.json is not JSON", "line 2"]),
        (("stats", "runs", "--repo", "nowhere"), ["nowhere is not a git repository"]),
        (("stats", "runs", "--repo", "empty"), ["empty is not a git repository"]),
        (("stats", "runs", "--repo", "bad.json"), ["bad.json is neither"]),
        (("stats", "runs", "--commits", "nowhere"), ["nowhere does not exist"]),
        (("stats", "runs", "--commits", "empty"), ["no human commits were found in empty"]),
        (("stats", "runs", "--db", "bad.json"), ["--db: bad.json is not a folder"]),
        (("demo", "--db", "bad.json"), ["--db: bad.json is not a folder"]),
        (("export", "runs", "--to", "out.xyz"), ["out.xyz", ".json, .jsonl, .csv, .md"]),
        (("export", "runs", "--to", "bad.json"), ["bad.json already exists"]),
        (("export", "runs", "--to", "no/out.json"), ["cannot write no/out.json: No such file"]),
        (("import", "runs", "nowhere"), ["cannot read nowhere: No such file"]),
        (("import", "runs", "bad.json"), ["bad.json contains nothing that can be imported"]),
        (("import", "runs", "empty"), ["cannot read empty: Is a directory"]),
    ],
)
def test_unusable_input_is_one_clear_line(
    runs: Path, words: tuple[str, ...], parts: list[str]
) -> None:
    here = runs.parent
    (here / "empty").mkdir()
    (here / "bad.json").write_text('{"a":\n', "utf-8")
    before = sorted(here.rglob("*"))
    assert_one_line(command(*words, cwd=here), *parts)
    assert sorted(here.rglob("*")) == before


def test_a_store_of_a_newer_patchjury_is_named_and_left_alone(runs: Path, tmp_path: Path) -> None:
    key = "state/runs/repo/codex/gpt-5/2025-01-02_03-04-05/item-0000"
    file = tmp_path / "out.json"

    def import_judgement(name: str) -> subprocess.CompletedProcess[str]:
        judged = {"id": name, "attempt": key, "state": "error"}
        export = {"schema_version": 1, "attempts": [{"key": key, "judgements": [judged]}]}
        file.write_text(json.dumps(export), "utf-8")
        return command("import", runs, file)

    assert import_judgement("1").returncode == 0
    (stored,) = (runs / ".patchjury" / "commits").glob("*.jsonl")
    newer = stored.read_text("utf-8").replace('"schema_version": 2', '"schema_version": 99')
    stored.write_text(newer, "utf-8")
    stats = command("stats", runs, "--json")
    assert (stats.returncode, json.loads(stats.stdout)["load_problems"]) == (1, 1)
    assert "newer patchjury" in stats.stderr and stats.stderr.count("could not be read: ") == 1
    done = import_judgement("2")
    assert (done.returncode, done.stdout) == (2, "")
    assert "newer patchjury" in done.stderr.splitlines()[-1]
    assert stored.read_text("utf-8") == newer


def test_a_missing_package_is_one_line_and_doctor_names_it(runs: Path) -> None:
    code = "import sys; sys.modules['tinydb'] = None; from tui.cli import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", code, "stats", runs], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("patchjury: internal error: ModuleNotFoundError: ")
    assert done.stderr.count("\n") == 1 and "patchjury doctor" in done.stderr


# Streams


@pytest.fixture
def _buffered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python writes as it does for a user: what is left in its buffer is written at the end."""
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)


@pytest.mark.usefixtures("_buffered")
def test_a_reader_that_has_seen_enough_is_no_error(runs: Path) -> None:
    for words in (["stats", str(runs)], ["--help"], ["doctor"]):
        ours, theirs = os.pipe()
        os.close(ours)  # nobody reads
        done = subprocess.run(
            [*COMMAND, *words], stdout=theirs, stderr=subprocess.PIPE, text=True, check=False
        )
        os.close(theirs)
        assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.usefixtures("_buffered")
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_output_that_cannot_be_written_is_an_error(runs: Path) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*COMMAND, "stats", runs], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 2
    assert done.stderr == ("patchjury: cannot write to standard output: No space left on device\n")


@pytest.mark.parametrize(
    ("closed", "code", "out", "err"),
    [(">&-", 2, "", "patchjury: standard output is closed\n"), ("2>&-", 0, "Figures\n", "")],
)
def test_a_closed_stream(runs: Path, closed: str, code: int, out: str, err: str) -> None:
    (runs / "state/runs/repo/codex/gpt-5/2025-01-02_03-04-05/item-0001/journal.json").write_text("")
    line = f'"$@" {closed}'
    done = subprocess.run(
        ["sh", "-c", line, "sh", *COMMAND, "stats", runs],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code
    assert done.stdout.startswith(out) and "load problem:" not in done.stdout
    assert done.stderr.endswith(err)


_STUCK = """\
import sys, core.session
from pathlib import Path
from core.writing import write_whole
def pieces():
    yield "half"
    print("writing", flush=True)
    sys.stdin.read()
core.session.open_session = lambda *a, **k: write_whole(Path(sys.argv[2]), pieces())
from tui.cli import main
sys.exit(main())
"""
"""A command that is in the middle of writing a file until something ends it."""


@pytest.mark.parametrize(
    ("number", "told"),
    [(signal.SIGINT, "patchjury: interrupted; work done so far is kept\n"), (signal.SIGTERM, "")],
)
def test_a_signal_ends_a_command_and_leaves_nothing_behind(
    tmp_path: Path, number: signal.Signals, told: str
) -> None:
    words = [sys.executable, "-c", _STUCK, "stats", str(tmp_path / "out")]
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "writing\n"
        process.send_signal(number)
        _, talk = process.communicate(timeout=60)
    assert (process.returncode, talk) == (128 + number, told)
    assert list(tmp_path.iterdir()) == []


# Surroundings


@pytest.mark.parametrize("settings", [{}, {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}])
def test_a_locale_without_utf8(
    runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str]
) -> None:
    for name in ("PYTHONIOENCODING", "PYTHONUTF8", "LANG"):
        monkeypatch.delenv(name, raising=False)
    env = {"LC_ALL": "C", **settings}
    write_commit(runs / "commits", SHAS[0], "Größer → schneller", unified("a\n", "b\n"), ["é.py"])
    done = command("stats", runs, env=env)
    assert done.returncode == 0 and "Größer → schneller" in done.stdout
    done = command("export", runs, "--to", tmp_path / "größe.md", env=env)
    assert done.returncode == 0, done.stderr
    assert "Größer → schneller" in (tmp_path / "größe.md").read_text("utf-8")


def test_without_git_commits_in_json_are_still_there(
    runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    done = command("stats", runs, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["human_commits_found"] == 2
    done = command("stats", SAMPLE, "--db", tmp_path / "db")  # with an engine.bundle
    assert done.returncode == 0 and "human commit found for 8 of 8" in done.stdout
    done = command("doctor", runs)
    assert done.returncode == 0 and "not found: --repo and git bundles" in done.stdout
    assert_one_line(command("stats", runs, "--repo", runs), "not a git repository")
    (tmp_path / "repo" / "objects").mkdir(parents=True)
    (tmp_path / "repo" / "refs").mkdir()
    (tmp_path / "repo" / "HEAD").write_text("ref: refs/heads/main\n", "utf-8")
    assert_one_line(command("stats", runs, "--repo", tmp_path / "repo"), "git was not found")


def hostile_runs(root: Path) -> Path:
    """Runs with hostile text in every place that a listing shows."""
    folder = f"repo/{HOSTILE}/{HOSTILE}/2025-01-02_03-04-05/{HOSTILE}"
    write_attempt(root, folder, SHAS[0], unified("a\n", "b\n", HOSTILE), status=HOSTILE)
    write_attempt(root, "repo/trae/gpt-5/2025-01-02_03-04-05/item", SHAS[0], "x")
    write_commit(root / "commits", SHAS[0], HOSTILE, unified("a\n", "b\n"), [HOSTILE])
    (root / "state" / "runs" / folder / "run_summary.json").write_text(HOSTILE, "utf-8")
    evaluation = {"run_id": HOSTILE, "item_id": HOSTILE, "issues": [HOSTILE], "model": HOSTILE}
    (root / "gpt5_evaluations.json").write_text(json.dumps([evaluation]), "utf-8")
    return root


@pytest.mark.parametrize(
    "words", [["stats"], ["stats", "--json"], ["doctor"], ["doctor", "--json"]]
)
def test_hostile_names_never_reach_the_terminal_raw(tmp_path: Path, words: list[str]) -> None:
    runs = hostile_runs(tmp_path / f"runs{HOSTILE}")
    done = command(*words, runs)
    assert done.returncode == 0, done.stderr
    assert "red" in done.stdout + done.stderr  # it is shown, harmlessly
    assert not CONTROL & {*done.stdout, *done.stderr}


def test_hostile_words_and_files_are_quoted_harmlessly(tmp_path: Path) -> None:
    runs = hostile_runs(tmp_path / "runs")
    wicked = tmp_path / f"{HOSTILE}\npatchjury: all is well"
    for words in (
        ["stats", wicked],
        ["stats", runs, f"--{HOSTILE}"],
        [f"--{HOSTILE}"],
        ["stats", runs, "--repo", wicked],
        ["stats", runs, "--commits", wicked],
        ["export", runs, "--to", wicked],
        ["import", runs, wicked],
    ):
        done = command(*words)
        assert done.returncode == 2
        assert not CONTROL & {*done.stdout, *done.stderr}
        last = done.stderr.splitlines()[-1]
        assert last.startswith("patchjury: ") and not last.startswith("patchjury: all")
    target = tmp_path / f"{HOSTILE}.csv"
    done = command("export", runs, "--to", target)
    assert target.exists() and not CONTROL & {*done.stderr}


def test_a_name_that_is_not_utf8(runs: Path) -> None:
    moved = runs.rename(Path(os.fsdecode(bytes(runs.parent) + b"/r\xffuns")))
    shutil.copy(moved / "commits" / f"{SHAS[0]}.json", os.fsdecode(bytes(moved) + b"/\xfe.json"))
    write: Callable[[str], object] = (moved / "state" / "journal.json").write_text
    write("{")
    assert command("stats", moved).returncode == 0
    assert_one_line(command("stats", moved / "nowhere"), r"/r\xffuns/nowhere does not exist")
    done = command("export", moved, "--to", moved / "out.json")
    assert done.returncode == 0 and done.stderr.endswith("/r\\xffuns/out.json\n")


@pytest.mark.parametrize(("words", "code"), [(("check",), 0), (("audit",), 1)])
def test_a_found_bundle_that_cannot_be_read_is_told_and_left_aside(
    tmp_path: Path, words: tuple[str, ...], code: int
) -> None:
    runs = build_runs(tmp_path / "runs")
    (runs / "engine.bundle").write_bytes(b"no bundle at all")
    done = command(*words, runs)
    assert done.returncode == code, done.stderr  # the audit has a finding that is an error
    assert "without base files" in done.stderr
    named = command(*words, runs, "--repo", runs / "engine.bundle")
    assert named.returncode == 2 and "Traceback" not in named.stderr


def test_a_fault_ends_with_3_and_leaves_its_traceback_in_the_log(runs: Path) -> None:
    code = (
        "import sys, core.session\n"
        "def fault(*a, **k): raise KeyError('raw \\x1b]0;x\\x07')\n"
        "core.session.open_session = fault\n"
        "from tui.cli import main\n"
        "sys.exit(main())"
    )
    words = [sys.executable, "-c", code, "stats", str(runs)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    (line,) = done.stderr.splitlines()
    assert line.startswith("patchjury: internal error: KeyError: 'raw \\x1b]0;x\\x07'")
    assert f"the traceback is in {log_file()}" in line
    log = log_file().read_text()
    assert "Traceback (most recent call last)" in log
    assert "\x1b" not in log
    doctor = command("doctor").stdout
    assert str(log_file()) in doctor


def test_verbose_logs_more_and_says_where(runs: Path) -> None:
    done = command("stats", runs, "--verbose")
    assert done.returncode == 0
    assert done.stderr == f"everything is logged to {log_file()}\n"


# What is asked for and cannot be done is never a success


def break_the_store(runs: Path) -> Path:
    """Give a store a line that says nothing."""
    key = "state/runs/repo/codex/gpt-5/2025-01-02_03-04-05/item-0000"
    judged = {"id": "1", "attempt": key, "state": "error"}
    export = {"schema_version": 1, "attempts": [{"key": key, "judgements": [judged]}]}
    (runs.parent / "colleague.json").write_text(json.dumps(export))
    assert command("import", runs, runs.parent / "colleague.json").returncode == 0
    (file,) = (runs / ".patchjury" / "commits").glob("*.jsonl")
    with file.open("a") as lines:
        lines.write('{"torn": \n')
    return file


@pytest.mark.parametrize("words", [["stats"], ["audit"], ["check"], ["export", "--to"]])
def test_what_is_stored_and_cannot_be_read_ends_with_1_and_is_named(
    runs: Path, tmp_path: Path, words: list[str]
) -> None:
    file = break_the_store(runs)
    rest = [str(tmp_path / "out.json")] if words[-1] == "--to" else []
    done = command(words[0], runs, *words[1:], *rest)
    assert done.returncode == 1
    assert any(line.startswith(f"could not be read: {file}") for line in done.stderr.splitlines())


def test_reports_that_cannot_be_stored_end_with_1(runs: Path) -> None:
    """The folder of the store is there, and a file is where its files should be."""
    (runs / ".patchjury").mkdir()
    (runs / ".patchjury" / "checks").write_text("in the way")
    done = command("check", runs)
    assert done.returncode == 1
    assert "5 attempts could not be stored" in done.stderr


@pytest.mark.parametrize("words", [("check", "--json"), ("export", "--to")])
def test_an_existing_file_is_replaced_only_with_force(
    runs: Path, tmp_path: Path, words: tuple[str, str]
) -> None:
    out = tmp_path / "out.json"
    out.write_text("mine")
    done = command(words[0], runs, words[1], out)
    assert done.returncode == 2
    assert "already exists" in done.stderr
    assert out.read_text() == "mine"
    assert command(words[0], runs, words[1], out, "--force").returncode == 0
    assert json.loads(out.read_text())
    (tmp_path / "link.json").symlink_to(out)
    assert command(words[0], runs, words[1], tmp_path / "link.json", "--force").returncode == 2


def test_an_audit_with_an_error_finding_ends_with_1_and_a_line(runs: Path) -> None:
    done = command("audit", runs)
    assert done.returncode == 1
    told = "pipeline: audit.marked-but-failed: attempts marked success with a return code other"
    assert done.stderr == f"{told} than 0 (1)\n"
