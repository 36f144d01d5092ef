"""Opening a run set with its store, and writing the results: where every command starts."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import InputError, RepositoryError
from core.git.known_repositories import last_repository, remember_repository
from core.models import Attempt, FactCounts, HumanCommit, RunSet, SpeedLimits
from core.patch.parse import Patch, parse_patch
from core.patch.parse.joining import joined
from core.patch.parse.repair import parse_reference
from core.readers import Looks, Watcher, read_runs
from core.records import replace
from core.settings import Settings, load_settings
from core.sources import decode
from core.store import Store, StoreContents, StoreWatch
from core.store.location import StoreLocation, locate_store
from core.store.trust import answer_trust, found_source, unanswered, weigh_found
from core.triage import Triage

if TYPE_CHECKING:
    from core.assess.filters import AttemptFilter
    from core.export.export_document import Document, Narrowing
    from core.run_index.asked import Asked
    from core.stats.figures import Statistics
    from core.stats.patch_facts import PatchFact


@dataclass(slots=True, eq=False)
class Session:
    """An open run set: the triage of it, and where its store is."""

    triage: Triage
    location: StoreLocation
    settings: Settings = field(default_factory=Settings)
    reviewer_is_chosen: bool = True  # False: it is the account's name
    watch: StoreWatch | None = None  # None: nobody else is expected to write
    remembered: Asked | None = None  # what was read, if the result comes from an index
    foreign: dict[str, int] = field(default_factory=dict)  # others' opinions, by what wrote them

    def take_up(self, run_set: RunSet, contents: StoreContents, *, settled: bool = True) -> None:
        """Start with runs that were read, or with what was found so far; see `Triage.take_up`."""
        run_set = _with_settings(run_set, self.settings)
        self.foreign.update(contents.foreign)
        if found := weigh_found(run_set.judgements):
            run_set = replace(run_set, judgements=found)
            self.foreign[found_source(found)] = len(found)
        blind, apart = self.triage.view.blind, self.triage.view.keeps_apart
        self.triage.take_up(run_set, contents, settled=settled)
        self.triage.view.blind, self.triage.view.keeps_apart = blind, apart

    def read_store(self) -> StoreContents:
        """Read all that is stored, and from now on notice what others store."""
        store = self.triage.store
        contents = _derived(store.load())
        self.watch = store.watch()
        return contents

    def take_in_reports(self) -> None:
        """Add the stored facts that hold, for commands that do not check."""
        from core.checks import FAMILIES
        from core.checks.holding import count_all, join
        from core.checks.pipeline import stored_facts

        run_set, store = self.triage.run_set, self.triage.store
        try:
            facts = list(stored_facts(run_set, store, repository=run_set.repository))
        except RepositoryError:  # it was found beside the runs, or there is no git
            facts = list(stored_facts(run_set, store))
        for key, held in facts:
            if held.reports:
                self.triage.add_report(join(key, held.reports.values()))
        self.triage.stored_facts = count_all((held for _, held in facts), FAMILIES)

    def look(self) -> StoreContents | None:
        """What anybody stored since the last look; None if nothing.

        For a thread that may wait for the disk; `take_in_stored` adds it. Raises `StoreError`.
        """
        if self.watch is None or not self.triage.is_settled:
            return None
        contents = self.watch.changes()
        return None if contents is None else _derived(contents)

    @property
    def awaiting_trust(self) -> Mapping[str, int]:
        """The sources of others' opinions that nobody has ruled on yet."""
        return unanswered(self.foreign)

    def answer_trust(self, trusted: bool) -> StoreContents:
        """Remember whether others' opinions count; returns the stored records, reassessed.

        For a thread that may wait for the disk; `take_in_stored` adds them. Raises `StoreError` for
        a folder that needs an id for it and cannot be written.
        """
        store = self.triage.store
        if self.foreign.pop("", 0):
            store.make_id()
            self._count_foreign(store.load())
        answer_trust(self.foreign, trusted)
        return _derived(store.load())

    def take_in_stored(self, contents: StoreContents) -> set[str]:
        """Add what others stored, or what counts now; returns the attempts it is about."""
        triage = self.triage
        self._count_foreign(contents)
        changed = triage.take_in(contents)
        known = {judgement.id: judgement for judgement in triage.judgements()}
        stored = {one.id: one for held in contents.judgements.values() for one in held}
        found = {one.id: one for one in weigh_found(triage.run_set.judgements)}
        for judgement in (found | stored).values():
            if known.get(judgement.id) != judgement:
                changed |= triage.add_judgement(judgement)
        return changed

    def _count_foreign(self, contents: StoreContents) -> None:
        for source, number in contents.foreign.items():
            self.foreign[source] = max(number, self.foreign.get(source, 0))

    @property
    def fact_counts(self) -> FactCounts:
        """On how many attempts the facts hold, are partly stale, or are missing."""
        if self.triage.stored_facts is not None:
            return self.triage.stored_facts
        checked = sum(bool(report.inputs) for report in self.triage.view.reports)
        return FactCounts(hold=checked, none=len(self.triage.run_set.attempts) - checked)

    @property
    def offered_repository(self) -> Path | None:
        """The repository that these runs were opened with before, if none is open now."""
        run_set = self.triage.run_set
        return last_repository(run_set.root) if run_set.repository is None else None

    def statistics(self) -> Statistics:
        """Every figure, limited to what may be seen while blind; reads each patch once."""
        return counting(self)()

    def document(
        self,
        asked: AttemptFilter | None = None,
        *,
        listed: Narrowing | None = None,
        patches: bool = True,
    ) -> Document:
        """What an export says now: about all attempts, those that match a filter, or `listed`.

        `patches`: reports show patches and human diffs. Raises `ExportError` for an invalid time.
        """
        # Imported here and below because the screen opens without them.
        from core.export.export_document import Narrowing, build_document, portable
        from core.export.export_time import export_time
        from core.export.provenance import provenance
        from core.judge.books.judge_records import read_judge_records
        from core.stats.patch_facts import read_patch_facts
        from core.stats.reported_figures import count_reported
        from core.version import installed_version

        triage, run_set = self.triage, self.run_set
        # An export is the whole truth even if the screen is blind: its figures are compared.
        assessments = [triage.view.unsealed(attempt.key) for attempt in run_set.attempts]
        narrowing = listed or Narrowing(asked.text if asked else "", total=len(assessments))
        if listed is not None:
            assessments = [known for known in assessments if known.attempt.key in listed.keys]
        elif asked is not None and asked.text:
            assessments = asked.select(assessments, run_set.commits)
        if len(assessments) < len(run_set.attempts):
            run_set = replace(run_set, attempts=tuple(known.attempt for known in assessments))
        return build_document(
            run_set,
            assessments,
            triage.histories(),
            read_patch_facts(run_set.attempts),
            filter=narrowing,
            strays=triage.strays(),
            store=self.location.path,
            created=export_time(),
            version=installed_version(),
            records=read_judge_records(triage.store, triage.commit_shas, triage.judgements()),
            check_reports=self.fact_counts,
            analyses=triage.analyses.everything(),
            method=provenance(self.settings, lambda text: portable(text, run_set.root.resolve())),
            assignments=self.triage.view.all_assignments(),
            canary_bar=self.settings.judge.canary_bar,
            patches=patches,
            bases=triage.bases(),
            reported=count_reported(triage.reported),
        )

    def export(
        self,
        path: Path,
        asked: AttemptFilter | None = None,
        *,
        listed: Narrowing | None = None,
        name: str = "",
        overwrite: bool = False,
    ) -> int:
        """Write an export in the format `name`, else the ending's; returns how many attempts.

        Remembered runs are reread first. Raises `ExportError`; nothing new is left behind then.
        """
        from core.export import write_export

        if self.remembered is not None:
            from core.run_index.reading_along import confirm

            confirm(self.remembered, self.triage.run_set)
            self.remembered = None
        document = self.document(asked, listed=listed)
        return write_export(path, document, name, overwrite=overwrite)

    def base_text(self, attempt: Attempt, path: str) -> str | None:
        """A file's text at the commit that an attempt started from; None if unknown."""
        repository = self.triage.run_set.repository
        if repository is None or not attempt.base:
            return None
        from core.git.repository import opened

        try:
            data = opened(str(repository)).read_file(attempt.base, path)
        except RepositoryError:
            return None  # the load problems name what the repository lacks
        return None if data is None else decode(data)

    def on_base(self, patch: Patch, base: str | None, *, in_one: bool = True) -> Patch:
        """The patch with its hunks where git puts them on a commit's files, as far as known.

        `in_one`: the parts that change the same file are merged (see `core.patch.reading`).
        """
        repository = self.triage.run_set.repository
        if repository is None or not base:
            return joined(patch) if in_one else patch
        from core.git.repository import opened  # here: many runs come without a repository
        from core.patch.apply import apply_patch, placed
        from core.patch.reading import understood

        try:
            read = partial(opened(str(repository)).base_file, base)
        except RepositoryError:
            return joined(patch) if in_one else patch
        applied = apply_patch(patch, read)
        return understood(patch, applied, read) if in_one else placed(patch, applied)

    def result(self, attempt: Attempt, commit: HumanCommit) -> Patch:
        """What differs between the attempt's result and the human's, as a patch.

        Raises `PatchjuryError` that says what is missing for it.
        """
        repository = self.triage.run_set.repository
        if repository is None:
            raise InputError(
                "the files that the patches result in are unknown", "Name a repository with --repo."
            )
        if not attempt.base or commit.diff is None or attempt.patch.source is None:
            raise InputError("the base commit, the human patch or the attempt's patch is missing")
        from core.git.repository import opened
        from core.patch.result import result_patch

        read = opened(str(repository)).base_file
        return result_patch(
            parse_reference(commit.diff.read()),
            parse_patch(attempt.patch.source.read()),
            partial(read, commit.parent or attempt.base),
            partial(read, attempt.base),
        )

    @property
    def run_set(self) -> RunSet:
        """The run set with the store's load problems among its own."""
        return replace(self.triage.run_set, problems=self.triage.problems)


def counting(session: Session) -> Callable[..., Statistics]:
    """`Session.statistics` of what is known now, to be counted in a thread while it changes.

    The returned function may be given what `read_patch_facts` found about the attempts.
    """
    from core.judge.books.judge_records import read_judge_records
    from core.stats.figures import summarise
    from core.stats.patch_facts import read_patch_facts
    from core.stats.reported_figures import count_reported

    triage, run_set = session.triage, session.run_set
    assessments, facts, strays = triage.assessments(), session.fact_counts, triage.strays()
    assignments, reported = list(triage.view.all_assignments()), list(triage.reported)
    judgements, shas = triage.judgements(), triage.commit_shas
    histories = {key: tuple(history) for key, history in triage.histories().items()}
    if triage.view.blind:
        run_set = replace(run_set, claims=())
    if triage.view.blind or triage.view.keeps_apart:
        histories = {k: tuple(triage.history(k)) for k in histories if k not in strays}
    bar = session.settings.judge.canary_bar

    def count(patches: Mapping[str, PatchFact] | None = None) -> Statistics:
        return summarise(
            run_set,
            assessments,
            read_patch_facts(run_set.attempts) if patches is None else patches,
            read_judge_records(triage.store, shas, judgements),
            strays,
            facts,
            histories,
            bar,
            assignments,
            count_reported(reported),
        )

    return count


def open_session(
    root: Path,
    *,
    commits: Sequence[Path] = (),
    repository: Path | None = None,
    db: Path | None = None,
    reviewer: str = "",
    follow_links: bool = False,
    measurements: Sequence[Path] = (),
    watcher: Watcher | None = None,
    looks: Looks | None = None,
) -> Session:
    """Read runs and what is stored about them; `reviewer` is "" for the configured one.

    `looks` collects what patches are that are read in passing, for figures that are counted next.

    Raises `InputError` when there is nothing, `SettingsError` for invalid settings.
    """
    settings, helper = load_settings(root), None
    if watcher is None:  # the screen reads in another way
        from core.run_index.folder_helper import FolderHelper

        helper = partial(FolderHelper, looks=looks is not None)
    run_set = read_runs(
        root,
        commits=commits,
        repository=repository,
        follow_links=follow_links,
        measurements=measurements,
        watcher=watcher,
        looks=looks,
        start_other=helper,
    )
    if repository is not None:
        remember_repository(run_set.root, repository)
    session = begin_session(run_set.root, settings, db=db, reviewer=reviewer)
    session.take_up(run_set, session.read_store())
    return session


def _with_settings(run_set: RunSet, settings: Settings) -> RunSet:
    measurements = settings.measurements
    limits = SpeedLimits(measurements.speed_threshold, measurements.correlation_limit)
    return replace(run_set, problems=(*run_set.problems, *settings.problems), limits=limits)


def begin_session(
    root: Path, settings: Settings, *, db: Path | None = None, reviewer: str = ""
) -> Session:
    """A session in which nothing is read yet, neither runs nor what is stored about them."""
    location = locate_store(root, db)
    chosen = reviewer or settings.review.reviewer
    nothing = RunSet(root, (), {})
    store = Store(location.path)
    bar = settings.judge.canary_bar
    who, nobody = chosen or account_name(), StoreContents({}, {})
    triage = Triage(nothing, store, nobody, who, canary_bar=bar)
    triage.is_settled = False
    return Session(triage, location, settings, bool(chosen))


def _derived(contents: StoreContents) -> StoreContents:
    """The contents with others' opinions derived again from their raw replies."""
    if not contents.judgements:
        return contents
    # Imported here because most folders hold no opinion yet.
    from core.judge.derive import derive_foreign

    return derive_foreign(contents)


def account_name() -> str:
    """The name of the user's account: the reviewer if none is configured."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
