"""`core.git.repository` reads every form of repository, and neither runs nor changes anything."""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.context import ForkProcess, SpawnProcess
from multiprocessing.queues import SimpleQueue
from pathlib import Path
from typing import NamedTuple

import pytest

from core.errors import RepositoryError
from core.git.repository import EMPTY_TREE, GitDiffText, Repository
from tests.core.git.reading_child import first_line

BY = {
    f"GIT_{role}_{what}": told
    for role in ("AUTHOR", "COMMITTER")
    for what, told in (
        ("DATE", "1700000000 +0530"),
        ("NAME", "A Tester"),
        ("EMAIL", "tester@example.org"),
    )
} | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


def git(where: Path, *arguments: str, data: bytes = b"") -> str:
    """Run git; its output without the last line feed."""
    done = subprocess.run(
        ["git", *arguments],
        cwd=where,
        input=data,
        capture_output=True,
        env=os.environ | BY,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode("utf-8", "surrogateescape").removesuffix("\n")


class Made(NamedTuple):
    """A work tree that is copied for each test, and its commits."""

    tree: Path
    shas: list[str]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Three commits: files of every kind, an edit with a rename, an empty one."""
    tree = tmp_path_factory.mktemp("made") / "engine"
    tree.mkdir()
    git(tree, "init", "-q", "--template=")
    for name in ("hooks", "info"):
        (tree / ".git" / name).mkdir()
    (tree / "src/deep").mkdir(parents=True)
    (tree / "src/deep/kernel.py").write_text("".join(f"line {n}\n" for n in range(40)), "utf-8")
    (tree / "src/run.sh").write_text("#!/bin/sh\n", "utf-8")
    (tree / "src/run.sh").chmod(0o755)
    (tree / "link").symlink_to("src/run.sh")
    (tree / "caf\u00e9 \udcff\n.txt").write_bytes(b"\x00\xff")
    git(tree, "add", ".")
    git(tree, "update-index", "--add", "--cacheinfo", f"160000,{'7' * 40},sub")
    git(tree, "commit", "-qm", "First\nof all\n\nBody.")
    git(tree, "mv", "src/deep/kernel.py", "src/kernel.py")
    with (tree / "src/kernel.py").open("a", encoding="utf-8") as file:
        file.write("more\n")
    git(tree, "commit", "-qam", "Move and append")
    git(tree, "-c", "i18n.commitEncoding=latin-1", "commit", "-q", "--allow-empty", "-F", "-",
        data=b"Caf\xe9\n")  # fmt: skip
    return Made(tree, git(tree, "rev-list", "--reverse", "HEAD").split())


@pytest.fixture
def tree(made: Made, tmp_path: Path) -> Path:
    """A work tree of one's own."""
    return Path(shutil.copytree(made.tree, tmp_path / "engine", symlinks=True))


@pytest.fixture
def shas(made: Made) -> list[str]:
    return made.shas


PLACES = ("work tree", "bare", "linked work tree", "bundle", "alternates")


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest, tree: Path, tmp_path: Path) -> Path:
    """The same history in each form in which it can be given."""
    place = tmp_path / 'other "place"\\n'
    match request.param:
        case "work tree":
            return tree
        case "bare":
            git(tmp_path, "clone", "-q", "--bare", str(tree), str(place))
        case "linked work tree":
            git(tree, "worktree", "add", "-q", "--detach", str(place), "HEAD~1")
        case "bundle":
            git(tree, "bundle", "create", "-q", str(place), "--all")
        case "alternates":
            git(tmp_path, "clone", "-q", "--shared", str(tree), str(place))
    return place


def test_every_form_of_repository_gives_the_same(place: Path, shas: list[str]) -> None:
    with Repository.open(place) as repository:
        first, second = repository.commit(shas[0]), repository.commit(shas[1])
        assert (first.parent, first.subject) == (None, "First of all")
        assert first.message == "First\nof all\n\nBody.\n"
        assert first.date == datetime.fromtimestamp(1700000000, UTC)
        assert second.parent == first.sha
        assert repository.read_file(first.sha, "src/run.sh") == b"#!/bin/sh\n"
        assert "rename to src/kernel.py" in repository.diff(first.sha, second.sha)


def test_files_and_modes_of_a_commit(tree: Path, shas: list[str]) -> None:
    with Repository.open(tree) as repository:
        found = {
            path: (repository.mode(shas[0], path), repository.read_file(shas[0], path))
            for path in ("src/run.sh", "caf\u00e9 \udcff\n.txt", "link", "sub", "src")
        }
        assert found == {
            "src/run.sh": ("100755", b"#!/bin/sh\n"),
            "caf\u00e9 \udcff\n.txt": ("100644", b"\x00\xff"),
            "link": ("120000", None),
            "sub": ("160000", None),
            "src": (None, None),
        }
        link = repository.base_file(shas[0], "link")
        submodule = repository.base_file(shas[0], "sub")
        assert link and link.content == b"src/run.sh"
        assert submodule and submodule.content == f"Subproject commit {'7' * 40}\n".encode()
        for path in ("", "/", "src/", "/src/run.sh", "../engine/src/run.sh", "src/../link", "nope",
                     "link/x", "src/run.sh/x", "src/kernel.py", "SRC/run.sh"):  # fmt: skip
            assert repository.read_file(shas[0], path) is None
            assert repository.mode(shas[0], path) is None
        assert repository.read_file(shas[1], "src/kernel.py") is not None


def test_commits_are_found_by_the_beginning_of_their_id(tree: Path, shas: list[str]) -> None:
    blob = git(tree, "rev-parse", "HEAD:link")
    git(tree, "tag", "-am", "x", "v1", shas[0])
    git(tree, "branch", "feedface", shas[0])
    tag = git(tree, "rev-parse", "v1")
    with Repository.open(tree) as repository:
        assert repository.resolve(shas[1][:8]) == shas[1]
        assert repository.resolve(shas[1].upper()) == shas[1]
        assert repository.resolve(tag) == shas[0]
        assert repository.commit(shas[1][:10]).sha == shas[1]
        for name in ("HEAD", "main", "feedface", "abc", "", shas[0] + "0", "-p", "f" * 40, blob,
                     shas[0] + "\n", f"{shas[0]}^", f"{shas[0]}\n{shas[1]}"):  # fmt: skip
            with pytest.raises(RepositoryError):
                repository.resolve(name)
        assert repository.resolve(shas[2]) == shas[2]


def test_an_ambiguous_beginning_is_an_error(tree: Path) -> None:
    commits = b"".join(
        b"commit refs/heads/many\ncommitter A <a@b> %d +0000\ndata 0\n" % n for n in range(700)
    )
    git(tree, "fast-import", "--quiet", data=commits)
    beginnings = [sha[:4] for sha in git(tree, "rev-list", "many").split()]
    twice = next(b for b in beginnings if beginnings.count(b) > 1)
    with Repository.open(tree) as repository:
        with pytest.raises(RepositoryError, match="several"):
            repository.resolve(twice)
        many = git(tree, "rev-parse", "many")
        assert repository.resolve(many[:12]) == many


def test_messages_in_other_encodings(tree: Path, shas: list[str]) -> None:
    with Repository.open(tree) as repository:
        assert repository.commit(shas[2]).subject == "Caf\u00e9"


def test_diffs_are_those_of_an_unconfigured_git(tree: Path, shas: list[str]) -> None:
    plain = git(tree, "diff", shas[0], shas[1]) + "\n"
    settings = ("diff.noprefix=true", "diff.renames=false", "color.ui=always", "diff.context=9",
                "diff.algorithm=histogram", "diff.orderFile=/dev/null", "core.quotePath=false",
                "diff.suppressBlankEmpty=true")  # fmt: skip
    _configure(tree, [(name, value) for name, _, value in (one.partition("=") for one in settings)])
    with Repository.open(tree) as repository:
        assert repository.diff(shas[0], shas[1]) == plain
        assert repository.diff(shas[1], shas[2]) == ""
        root = repository.diff(EMPTY_TREE, shas[0])
        assert root.count("diff --git ") == 5
        assert 'b/caf\\303\\251 \\377\\n.txt"' in root
    assert GitDiffText(str(tree), shas[0], shas[1]).read() == plain


def _everything(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Each file below a folder with its time and content."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())
    return {str(path): (path.stat().st_mtime_ns, path.read_bytes()) for path in files}


def _read_all(place: Path, shas: list[str]) -> None:
    with Repository.open(place) as repository:
        commit = repository.commit(repository.resolve(shas[1][:9]))
        assert commit.parent == shas[0]
        assert "rename to" in repository.diff(shas[0], shas[1])
        assert repository.read_file(shas[0], "src/run.sh") == b"#!/bin/sh\n"
        with pytest.raises(RepositoryError):
            repository.resolve("f" * 40)


@pytest.fixture
def trap(tmp_path: Path) -> Iterator[Path]:
    """A script that leaves a mark when anything runs it; none may be there in the end."""
    mark, script = tmp_path / "mark", tmp_path / "trap"
    script.write_text(f"#!/bin/sh\necho \"$0 $*\" >> '{mark}'\ncat\n", "utf-8")
    script.chmod(0o755)
    yield script
    assert not mark.exists(), mark.read_text("utf-8")


def _configure(tree: Path, settings: Sequence[tuple[str, str]]) -> None:
    """As `git config` does, which is a process for each of dozens of settings."""
    path = tree / ".git/config"
    with path.open("a", encoding="utf-8") as file:
        for name, value in settings:
            section, _, rest = name.partition(".")
            of, _, key = rest.rpartition(".")
            head = f'{section} "{of}"' if of else section
            file.write(f"[{head}]\n\t{key} = {value}\n")
    read = git(tree, "config", "--file", str(path), "--list", "-z").lower()
    assert all(f"{name}\n{value}\0".lower() in f"{read}\0" for name, value in settings)


def test_nothing_that_a_repository_brings_is_run(
    tree: Path, shas: list[str], trap: Path, tmp_path: Path
) -> None:
    included = tmp_path / "included"
    included.write_text(f"[diff]\n\texternal = {trap}\n", "utf-8")
    names = ("core.fsmonitor", "core.sshCommand", "core.gitProxy", "core.pager", "core.editor",
             "core.askPass", "core.alternateRefsCommand", "diff.external", "diff.x.command",
             "diff.x.textconv", "filter.x.smudge", "filter.x.clean", "filter.x.process",
             "uploadpack.packObjectsHook", "credential.helper", "gpg.program", "pager.cat-file",
             "alias.cat-file", "alias.diff-tree", "alias.x", "sequence.editor",
             "remote.origin.uploadpack", "interactive.diffFilter", "pager.diff-tree",
             "trace2.normalTarget", "core.worktree")  # fmt: skip
    others = (
        ("core.hooksPath", str(tmp_path / "hooks")),
        ("core.attributesFile", str(tmp_path / "attributes")),
        ("include.path", str(included)),
        ("includeIf.gitdir:/.path", str(included)),
        ("extensions.partialClone", "origin"),
        ("remote.origin.promisor", "true"),
        ("remote.origin.url", f"ext::{trap}"),
        ("protocol.allow", "always"),
        ("protocol.ext.allow", "always"),
        ("core.repositoryFormatVersion", "1"),
    )
    _configure(tree, [*((name, str(trap)) for name in names), *others])
    (tmp_path / "attributes").write_text("* diff=x filter=x\n", "utf-8")
    (tree / ".gitattributes").write_text("* diff=x filter=x\n", "utf-8")
    (tree / ".git/info/attributes").write_text("* diff=x filter=x\n", "utf-8")
    (tmp_path / "hooks").mkdir()
    for folder in (tree / ".git/hooks", tmp_path / "hooks"):
        for hook in ("post-index-change", "post-checkout", "reference-transaction", "fsmonitor"):
            (folder / hook).unlink(missing_ok=True)
            (folder / hook).symlink_to(trap)
    before = _everything(tree)
    _read_all(tree, shas)
    assert _everything(tree) == before


def test_the_callers_git_variables_have_no_say(
    tree: Path, shas: list[str], trap: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DIR", "WORK_TREE", "COMMON_DIR", "OBJECT_DIRECTORY", "INDEX_FILE", "NAMESPACE",
                 "ALTERNATE_OBJECT_DIRECTORIES", "CONFIG_GLOBAL", "CONFIG_SYSTEM", "SHALLOW_FILE",
                 "GRAFT_FILE", "CEILING_DIRECTORIES", "EXTERNAL_DIFF", "SSH_COMMAND", "PAGER",
                 "ASKPASS", "EDITOR", "DIFF_OPTS", "ATTR_SOURCE", "EXEC_PATH", "TRACE",
                 "DEFAULT_HASH"):  # fmt: skip
        monkeypatch.setenv(f"GIT_{name}", str(trap))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "diff.external")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", str(trap))
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", f"'diff.external={trap}'")
    monkeypatch.chdir(tmp_path)
    _read_all(tree, shas)


def test_replacements_and_grafts_are_not_followed(tree: Path, shas: list[str]) -> None:
    git(tree, "replace", shas[1], shas[2])
    (tree / ".git/info/grafts").write_text(f"{shas[1]} {shas[2]}\n", "utf-8")
    _read_all(tree, shas)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can give files away")
def test_a_repository_of_another_user_is_read(tree: Path, shas: list[str]) -> None:
    for path in (tree, *tree.rglob("*")):
        os.chown(path, 12345, 12345, follow_symlinks=False)
    _read_all(tree, shas)


def test_a_partial_clone_is_not_completed(
    tree: Path, shas: list[str], trap: Path, tmp_path: Path
) -> None:
    blob = git(tree, "rev-parse", f"{shas[0]}:src/run.sh")
    loose = tree / ".git/objects" / blob[:2] / blob[2:]
    loose.unlink()
    settings = (
        ("core.repositoryFormatVersion", "1"),
        ("extensions.partialClone", "origin"),
        ("remote.origin.promisor", "true"),
        ("remote.origin.url", f"ext::{trap}"),
        ("protocol.ext.allow", "always"),
    )
    _configure(tree, settings)
    with Repository.open(tree) as repository:
        with pytest.raises(RepositoryError, match="contains no blob"):
            repository.read_file(shas[0], "src/run.sh")
        assert repository.mode(shas[0], "src/run.sh") == "100755"
        assert repository.read_file(shas[0], "src/deep/kernel.py") is not None


def test_a_damaged_object_is_an_error_and_the_rest_is_read(tree: Path, shas: list[str]) -> None:
    blob = git(tree, "rev-parse", f"{shas[0]}:src/run.sh")
    loose = tree / ".git/objects" / blob[:2] / blob[2:]
    loose.chmod(0o644)
    loose.write_bytes(loose.read_bytes()[:10])
    with Repository.open(tree) as repository:
        with pytest.raises(RepositoryError):
            repository.read_file(shas[0], "src/run.sh")
        assert repository.read_file(shas[0], "src/deep/kernel.py") is not None


def test_what_is_no_repository_is_said(tree: Path, shas: list[str], tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    (plain / ".git").mkdir(parents=True)
    text = tmp_path / "text"
    text.write_text("# v2 git bundle\nnot really", "utf-8")
    needy = tmp_path / "needy.bundle"
    git(tree, "bundle", "create", "-q", str(needy), f"{shas[0]}..HEAD")
    loop = tmp_path / "loop"
    loop.mkdir()
    (loop / ".git").write_text("gitdir: .git\n", "utf-8")
    missing = (plain, text, needy, loop, tree / "link", tmp_path / "absent", Path(os.devnull))
    for path in missing:
        with pytest.raises(RepositoryError) as raised:
            Repository.open(path)
        assert str(path) in raised.value.title


def test_closing_leaves_nothing_behind(
    tree: Path, shas: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    bundle = tmp_path / "engine.bundle"
    git(tree, "bundle", "create", "-q", str(bundle), "--all")
    for place in (tree, bundle):
        repository = Repository.open(place)
        assert repository.commit(shas[0]).parent is None
        assert len(list(temporary.iterdir())) == 1
        repository.close()
        repository.close()
        assert list(temporary.iterdir()) == []
    dropped = Repository.open(tree)
    del dropped
    with pytest.raises(RepositoryError):
        Repository.open(temporary)
    assert list(temporary.iterdir()) == []


def test_threads_share_a_repository(place: Path, shas: list[str]) -> None:
    with Repository.open(place) as repository, ThreadPoolExecutor(8) as pool:
        paths = ["src/run.sh", "src/deep/kernel.py", "nope"] * 40
        read = list(pool.map(lambda path: repository.read_file(shas[0], path), paths))
    kernel = "".join(f"line {n}\n" for n in range(40)).encode()
    assert read == [b"#!/bin/sh\n", kernel, None] * 40


@pytest.mark.parametrize(
    ("place", "start"),
    [*((name, ForkProcess) for name in PLACES), ("bundle", SpawnProcess)],
    indirect=["place"],
)
def test_other_processes_read_on_their_own(
    place: Path, shas: list[str], start: type[ForkProcess] | type[SpawnProcess]
) -> None:
    with Repository.open(place) as repository:
        repository.resolve(shas[0])  # git runs before the fork
        answers: SimpleQueue[object] = get_context("spawn").SimpleQueue()
        process = start(target=first_line, args=(repository, shas[0], answers))
        process.start()
        process.join()
        assert process.exitcode == 0
        assert answers.get() == b"#!/bin/sh\n"
        assert repository.read_file(shas[0], "src/run.sh") == b"#!/bin/sh\n"
        with pickle.loads(pickle.dumps(repository)) as copy:
            assert copy.resolve(shas[1]) == shas[1]
            assert copy.read_file(shas[0], "src/run.sh") == b"#!/bin/sh\n"


def test_importing_the_module_imports_no_gitpython_and_no_git_is_said(tree: Path) -> None:
    code = (
        "import sys, core.git.repository as r; from pathlib import Path\n"
        "print('git' in sys.modules)\n"
        "try: r.Repository.open(Path(sys.argv[1]))\n"
        "except r.RepositoryError as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tree)],
        env={"PATH": "", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == (
        "False\ngit was not found. Install git, or name it in GIT_PYTHON_GIT_EXECUTABLE.\n"
    )
