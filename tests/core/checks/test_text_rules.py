"""Families that need only the text and the records: patch, files, template, run, copies, prompt."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core.checks.context import Copies
from core.checks.rules.copies import CopyIndex, digest_of
from core.models import Criteria, PatchState, Severity
from core.sources import FileText
from tests.core.checks.check_samples import (
    BASE,
    CONFIG,
    FAST_CONFIG,
    HUMAN,
    KERNEL,
    Bench,
    Text,
    findings_of,
    rules_of,
)
from tests.core.checks.commit_mutants import make_patch

OWN = (
    "diff --git a/model_patch.diff b/model_patch.diff\nnew file mode 100644\nindex 000..e69de29bb\n"
)


@pytest.mark.parametrize(
    ("state", "rule"), [(PatchState.EMPTY, "patch.empty"), (PatchState.MISSING, "patch.missing")]
)
def test_no_patch_settles_that_nothing_was_done(bench: Bench, state: PatchState, rule: str) -> None:
    report = bench.check("", state=state, marked_success=True)
    assert {rule, "run.no-patch-marked"} <= rules_of(report)
    criteria = report.criteria
    assert criteria.files_match is criteria.is_complete is False
    assert criteria.optimization_logic_match is False
    assert criteria.syntax_correct is criteria.is_template_code is None


@pytest.mark.parametrize("state", [PatchState.CUT, PatchState.UNREADABLE])
def test_a_patch_that_is_not_all_there_settles_nothing(bench: Bench, state: PatchState) -> None:
    patch = make_patch(BASE, HUMAN)
    report = bench.check(patch[: len(patch) // 2], state=state)
    assert report.criteria == Criteria()
    assert report.measures["applies"] is None
    assert f"patch.{state}" in rules_of(report)
    assert not rules_of(report) & {"patch.malformed", "files.missed", "syntax.parse-error"}


def test_a_malformed_hunk_is_named_by_its_line(bench: Bench) -> None:
    patch = make_patch(BASE, {**BASE, "README.md": b"# Fast\n", "engine/config.py": FAST_CONFIG})
    patch = re.sub(r",\d+ @@", ",4 @@", patch)
    (finding,) = findings_of(bench.check(patch, with_repository=False), "patch.malformed")
    assert finding.file == "engine/config.py"
    assert finding.certain


def test_text_that_is_no_diff_is_malformed(bench: Bench) -> None:
    assert "patch.malformed" in rules_of(bench.check("I could not find a way to speed this up.\n"))


def test_the_own_diff_is_reported_and_counts_for_nothing(bench: Bench) -> None:
    report = bench.check(OWN + make_patch(BASE, HUMAN))
    assert "patch.own-diff" in rules_of(report)
    assert report.criteria.files_match is True
    assert report.measures["patch.files"] == 2
    assert "copies.human" in rules_of(report)


def test_hidden_characters_count_only_where_they_are_added(bench: Bench) -> None:
    hidden = FAST_CONFIG.replace(b"A slice", "A \u202eslice".encode())
    (finding,) = findings_of(
        bench.check({**HUMAN, "engine/config.py": hidden}), "patch.hidden-unicode"
    )
    assert finding.line == 1 + hidden.split(b"\n").index(
        "        # A \u202eslice stops at the limit.".encode()
    )
    removed = make_patch({**BASE, "engine/config.py": hidden}, HUMAN)
    assert "patch.hidden-unicode" not in rules_of(bench.check(removed))


def test_scratch_files_and_harness_edits(bench: Bench) -> None:
    after = {
        **HUMAN,
        "debug_speed.py": b"print(1)\n",
        "engine/config.py.orig": b"x\n",
        "engine/fast.py": b"X = 1\n",
        "tests/test_config.py": b"X = 1\n",
    }
    report = bench.check(after)
    scratch = {f.file for f in findings_of(report, "patch.scratch-file")}
    assert scratch == {"debug_speed.py", "engine/config.py.orig"}
    assert {f.file for f in findings_of(report, "patch.harness-edit")} == {"tests/test_config.py"}
    human = bench.human(after)
    assert not rules_of(bench.check(after, human=human), "patch.")


def test_files_are_compared_with_the_humans(bench: Bench) -> None:
    report = bench.check(
        {**BASE, "engine/config.py": FAST_CONFIG, "README.md": b"# Fast\n"},
        target_files=("engine/config.py",),
    )
    assert [f.file for f in findings_of(report, "files.missed")] == ["csrc/scale.cu"]
    assert [f.file for f in findings_of(report, "files.extra")] == ["README.md"]
    assert [f.file for f in findings_of(report, "files.outside-targets")] == ["README.md"]
    assert report.criteria.files_match is False
    assert report.criteria.is_complete is False


def test_a_file_that_the_human_renamed_has_two_names(bench: Bench) -> None:
    human = bench.human()
    rename = (
        "diff --git a/engine/config.py b/engine/settings.py\nsimilarity index 100%\n"
        "rename from engine/config.py\nrename to engine/settings.py\n"
    )
    renamed = type(human)(human.sha, parent=human.parent, diff=Text(rename))
    edited = bench.check({**BASE, "engine/config.py": FAST_CONFIG}, human=renamed)
    assert edited.criteria.files_match is True
    moved = {**BASE, "engine/settings.py": CONFIG}
    del moved["engine/config.py"]
    assert bench.check(moved, human=renamed).criteria.files_match is True
    assert bench.check({**BASE, "README.md": b"x\n"}, human=renamed).criteria.files_match is False


def test_without_a_human_diff_the_list_of_files_serves(bench: Bench) -> None:
    human = type(bench.human())("f" * 40, files=("engine/config.py", "csrc/scale.cu"))
    assert bench.check(HUMAN, human=human).criteria.files_match is True
    nobody = type(human)("f" * 40)
    assert bench.check(HUMAN, human=nobody).criteria.files_match is None


def test_targets_that_are_the_humans_files_give_them_away(bench: Bench) -> None:
    report = bench.check(HUMAN, target_files=("csrc/scale.cu", "engine/config.py"))
    assert "files.given-away" in rules_of(report)
    fewer = bench.check(HUMAN, target_files=("engine/config.py",))
    assert "files.given-away" not in rules_of(fewer)


@pytest.mark.parametrize("with_repository", [True, False])
def test_template_code_is_named_by_its_kind(bench: Bench, with_repository: bool) -> None:
    pasted = b"""
def optimized_tensor_allocation(size):
    return [0] * size

# Example usage
# tensor = optimized_tensor_allocation(10)

def warm_up(model):
    \"\"\"Warm the model up.\"\"\"
    pass

# Optimization: Remove unnecessary fill operations
if hasattr(os, 'some_attribute'):
    LIMIT = 9
"""
    report = bench.check(
        {**BASE, "engine/config.py": CONFIG.replace(b"\nLIMIT = 8\n", pasted)},
        with_repository=with_repository,
    )
    assert rules_of(report, "template.") == {
        "template.placeholder-name",
        "template.example-usage",
        "template.stub",
        "template.boilerplate",
        "template.unused-function",
    }
    assert report.criteria.is_template_code is None
    assert not any(f.certain for f in report.findings if f.rule.startswith("template."))


def test_code_that_is_used_overrides_or_stood_there_is_no_template(bench: Bench) -> None:
    sound = CONFIG.replace(
        b"class Scheduler:",
        b"def chunks(items, size):\n    return [items[:size], items[size:]]\n\n\n"
        b"class Base:\n    def close(self):\n        pass\n\n\nclass Scheduler(Base):",
    ).replace(b"return chosen", b"return chunks(chosen, 2)[0]")
    report = bench.check({**BASE, "engine/config.py": sound})
    assert not rules_of(report, "template.")


def test_a_method_that_the_change_relies_on_and_that_does_nothing(bench: Bench) -> None:
    after = FAST_CONFIG.replace(b"return queue[:batch_limit]", b"return self.choose(queue)")
    after += b"\n    def choose(self, queue):\n        raise NotImplementedError\n"
    report = bench.check({**BASE, "engine/config.py": after})
    assert findings_of(report, "template.stub")[0].message == "choose does nothing"


def test_a_marked_success_with_an_error_code(bench: Bench) -> None:
    report = bench.check(HUMAN, marked_success=True, returncode=1, duration_s=600.0)
    assert "run.nonzero-return" in rules_of(report)
    assert report.measures["run.failure"] == "agent"
    honest = bench.check(HUMAN, marked_success=False, returncode=1, duration_s=600.0)
    assert "run.nonzero-return" not in rules_of(honest)


def test_too_fast_no_steps_and_no_error_recorded(bench: Bench) -> None:
    report = bench.check(HUMAN, status="error", duration_s=1.5, steps=0)
    assert {"run.too-fast", "run.no-steps", "run.null-error"} <= rules_of(report)
    calm = bench.check(HUMAN, status="success", duration_s=300.0, steps=12, returncode=0)
    assert not rules_of(calm, "run.")
    assert calm.measures["run.failure"] is None


@pytest.mark.parametrize(
    "line",
    [
        "[Errno 2] No such file or directory: 'bench-env/bin/python'",
        "ModuleNotFoundError: No module named 'openhands'",
        "[Errno 32] Broken pipe",
        "openai.APIConnectionError: Connection error.",
        "anthropic.APIStatusError: overloaded_error",
        "Error code: 429 - rate limit exceeded",
        "subprocess.TimeoutExpired: agent timed out after 7200 seconds",
    ],
)
def test_infrastructure_failures_show_their_line(bench: Bench, tmp_path: Path, line: str) -> None:
    (finding,) = findings_of(bench.check(HUMAN, error=line), "run.infrastructure")
    assert line in finding.message
    log = tmp_path / "trae_stderr.txt"
    log.write_text("starting\n" * 50_000 + line + "\nbye\n", "utf-8")
    report = bench.check(HUMAN, returncode=1, duration_s=99.0, logs=(FileText(str(log)),))
    (finding,) = findings_of(report, "run.infrastructure")
    assert finding.message.endswith(f"trae_stderr.txt: {line}")
    assert report.measures["run.failure"] == "infrastructure"


def test_what_agents_meet_in_a_run_that_went_well_is_no_failure(
    bench: Bench, tmp_path: Path
) -> None:
    log = tmp_path / "stdout.txt"
    log.write_text("ModuleNotFoundError: No module named 'torch'\nI shall do without.\n", "utf-8")
    report = bench.check(HUMAN, returncode=0, duration_s=99.0, logs=(FileText(str(log)),))
    assert "run.infrastructure" not in rules_of(report)


def test_a_killed_agent_and_one_that_never_started(bench: Bench) -> None:
    killed = bench.check(HUMAN, returncode=-9, duration_s=99.0)
    assert "SIGKILL" in findings_of(killed, "run.infrastructure")[0].message
    never = bench.check("", state=PatchState.EMPTY, returncode=1, duration_s=1.6)
    assert "never got to work" in findings_of(never, "run.infrastructure")[0].message


def test_copies_of_the_human_diff(bench: Bench) -> None:
    verbatim = make_patch(BASE, HUMAN).replace("@@ ", "@@  ", 0)
    (finding,) = findings_of(bench.check(verbatim, with_repository=False), "copies.human")
    assert finding.certain
    other = bench.check({**BASE, "engine/config.py": FAST_CONFIG.replace(b"batch_", b"")})
    assert "copies.human" not in rules_of(other)


def test_copies_and_near_copies_among_attempts(bench: Bench) -> None:
    long = CONFIG + b"".join(b"V%d = %d\n" % (n, n) for n in range(60))
    texts = {
        "a": make_patch(BASE, {**BASE, "engine/config.py": long}),
        "b": OWN + make_patch(BASE, {**BASE, "engine/config.py": long}).replace("@@ -", "@@ -0"),
        "c": make_patch(BASE, {**BASE, "engine/config.py": long + b"LAST = 0\n"}),
        "d": make_patch(BASE, {**BASE, "engine/config.py": FAST_CONFIG}),
    }
    index = CopyIndex()
    for key, text in texts.items():
        index.add(key, text)
    index.add("empty", OWN)
    copies = index.copies([*texts, "empty"])
    assert copies["a"].same == ("b",)
    assert copies["b"].same == ("a",)
    assert [key for key, _ in copies["a"].near] == ["c"]
    assert copies["a"].near[0][1] >= 0.9
    assert copies["d"] == copies["empty"] == Copies()
    report = bench.check(texts["a"], copies=copies["a"])
    assert {"copies.attempt", "copies.near-attempt"} <= rules_of(report)


def test_every_changed_line_tells_patches_apart() -> None:
    one = make_patch(BASE, {**BASE, "README.md": b"# Engine\n\nA fast one.\n"})
    other = make_patch(BASE, {**BASE, "README.md": b"# Engine\n\nA faster one.\n"})
    elsewhere = one.replace("README.md", "NOTES.md")
    assert len({digest_of(text) for text in (one, other, elsewhere)}) == 3


def test_prompts_that_ask_for_nothing(bench: Bench) -> None:
    empty = "Optimize this.\n<test_script>\n│ # This is a performance task │\n\n</test_script>\n"
    report = bench.check(HUMAN, prompts=(Text(empty),))
    assert {"prompt.placeholder-script", "prompt.no-problem"} <= rules_of(report)
    asks = "schedule() of Scheduler is slow.\n<test_script>\nrun(queue)\n</test_script>\n"
    assert not rules_of(bench.check(HUMAN, prompts=(Text(asks),)), "prompt.")


def test_a_prompt_that_holds_the_answer(bench: Bench) -> None:
    prompt = f"Do it like this:\n<example>\n{make_patch(BASE, HUMAN)}</example>\n"
    report = bench.check(HUMAN, prompts=(Text(prompt),))
    assert "prompt.reveals-diff" in rules_of(report)
    assert report.measures["prompt.revealed"] == 1.0


def test_a_rule_says_a_thing_at_most_fifty_times(bench: Bench) -> None:
    after = {**HUMAN, **{f"extra{n:03}.md": b"x\n" for n in range(80)}}
    found = findings_of(bench.check(after), "files.extra")
    assert len(found) == 51
    assert found[-1].message == "and 30 more"


def test_severities_reach_the_findings(bench: Bench) -> None:
    report = bench.check({**BASE, "csrc/scale.cu": KERNEL + b"\n// faster\n"})
    (finding,) = findings_of(report, "patch.comments-only")
    assert finding.severity is Severity.ERROR
    assert finding.certain


# -- signs that other sets of mutants showed to be missing -----------------------------------------

LIST = b'''
def flatten(lists):
    """All items in one list."""
    return [item for items in lists for item in items]
'''


def pasted(code: bytes, path: str = "engine/config.py") -> dict[str, bytes]:
    """The base with code before its class."""
    return {**BASE, path: CONFIG.replace(b"class Scheduler:", code + b"\n\nclass Scheduler:")}


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        (b"# Insert optimized implementation below\n", "boilerplate"),
        (b"# ... (existing implementation here) ...\n", "boilerplate"),
        (b"# Assuming there is a tensor named `rows`\n", "boilerplate"),
        (b"# Step 2: Apply the optimization\n", "boilerplate"),
        (b"mock_rows = {}\n", "placeholder-name"),
        (b"class MockRows:\n    rows = 3\n", "placeholder-name"),
        (LIST.replace(b"All items", b"Optimized version: all items"), "boilerplate"),
        (LIST, "unused-function"),
        (b"import functools\n\n\n@functools.lru_cache\n" + LIST.lstrip(), "unused-function"),
        (b"# flatten([])\n" + LIST, "unused-function"),
        (b"class Rows:\n    def __init__(self):\n        self.rows = []\n", "unused-function"),
        (b"class Rows:\n    def _cached(self):\n        return self\n", "unused-function"),
        (
            b"def pick():\n    raise NotImplementedError('Optimized path not implemented yet')\n",
            "boilerplate",
        ),
    ],
)
def test_template_code_in_many_dresses(bench: Bench, code: bytes, rule: str) -> None:
    assert f"template.{rule}" in rules_of(bench.check(pasted(code)))


@pytest.mark.parametrize(
    "code",
    [
        LIST + b"\n\nprint(flatten([]))\n",
        b"@register\n" + LIST.lstrip(),
        b"# The placeholder of an image is replaced by its tokens.\n",
        b'"""Minimal implementation for the vision tower."""\n',
        b"# TODO(ada): use the fused kernel once it is stable\n",
        b"raise NotImplementedError('beam search is not supported yet')\n",
        b"read_limit(\n    dummy_inputs=8,\n)\n",
    ],
)
def test_what_people_write_is_no_template(bench: Bench, code: bytes) -> None:
    assert not rules_of(bench.check(pasted(code)), "template.")


def test_a_class_that_gets_another_base_is_not_new(bench: Bench) -> None:
    after = CONFIG.replace(b"class Scheduler:", b"class Scheduler(Base):")
    assert not rules_of(bench.check({**BASE, "engine/config.py": after}), "template.")


def test_a_new_file_that_nothing_names(bench: Bench) -> None:
    after = {**BASE, "engine/fast_rows.py": LIST.lstrip(), "tests/test_rows.py": LIST.lstrip()}
    (finding,) = findings_of(bench.check(after), "template.unused-file")
    assert finding.file == "engine/fast_rows.py"
    used = {**after, "engine/config.py": b"from engine.fast_rows import flatten\n" + CONFIG}
    assert "template.unused-file" not in rules_of(bench.check(used))


def test_a_line_that_the_human_adds_too_is_no_sign(bench: Bench) -> None:
    after = pasted(b"# Example usage: see the tests\n" + LIST)
    assert rules_of(bench.check(after), "template.")
    assert not rules_of(bench.check(after, human=bench.human(after)), "template.")


def test_the_order_of_files_and_the_end_of_a_mail_do_not_hide_a_copy(bench: Bench) -> None:
    first, second = (
        "diff --git " + part for part in make_patch(BASE, HUMAN).split("diff --git ")[1:]
    )
    for copy in (second + first, first + second + "-- \n2.43.0\n\n"):
        (finding,) = findings_of(bench.check(copy), "copies.human")
        assert finding.certain
        assert digest_of(copy) == digest_of(first + second)
