"""Families that examine whole files: syntax, names, coverage; and hunks if there is no base."""

from __future__ import annotations

from typing import Any

import pytest

from core.checks.languages.python_source import MAX_PYTHON_BYTES, PythonSource
from core.checks.languages.source import CodeSource
from core.models import CheckReport
from tests.core.checks.check_samples import (
    BASE,
    CONFIG,
    FAST_CONFIG,
    FAST_KERNEL,
    HUMAN,
    KERNEL,
    Bench,
    findings_of,
    rules_of,
)
from tests.core.checks.commit_mutants import make_patch


def change(bench: Bench, path: str, data: bytes, **keywords: Any) -> CheckReport:
    """The report on the human's change with one file in another state."""
    return bench.check({**HUMAN, path: data}, **keywords)


def test_the_human_change_is_sound(bench: Bench) -> None:
    report = bench.check(HUMAN)
    assert not rules_of(report, "syntax.") | rules_of(report, "names.")
    assert report.criteria.syntax_correct is True
    assert report.measures["syntax.files"] == 2


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"def schedule(self, queue: list) -> list:", b"def schedule(self, queue: list) -> list"),
        (b"return queue[:batch_limit]", b"return queue[:batch_limit"),
        (b"        return queue[", b"      return queue["),
        (b"class Scheduler:", b"Scheduler:"),
        (b"return queue[:batch_limit]", b"return queue[:batch_limit]\n    return ''.join("),
        (b"class Scheduler:", b"return LIMIT\n\n\nclass Scheduler:"),
    ],
)
def test_new_errors_of_python_are_found_where_they_are(
    bench: Bench, old: bytes, new: bytes
) -> None:
    report = change(bench, "engine/config.py", FAST_CONFIG.replace(old, new))
    (finding,) = findings_of(report, "syntax.parse-error")
    assert finding.file == "engine/config.py"
    assert finding.line is not None
    assert finding.certain
    assert report.criteria.syntax_correct is False


def test_an_error_that_stood_there_before_is_not_the_patchs(bench: Bench) -> None:
    report = change(bench, "legacy.py", b'print "old"\nprint "new"\n')
    assert not rules_of(report, "syntax.")
    assert report.criteria.syntax_correct is None
    assert "legacy.py" in str(report.measures["syntax.unjudged"])


def test_text_is_not_judged_and_does_not_make_syntax_unknown(bench: Bench) -> None:
    report = change(bench, "README.md", b"# Engine (((\n")
    assert report.criteria.syntax_correct is True


def test_a_patch_that_does_not_apply_says_nothing_about_syntax(bench: Bench) -> None:
    patch = make_patch(BASE, HUMAN).replace(" class Scheduler", " class Planner")
    patch = patch.replace("-        chosen = []", "-        chosen = set()")
    report = bench.check(patch)
    assert report.measures["applies"] is False
    assert report.criteria.syntax_correct is None
    assert not rules_of(report, "syntax.")


@pytest.mark.parametrize("brace", [b"{", b"}"])
def test_braces_dropped_in_cuda_are_found(bench: Bench, brace: bytes) -> None:
    lines = FAST_KERNEL.split(b"\n")
    number = next(
        n for n, line in enumerate(lines) if brace in line and b"if (" in line + lines[n - 2]
    )
    lines[number] = lines[number].replace(brace, b"")
    report = change(bench, "csrc/scale.cu", b"\n".join(lines))
    assert findings_of(report, "syntax.parse-error")[0].file == "csrc/scale.cu"
    assert report.criteria.syntax_correct is False


def test_a_bracket_in_each_branch_of_a_conditional_is_sound(bench: Bench) -> None:
    branches = FAST_KERNEL.replace(
        b"    if (i + 1 < n) {\n",
        b"#ifdef USE_ROCM\n    if (i + 2 < n) {\n#else\n    if (i + 1 < n) {\n#endif\n",
    )
    report = change(bench, "csrc/scale.cu", branches)
    assert not rules_of(report, "syntax.")
    assert report.criteria.syntax_correct is not False


@pytest.mark.parametrize(
    ("path", "sound", "broken"),
    [
        ("deploy.yaml", b"jobs:\n  - name: test\n", b"jobs:\n  - name: [test\n"),
        ("setup.json", b'{"name": "fast"}\n', b'{"name": "fast"\n'),
        ("run.sh", b"if true; then\n  echo x\nfi\n", b"if true; then\n  echo x\n"),
        ("pyproject.toml", b'[project]\nname = "x"\n', b'[project\nname = "x"\n'),
        ("CMakeLists.txt", b"project(x)\nadd_library(a b.c)\n", b"project(x)\nadd_library(a b.c\n"),
        ("Dockerfile", b"FROM a\nRUN make && make test\n", b"FROM a\nRUNN make\n"),
        ("n.ipynb", b'{"cells": []}\n', b'{"cells": [}\n'),
        ("p.svg", b"<svg><g/></svg>\n", b"<svg><g></svg>\n"),
        ("a.c", b"int f(void) { return 1; }\n", b"int f(void) { return 1;\n"),
        ("a.cpp", b"int f() { return 1; }\n", b"int f() { return 1;\n"),
        ("a.h", b"struct A { int x; };\n", b"struct A { int x; ;\n"),
    ],
)
def test_every_parser_tells_sound_from_broken(
    bench: Bench, path: str, sound: bytes, broken: bytes
) -> None:
    assert change(bench, path, sound).criteria.syntax_correct is True
    report = change(bench, path, broken)
    assert findings_of(report, "syntax.parse-error")[0].file == path
    assert report.criteria.syntax_correct is False


@pytest.mark.parametrize(
    ("path", "sound", "broken"),
    [
        ("app.js", b"const f = () => { return 1; };\n", b"const f = () => { return 1; ;\n"),
        ("app.ts", b"const n: number = 1;\n", b"const n: number = ;\n"),
        ("app.tsx", b"const x = <p>hi</p>;\n", b"const x = <p>hi</q;\n"),
        ("main.go", b"package main\n\nfunc main() {}\n", b"package main\n\nfunc main() {\n"),
        ("lib.rs", b"fn main() { let x = 1; }\n", b"fn main() { let x = ; }\n"),
        ("A.java", b"class A { int x = 1; }\n", b"class A { int x = ; }\n"),
    ],
)
def test_a_grammar_alone_is_believed_where_it_reads_and_suspects_where_it_does_not(
    bench: Bench, path: str, sound: bytes, broken: bytes
) -> None:
    assert change(bench, path, sound).criteria.syntax_correct is True
    report = change(bench, path, broken)
    assert findings_of(report, "syntax.suspect")[0].file == path
    assert not findings_of(report, "syntax.parse-error")
    assert report.criteria.syntax_correct is None


@pytest.mark.parametrize(
    "source",
    [
        b"x = " + b"(" * 5_000 + b")" * 5_000,
        b"x = " + b"-" * 100_000 + b"1",
        b"x = a" + b".b" * 100_000,
        b"if x:\n    pass\n" + b"elif y:\n    pass\n" * 3_000,
        b"x = 1\0\n",
        b"# -*- coding: nonsense -*-\n",
        b"\xff\xfe\n",
    ],
    ids=["nested", "unary", "attributes", "elif", "null", "coding", "bytes"],
)
def test_hostile_python_is_an_error_or_unjudged_but_never_a_crash(
    bench: Bench, source: bytes
) -> None:
    report = change(bench, "hostile.py", source)
    assert report.criteria.syntax_correct in (False, None, True)
    assert "patch.unchecked" not in rules_of(report)


def test_huge_python_is_unjudged_with_the_reason(bench: Bench) -> None:
    report = change(bench, "huge.py", b"x = '" + b"a" * MAX_PYTHON_BYTES + b"'\n")
    assert report.criteria.syntax_correct is None
    assert "too large to parse" in str(report.measures["syntax.unjudged"])


def test_hostile_braces_do_not_hang_the_grammars() -> None:
    for language in ("cuda", "javascript", "json", "rust"):
        assert not CodeSource(b"{([" * 20_000, language).reading.is_sound


# -- fragments -----------------------------------------------------------------------------------


def test_without_a_repository_hunks_are_looked_at(bench: Bench) -> None:
    broken = FAST_CONFIG.replace(b"return queue[:batch_limit]", b"return queue[:batch_limit")
    report = change(bench, "engine/config.py", broken, with_repository=False)
    (finding,) = findings_of(report, "syntax.suspect")
    assert "fragment" in finding.message
    assert not finding.certain
    assert report.criteria.syntax_correct is None


def test_sound_hunks_are_no_finding_without_a_repository(bench: Bench) -> None:
    other = FAST_CONFIG.replace(b"batch_limit", b"most")
    report = change(bench, "engine/config.py", other, with_repository=False)
    assert not rules_of(report, "syntax.")
    assert report.criteria.syntax_correct is None
    assert report.measures["applies"] is None


def test_a_brace_dropped_in_cuda_without_a_repository(bench: Bench) -> None:
    broken = FAST_KERNEL.replace(b"if (i + 1 < n) {", b"if (i + 1 < n)")
    report = change(bench, "csrc/scale.cu", broken, with_repository=False)
    assert findings_of(report, "syntax.suspect")[0].file == "csrc/scale.cu"


# -- names ---------------------------------------------------------------------------------------


def test_a_new_undefined_name_is_found_at_its_line(bench: Bench) -> None:
    data = FAST_CONFIG.replace(b"queue[:batch_limit]", b"queue[:batch_limti]")
    (finding,) = findings_of(change(bench, "engine/config.py", data), "names.undefined")
    assert "batch_limti" in finding.message
    assert finding.line == 1 + data.split(b"\n").index(b"        return queue[:batch_limti]")


def test_an_import_taken_away_leaves_names_undefined(bench: Bench) -> None:
    data = FAST_CONFIG.replace(b"import os\n", b"")
    (finding,) = findings_of(change(bench, "engine/config.py", data), "names.undefined")
    assert "'os'" in finding.message


@pytest.mark.parametrize(
    "code",
    [
        b"from os.path import *\nA = join('a', 'b')\n",
        b"def f(x: 'Unknown') -> None:\n    return None\n",
        b"from __future__ import annotations\ndef f(x: Unknown) -> None:\n    return None\n",
        b"from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from a import B\n"
        b"def f(x: 'B') -> 'B':\n    return x\n",
        b"import os\n__all__ = ['os']\n",
        b"try:\n    unicode\nexcept NameError:\n    unicode = str\n",
    ],
)
def test_names_that_do_no_harm(bench: Bench, code: bytes) -> None:
    assert not rules_of(change(bench, "engine/new.py", code), "names.")


def test_duplicate_arguments_and_inner_functions_that_nobody_uses(bench: Bench) -> None:
    data = FAST_CONFIG.replace(
        b"        batch_limit = self.limit\n",
        b"        def helper(x, y):\n            return x\n\n"
        b"        def used(x):\n            return x\n\n"
        b"        batch_limit = used(self.limit)\n",
    )
    report = change(bench, "engine/config.py", data)
    (finding,) = findings_of(report, "names.unused-function")
    assert finding.message.startswith("helper ")
    twice = change(bench, "engine/config.py", data.replace(b"(x, y)", b"(x, x)"))
    assert "names.duplicate-argument" in rules_of(twice)


# -- coverage ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"        # A slice stops at the limit.\n", b""),
        (b'"""Chooses what runs next."""', b'"""Chooses."""'),
        (b"return queue[:batch_limit]", b"return queue[\n            :batch_limit\n        ]"),
        (b"import os\n", b"\n\nimport os  # the environment\n"),
        (b"os.environ.get(name)", b"(os.environ.get( name ))"),
    ],
)
def test_formatting_comments_and_docstrings_leave_the_tree_equal(
    bench: Bench, old: bytes, new: bytes
) -> None:
    report = change(bench, "engine/config.py", FAST_CONFIG.replace(old, new))
    assert "coverage.equal-tree" in rules_of(report)
    criteria = report.criteria
    assert criteria.syntax_correct is criteria.files_match is True
    assert criteria.optimization_logic_match is criteria.is_complete is True
    assert criteria.is_template_code is False


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("engine/config.py", FAST_CONFIG.replace(b"[:batch_limit]", b"[batch_limit:]")),
        ("engine/config.py", FAST_CONFIG.replace(b"LIMIT = 8", b"LIMIT = 9")),
        ("engine/config.py", FAST_CONFIG.replace(b"value is None", b"value is not None")),
        (
            "engine/config.py",
            FAST_CONFIG.replace(b"def schedule", b"@staticmethod\n    def schedule"),
        ),
        ("csrc/scale.cu", FAST_KERNEL.replace(b"i + 1", b"i + 2")),
        ("csrc/scale.cu", FAST_KERNEL.replace(b"i + 1", b"i - 1")),
    ],
)
def test_an_operator_or_a_constant_makes_a_difference(bench: Bench, path: str, data: bytes) -> None:
    report = change(bench, path, data)
    assert report.measures["coverage.equal_tree"] is False
    assert report.criteria.optimization_logic_match is None


def test_comments_and_line_breaks_leave_a_kernel_equal(bench: Bench) -> None:
    data = FAST_KERNEL.replace(
        b"    if (i + 1 < n) {", b"    /* all lanes */\n    if (i + 1\n < n) {"
    )
    assert "coverage.equal-tree" in rules_of(change(bench, "csrc/scale.cu", data))


def test_the_humans_own_diff_is_equal_even_without_a_repository(bench: Bench) -> None:
    report = bench.check(HUMAN, with_repository=False)
    assert report.criteria.optimization_logic_match is True
    other = bench.check({**HUMAN, "csrc/scale.cu": KERNEL + b"\n"}, with_repository=False)
    assert other.criteria.optimization_logic_match is None


def test_shares_of_the_humans_change(bench: Bench) -> None:
    half = bench.check({**BASE, "engine/config.py": FAST_CONFIG})
    assert half.measures["coverage.regions"] == 0.5
    assert half.measures["coverage.functions"] == 1.0
    assert half.measures["coverage.identifiers"] == 1.0
    away = bench.check({**BASE, "engine/config.py": CONFIG.replace(b"LIMIT = 8", b"LIMIT = 9")})
    assert away.measures["coverage.regions"] == 0
    assert "coverage.elsewhere" in rules_of(away)


@pytest.mark.parametrize(
    "data",
    [
        CONFIG.replace(b"LIMIT = 8\n", b"# The limit.\nLIMIT = 8  # at most\n"),
        CONFIG.replace(b'"""Chooses what runs next."""', b'"""Chooses."""'),
        CONFIG.replace(b"\n\nclass", b"\n\n\n\nclass"),
    ],
)
@pytest.mark.parametrize("with_repository", [True, False])
def test_comments_only(bench: Bench, data: bytes, with_repository: bool) -> None:
    report = bench.check({**BASE, "engine/config.py": data}, with_repository=with_repository)
    (finding,) = findings_of(report, "patch.comments-only")
    assert finding.certain is with_repository
    code = CONFIG.replace(b"LIMIT = 8", b"LIMIT = 9  # more")
    real = bench.check({**BASE, "engine/config.py": code}, with_repository=with_repository)
    assert "patch.comments-only" not in rules_of(real)


def test_python_sources_compare_by_code() -> None:
    one = PythonSource(
        b"class A:\n    '''Doc.'''\n    def f(self):\n        '''Doc.'''\n        return 1\n"
    )
    other = PythonSource(b"class A:\n\n    def f(self):\n        return (1)\n")
    assert one.same_code(other) is True
    assert one.same_code(PythonSource(b"class A:\n    def f(self):\n        return 2\n")) is False
    assert one.same_code(PythonSource(one.data + b"(\n")) is None
    assert one.same_code(PythonSource(b"class A(\n")) is False, "f stands nowhere"


def test_a_name_that_a_later_function_sets_after_global_is_defined(bench: Bench) -> None:
    after = CONFIG + (
        b"\n\ndef client_name():\n    return client.name\n"
        b"\n\ndef connect():\n    global client\n    client = Scheduler(1)\n"
    )
    assert not rules_of(bench.check({**BASE, "engine/config.py": after}), "names.")


def test_a_name_that_the_humans_version_leaves_undefined_too_is_no_finding(bench: Bench) -> None:
    after = {**BASE, "engine/config.py": CONFIG + b"\n\nprint(injected)\n"}
    assert rules_of(bench.check(after), "names.") == {"names.undefined"}
    assert not rules_of(bench.check(after, human=bench.human(after)), "names.")
