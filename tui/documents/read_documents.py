"""Reads from disk what one tab shows of one attempt, as a document."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial

from core.errors import InputError
from core.models import Attempt, HumanCommit, PatchState, Side
from core.patch.align import Cancelled, align
from core.patch.parse import Patch, parse_patch
from core.patch.parse.foreign import foreign_form
from core.patch.parse.repair import parse_reference
from core.session import Session
from core.sources import TextSource
from core.text import one_line
from tui.documents.commit_text import NOTHING_AROUND, Around, around_human_patch
from tui.documents.compare_document import CompareDocument
from tui.documents.document import Document
from tui.documents.layout import View
from tui.documents.marks import Mark
from tui.documents.patch_colours import BaseText, PatchColours
from tui.documents.patch_document import PatchDocument
from tui.documents.text_document import TextDocument, read_texts

AT_ONCE = 3_000
"""Patches with more lines are shown as plain text until they are parsed and aligned."""

MOST_LINES = 2_000_000
"""Patches with more lines are not aligned at all; the text is shown with a note."""

_NO_PATCH = {
    PatchState.EMPTY: "The patch is empty.",
    PatchState.MISSING: "There is no patch.",
    PatchState.UNREADABLE: "The patch cannot be read (see the load problems).",
}

_SEALED_LOGS = (
    "Sealed until you have decided on this attempt:",
    "journal and logs contain what the pipeline and the agent claim about it.",
)


def read_documents(
    tab: str,
    attempt: Attempt,
    commit: HumanCommit,
    marks: Sequence[Mark],
    view: View,
    session: Session,
    cancelled: Callable[[], bool],
) -> Iterator[Document]:
    """Read what a tab shows: something at once, then what takes longer to prepare.

    Raises `PatchjuryError` if a text is gone or unreadable, or something the tab needs is missing.
    """
    has_base = session.triage.run_set.repository is not None
    base_text = partial(session.base_text, attempt) if has_base else None
    if tab == "prompt":
        yield read_texts(attempt.prompts, "No prompt was recorded.", cancelled)
    elif tab == "rubric":
        from core.judge import rubrics
        from tui.documents.rubric_document import rubric_document  # here: another tab comes first

        stored = session.triage.store.rubrics(attempt.reference_sha)
        yield rubric_document(rubrics.current_rubric(stored), stored)
    elif tab == "logs" and session.triage.view.is_sealed(attempt.key):
        yield TextDocument(_SEALED_LOGS)
    elif tab == "logs":
        from tui.documents.read_logs import read_logs  # likewise

        yield from read_logs(attempt.logs, "No logs were recorded.", cancelled)
    elif tab == "human":
        read = _reader(session, commit.parent or attempt.base, parse_reference)
        around = around_human_patch(commit)
        nothing = _no_human(commit)
        yield from _patch_documents(commit.diff, Side.HUMAN, nothing, base_text, read, around)
    elif tab == "attempt":
        nothing = _NO_PATCH.get(attempt.patch.state, "")
        read = _reader(session, attempt.base, parse_patch)
        yield from _patch_documents(_source(attempt), Side.ATTEMPT, nothing, base_text, read)
    elif tab == "result":
        patch = session.result(attempt, commit)
        same = ["Both patches result in the same files."] if not patch.files else []
        notes = [*same, "from the human's result (-) to the attempt's (+)"]
        yield PatchDocument(patch, Side.ATTEMPT, notes)
    else:
        yield from _compare_documents(attempt, commit, marks, view, session, base_text, cancelled)


Reader = Callable[[str], Patch]


def _reader(session: Session, base: str | None, parse: Reader) -> Reader:
    """Parses a patch and counts its lines where git puts them."""
    return lambda text: session.on_base(parse(text), base, in_one=False)


def _source(attempt: Attempt) -> TextSource | None:
    return attempt.patch.source if attempt.patch.has_text else None


def _patch_documents(
    source: TextSource | None,
    side: Side,
    nothing: str,
    base_text: BaseText | None,
    read: Reader,
    around: Around = NOTHING_AROUND,
) -> Iterator[Document]:
    above, below = around
    if source is None:
        yield TextDocument([*above, nothing, *below])
        return
    text = source.read()
    if text.count("\n") > AT_ONCE:
        yield PatchDocument(_unparsed(text), side, above=above)
    yield PatchDocument(read(text), side, base_text=base_text, above=above, below=below)


def _plain(text: str, side: Side, *notes: str) -> PatchDocument:
    return PatchDocument(_unparsed(text), side, notes)


def _unparsed(text: str) -> Patch:
    return Patch(tuple(text.split("\n")), (), ())


def _compare_documents(
    attempt: Attempt,
    commit: HumanCommit,
    marks: Sequence[Mark],
    view: View,
    session: Session,
    base_text: BaseText | None,
    cancelled: Callable[[], bool],
) -> Iterator[Document]:
    source = _source(attempt)
    text = source.read() if source is not None else ""
    lines = text.count("\n")
    if lines > MOST_LINES:
        yield _plain(text, Side.ATTEMPT, f"not aligned: too many lines ({lines})")
        return
    if lines > AT_ONCE:
        yield _plain(text, Side.ATTEMPT, "showing the attempt alone until it is aligned …")
    human = parse_patch("")
    if commit.diff is not None:
        human = session.on_base(_parsed(commit.diff), commit.parent or attempt.base)
    generated = session.on_base(parse_patch(text), attempt.base)
    try:
        alignment = align(human, generated, cancelled)
    except Cancelled:
        return
    notes = [] if commit.diff is not None else [_no_human(commit)]
    if source is None:
        notes.append(_NO_PATCH.get(attempt.patch.state, ""))
    elif text.strip() and not generated.files:
        form = foreign_form(generated)
        called = f" It is {form}." if form else ""
        notes.append(
            f"The attempt's patch contains no readable change to a file: A shows its text.{called}"
        )
    if attempt.patch.state is PatchState.CUT:
        notes.append("The patch was cut when recorded: what seems missing may only be cut off.")
    notes += [f"attempt patch, line {p.line}: {one_line(p.reason)}" for p in generated.problems]
    colours = (PatchColours(human, base_text), PatchColours(generated, base_text))
    yield CompareDocument(alignment, colours, marks, view, notes)


def read_beside(
    left: Attempt,
    right: Attempt,
    sides: tuple[str, str],
    view: View,
    session: Session,
    cancelled: Callable[[], bool],
) -> Iterator[Document]:
    """Read the patches of two attempts, aligned on the base of the right one.

    Raises `PatchjuryError` if one is gone or unreadable.
    """
    patches = []
    notes = []
    for name, attempt in zip(sides, (left, right), strict=True):
        source = _source(attempt)
        text = source.read() if source is not None else ""
        if text.count("\n") > MOST_LINES:
            raise InputError(f"the patch of {name} has too many lines to align")
        if nothing := _NO_PATCH.get(attempt.patch.state):
            notes.append(f"{name}: {nothing}")
        patches.append(session.on_base(parse_patch(text), attempt.base))
    if left.base != right.base:
        notes.append("They were made on different commits: lines are matched by number.")
    try:
        alignment = align(patches[0], patches[1], cancelled)
    except Cancelled:
        return
    colours = (PatchColours(patches[0], None), PatchColours(patches[1], None))
    yield CompareDocument(alignment, colours, (), view, notes, sides)


@lru_cache(maxsize=4)
def _parsed(source: TextSource) -> Patch:
    """A human patch, which several consecutive attempts are compared with."""
    return parse_reference(source.read())


def _no_human(commit: HumanCommit) -> str:
    return f"The human commit {one_line(commit.sha, 40)} was not found, so there is no reference."
