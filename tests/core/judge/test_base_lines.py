"""Base lines around hunks: shown, part of the question, and kept so that it can be built again."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from core.judge.fake_server import FakeOpenAI
from core.judge.question.base_lines import BaseLines, around_hunks
from core.judge.question.judge_prompt import (
    BASE_LINES,
    NO_REFERENCE,
    ask_judgement,
    prompt_hash,
)
from core.judge.question.replay import Replayer
from core.judge.run.plan import make_plan
from core.judge.run.runner import JudgeRun
from core.models import Attempt, HumanCommit, Judgement, PatchState, Side
from core.patch.apply import BaseFile
from core.patch.parse import parse_patch
from core.records import replace
from core.store import Store
from tests.support.judge_cases import (
    BASE,
    HUMAN_DIFF,
    SHA,
    WRONG_DIFF,
    attempt,
    commit,
    follow,
    judgements,
    settings,
)
from tests.support.runs import unified

PATH = "engine/core.py"


def reading(**files: bytes) -> Callable[[str], BaseFile | None]:
    found = {path: BaseFile("100644", content) for path, content in files.items()}
    return found.get


def test_regions_have_the_lines_around_each_hunk_and_touching_ones_are_one() -> None:
    read = reading(**{PATH: BASE.encode()})
    told = around_hunks(parse_patch(HUMAN_DIFF), read, 2)
    heads = [line for line in told.split("\n") if line.endswith("base file:")]
    assert heads == [f"{PATH}, lines {a} to {b} of the base file:" for a, b in ((5, 15), (25, 35))]
    assert "     5 value_5 = 5" in told and "value_4 = 4" not in told
    assert "lines 1 to 40" in around_hunks(parse_patch(HUMAN_DIFF), read, 100)


@pytest.mark.parametrize(
    ("patch", "content"),
    [
        (unified("", "new\n", "n.py"), None),  # added: there is no base
        (HUMAN_DIFF, None),  # not in the base
        (HUMAN_DIFF, b"\0binary"),
        ("no patch at all", b"x\n"),
    ],
)
def test_where_there_is_nothing_to_show_nothing_is(patch: str, content: bytes | None) -> None:
    read = reading(**({} if content is None else {PATH: content}))
    assert around_hunks(parse_patch(patch), read, 3) == ""


def test_lines_stand_where_git_puts_the_hunk(repository: tuple[Path, str]) -> None:
    """A hunk whose header is off by five is shown with the lines that it changes."""
    path, base = repository
    moved = WRONG_DIFF.replace("@@ -17,7 +17,7 @@", "@@ -12,7 +12,7 @@")
    assert moved != WRONG_DIFF
    assert BaseLines(path, 1).of(moved, base) == BaseLines(path, 1).of(WRONG_DIFF, base)
    assert "lines 16 to 24" in BaseLines(path, 1).of(moved, base)
    assert BaseLines(path, 1).of(WRONG_DIFF, "f" * 40) == ""  # a commit that is not there
    assert BaseLines(None, 1).of(WRONG_DIFF, base) == ""


def test_context_is_another_question_and_its_prompt_is_built_again(
    repository: tuple[Path, str], tmp_path: Path
) -> None:
    path, base = repository
    human = replace(commit(), parent=base)
    one = replace(attempt("a", WRONG_DIFF), base=base)
    with FakeOpenAI() as server:
        for around, paid in ((0, 2), (10, 3), (10, 3), (11, 4)):
            found = judged(one, human, path, tmp_path, server, around)
            assert server.paid == paid
        prompt = server.bodies[-1]["input"][1]["content"]
    assert "begin base file around the attempt" in prompt
    assert "begin base file around the human changes" in prompt
    assert prompt.index("human changes") < prompt.index("begin attempt")  # it is shared
    assert "value_9 = 9" in found.context[1]
    (replay,) = Replayer(human, Store(tmp_path).rubrics(SHA), [one], {SHA: human}).judgement(found)
    assert replay.problem == ""  # without the repository
    assert replay.question is not None
    hashed = prompt_hash(
        replay.question.instructions, replay.question.render(found.calls[0].fences)
    )
    assert hashed == found.calls[0].prompt_hash


def test_base_lines_give_way_before_any_file_and_it_is_said() -> None:
    around = ("", f"{PATH}, lines 1 to 9 of the base file:\n" + "     1 x\n" * 4_000)
    small, large = (
        ask_judgement(NO_REFERENCE, WRONG_DIFF, PatchState.WHOLE, input_limit=limit, context=around)
        for limit in (9_000, 90_000)
    )
    assert BASE_LINES in small.afterword(("a", "b")) and small.context == around
    assert small.missing == large.missing  # no evidence is missing for it
    assert not any("base file" in section.name for section in small.sections)
    assert any("base file" in section.name for section in large.sections)


def test_lines_of_the_base_are_places(repository: tuple[Path, str]) -> None:
    path, base = repository
    around = ("", BaseLines(path, 10).of(WRONG_DIFF, base))
    question = ask_judgement(
        NO_REFERENCE, WRONG_DIFF, PatchState.WHOLE, input_limit=90_000, context=around
    )
    assert question.places is not None
    assert 8 in question.places.lines[Side.BASE][PATH]
    assert 40 not in question.places.lines[Side.BASE][PATH]


def judged(
    one: Attempt,
    human: HumanCommit,
    repository: Path,
    folder: Path,
    server: FakeOpenAI,
    around: int,
) -> Judgement:
    chosen = settings(server, context=around)
    plan = make_plan([one], {SHA: human}, chosen, repository=repository)
    return judgements(follow(JudgeRun(plan, chosen, Store(folder))))["a"]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A repository with the base file, and the id of its commit."""
    path = tmp_path_factory.mktemp("repository")
    (path / "engine").mkdir()
    (path / PATH).write_text(BASE)
    git = ["git", "-c", "user.name=n", "-c", "user.email=e@x", "-C", str(path)]
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "base"]):
        subprocess.run([*git, *words], check=True, capture_output=True)
    told = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
    return path, told.stdout.strip()
