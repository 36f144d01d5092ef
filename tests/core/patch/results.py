"""A small assessed run set on disk, for the tests of statistics, export and import."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.assess.outcome import assess
from core.export.export_document import NO_BASES, Document, build_document
from core.models import (
    Assessment,
    Attempt,
    Basis,
    CheckReport,
    Criteria,
    Execution,
    Finding,
    HumanCommit,
    Issue,
    Judgement,
    JudgementState,
    LineComment,
    LoadProblem,
    Outcome,
    PatchEvidence,
    PatchState,
    RunSet,
    Severity,
    Side,
    Verdict,
)
from core.sources import FileText
from core.stats.patch_facts import read_patch_facts

NOON = datetime(2025, 11, 10, 12, 0, tzinfo=UTC)
SHA = "8aa1485fcff7be3e42300c0615ee0f3f3cbce9a8"
OTHER_SHA = "0ec82edda59aaf5cf3b07aadf4ecce1aa1131add"
GOOD = Criteria(True, True, True, True, False, 0.9)
BAD = Criteria(False, True, False, False, True, 0.1)

PATCH = """\
diff --git a/engine/config.py b/engine/config.py
--- a/engine/config.py
+++ b/engine/config.py
@@ -10,5 +10,6 @@ class Config:
 ten
 eleven
-twelve
+TWELVE `ticks` <b>
+more
 thirteen
 fourteen
"""
HUMAN_DIFF = PATCH.replace("TWELVE `ticks` <b>", "human twelve")
OWN_DIFF_PATCH = PATCH + (
    "diff --git a/model_patch.diff b/model_patch.diff\nnew file mode 100644\n"
    "--- /dev/null\n+++ b/model_patch.diff\n@@ -0,0 +1 @@\n+x\n"
)


@dataclass(frozen=True)
class Result:
    """What the functions under test take."""

    run_set: RunSet
    assessments: Sequence[Assessment]
    histories: Mapping[str, Sequence[Verdict]]

    def document(self, bases: Mapping[str, Basis] = NO_BASES) -> Document:
        keys = {attempt.key for attempt in self.run_set.attempts}
        return build_document(
            self.run_set,
            self.assessments,
            self.histories,
            read_patch_facts(self.run_set.attempts),
            store=self.run_set.root / ".patchjury",
            created=NOON,
            version="1.2.3",
            strays={k: h for k, h in self.histories.items() if k not in keys},
            bases=bases,
        )


def verdict(id: str, attempt: str, minute: int = 0, **fields: object) -> Verdict:
    return Verdict(id, attempt, "ada", NOON + timedelta(minutes=minute), **fields)  # type: ignore[arg-type]


def judgement(id: str, attempt: str, criteria: Criteria | None) -> Judgement:
    if criteria is None:
        return Judgement(id, attempt, JudgementState.ERROR, error="no reply", created=NOON)
    issue = Issue("not the same", Severity.ERROR, "engine/config.py", 12)
    return Judgement(
        id, attempt, JudgementState.VERDICT, criteria, (issue,), "Because.", "gpt-5", "test"
    )


def write_patch(root: Path, key: str, text: str, recorded: int | None = None) -> PatchEvidence:
    path = root / key / "model_patch.diff"
    path.parent.mkdir(parents=True)
    data = text.encode("utf-8", "surrogateescape")
    path.write_bytes(data)
    state = PatchState.CUT if recorded is not None else PatchState.WHOLE
    return PatchEvidence(state, FileText(str(path)), len(data), recorded)


def make_result(root: Path, histories: Mapping[str, Sequence[Verdict]] | None = None) -> Result:
    """Six attempts at two human commits: every patch state, every voice, one commit not found."""
    root.mkdir(parents=True, exist_ok=True)
    human = root / "human.diff"
    human.write_text(HUMAN_DIFF, encoding="utf-8")
    commit = HumanCommit(
        SHA,
        "[Perf] Faster twelve (#1)",
        "[Perf] Faster twelve (#1)\n\nIt was slow.",
        files=("engine/config.py",),
        diff=FileText(str(human)),
        source=str(root / "tmp_single_commit" / f"{SHA}.json"),
    )
    one = Execution(returncode=1, duration_s=1.5, steps=0)
    fine = Execution(returncode=0, duration_s=1485.0, tokens_in=10226, tokens_out=1629)
    attempts = (
        _attempt("r1/a0", SHA, True, write_patch(root, "r1/a0", PATCH), fine),
        _attempt("r1/a1", SHA, True, write_patch(root, "r1/a1", OWN_DIFF_PATCH, 9000), one),
        _attempt("r1/a2", SHA, False, PatchEvidence(PatchState.EMPTY, held_bytes=0), one),
        _attempt("r2/a0", SHA, True, write_patch(root, "r2/a0", PATCH), Execution()),
        _attempt("r2/a1", OTHER_SHA, None, PatchEvidence(PatchState.MISSING), fine),
        _attempt("r2/a2", OTHER_SHA, True, PatchEvidence(PatchState.UNREADABLE), fine),
    )
    judgements = {
        "r1/a0": (judgement("j0", "r1/a0", BAD),),
        "r1/a1": (judgement("j1", "r1/a1", BAD),),
        "r2/a0": (judgement("j2", "r2/a0", None),),
    }
    histories = standard_histories() if histories is None else histories
    finding = Finding(
        "syntax.parse-error", Severity.ERROR, "bad `if`", True, "engine/config.py", 12
    )
    report = CheckReport("r1/a1", Criteria(syntax_correct=False), (finding,), created=NOON)
    problem = LoadProblem("r9/journal.json", f"cannot read {root}/r9/journal.json: not JSON")
    run_set = RunSet(root, attempts, {SHA: commit}, problems=(problem,))
    assessments = [
        assess(
            attempt,
            histories.get(attempt.key, ()),
            judgements.get(attempt.key, ()),
            report if attempt.key == report.attempt else None,
        )
        for attempt in attempts
    ]
    return Result(run_set, assessments, histories)


def standard_histories() -> dict[str, Sequence[Verdict]]:
    """One attempt decided, taken back and decided again, with everything a verdict can hold."""
    comments = (
        LineComment("engine/config.py", 12, "why shout?"),
        LineComment("engine/config.py", 12, "this was meant", Side.HUMAN),
        LineComment("engine/config.py", 900, "far away"),
    )
    return {
        "r1/a0": (
            verdict("v0", "r1/a0", 0, outcome=Outcome.FAILURE, note="hasty"),
            verdict("v1", "r1/a0", 1, undoes="v0"),
            verdict(
                "v2",
                "r1/a0",
                2,
                outcome=Outcome.TRUE_SUCCESS,
                criteria=GOOD,
                tags=("wrong location",),
                note="Right idea,\nright place.",
                comments=comments,
                in_view=(),
            ),
        )
    }


def _attempt(
    key: str, human: str, marked: bool | None, patch: PatchEvidence, execution: Execution
) -> Attempt:
    run, item = key.split("/")
    return Attempt(
        key,
        human,
        agent="trae" if run == "r1" else "codex",
        model="gpt-5",
        run=run,
        item=item,
        status={True: "success", False: "error", None: None}[marked],
        marked_success=marked,
        patch=patch,
        execution=execution,
        has_journal=key != "r2/a1",
    )
