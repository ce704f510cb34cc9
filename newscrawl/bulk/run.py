"""A bulk run: which files are left, who reads them, and what all of it came to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from newscrawl.bulk.parts import part_name
from newscrawl.bulk.places import Folder
from newscrawl.bulk.reading import Rules
from newscrawl.bulk.tasks import Job, Report, do, unpacked
from newscrawl.outlets.schema import OutletConfig
from newscrawl.store.engine import StoreError, open_engine, sqlite_path
from newscrawl.store.handle import Handle
from newscrawl.store.intake import FileState, Intake, TakenError, read_all_repeated, read_states
from newscrawl.store.models.bulk import OUTCOMES
from newscrawl.workers import Workers


@dataclass(frozen=True, slots=True)
class Options:
    """Where it goes, and who does it."""

    outlets: Mapping[str, OutletConfig]
    database: str  # URL
    folder: str | None = None  # of Parquet parts, in place of the database
    workers: int = 2  # extraction processes on this machine
    scheduler: str | None = None  # address of a Dask scheduler, in place of this machine
    patience_s: float = 60.0


@dataclass(slots=True)
class Done:
    """How far a run is, and at its end what it did."""

    files: int  # that were named
    files_before: int = 0  # of these, those that earlier runs have read
    files_read: int = 0
    problems: list[str] = field(default_factory=list)  # of files that were not read, or not to their end
    damage: dict[str, tuple[str, ...]] = field(default_factory=dict)  # file -> its first bad records
    counts: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(OUTCOMES, 0)))  # of records
    rejected: Counter[str] = field(default_factory=Counter)  # by reason
    failed: Counter[str] = field(default_factory=Counter)
    run_id: int | None = None

    @property
    def records(self) -> int:
        """Responses that were read."""
        return sum(self.counts[outcome] for outcome in OUTCOMES)


Tell = Callable[[Done], None]


class Ledger:
    """Takes what comes of files, and keeps the account."""

    def __init__(self, done: Done, tell: Tell, intake: Intake | None = None):
        self._done, self._tell, self._intake = done, tell, intake

    def note(self, counts: Counter[str]) -> None:
        """Some records are done with."""
        for name, number in counts.items():
            outcome, _, reason = name.partition("/")
            into: Counter[str] = getattr(self._done, outcome) if reason else self._done.counts
            into[reason or outcome] += number
        self._tell(self._done)

    def take(self, report: Report) -> None:
        """A file is done with."""
        problem = report.problem
        try:
            for packed in report.shipped:
                assert self._intake is not None
                self.note(self._intake.write(unpacked(packed)))
        except TakenError as error:
            problem = str(error)
        if problem:
            self._done.problems.append(problem)
        else:
            self._done.files_read += 1
        if report.damage:
            self._done.damage[report.place] = report.damage
        self._tell(self._done)


Read = Callable[[Job, Sequence[tuple[str, int]], Ledger], None]
"""Does a job with files, each from a record on."""


def bulk(places: Sequence[str], options: Options, tell: Tell) -> Done:
    """Read what earlier runs have left of WARC files, each as a task of its own.

    Raises:
        StoreError: The store cannot be used.
        PlaceError: The folder of the parts cannot.
        ClusterError: The cluster cannot.
        WorkersError: No extraction process starts.
    """
    done = Done(len(places))
    if options.scheduler:
        from newscrawl.bulk.cluster import on_cluster

        reader = on_cluster(options.scheduler)
    else:
        reader = _here(options.workers)
    with reader as read:
        if options.folder is not None:
            _into_folder(places, options.folder, options, read, done, tell)
        else:
            _into_store(places, options, read, done, tell)
    return done


@contextmanager
def _here(count: int) -> Iterator[Read]:
    """One file after the other, each on all extraction processes."""
    pool = Workers(count)

    def read(job: Job, left: Sequence[tuple[str, int]], ledger: Ledger) -> None:
        for place, start in left:
            ledger.take(do(job, place, start, pool, ledger.note))

    try:
        yield read
    finally:
        pool.stop()


def _into_folder(places: Sequence[str], folder: str, options: Options, read: Read, done: Done, tell: Tell) -> None:
    there = Folder(folder).names()
    left = [(place, 0) for place in places if part_name(place) not in there]
    done.files_before = len(places) - len(left)
    read(Job(Rules(options.outlets), folder=folder), left, Ledger(done, tell))


def _into_store(places: Sequence[str], options: Options, read: Read, done: Done, tell: Tell) -> None:
    """One run, whose account is that of all its tasks."""
    command = f"bulk {len(places)} files" if len(places) != 1 else f"bulk {places[0]}"
    handle = Handle.open(options.database, command=command, archive=None, patience_s=options.patience_s)

    def beat(done: Done) -> None:
        handle.claim([])  # no outlet: a sign of life, now and then; and what runs that died have leased is free again
        tell(done)

    try:
        done.run_id = handle.run_id
        beat(done)
        try:
            _read_all(places, options, read, done, beat)
        except BaseException as error:
            if isinstance(error, StoreError):
                handle.end("store_failed", "failed", 2)
            else:
                handle.end("shutdown", "interrupted", 130)
            raise
        handle.assess({})
        if done.problems:
            summary = handle.end(f"{len(done.problems)} files could not be read", "degraded", 3)
        else:
            summary = handle.end("finished", "ok", 0)
        done.rejected, done.failed = Counter(summary.rejected), Counter(summary.failed)
    finally:
        handle.close()


def _read_all(places: Sequence[str], options: Options, read: Read, done: Done, tell: Tell) -> None:
    assert done.run_id is not None
    writes = (options.database, done.run_id, options.patience_s)
    engine, intake = open_engine(options.database), Intake(*writes)
    try:
        before = read_states(engine, places)
        states = {place: before.get(place) or FileState() for place in places}
        left = [(place, state.records) for place, state in states.items() if not state.is_whole]
        done.files_before = len(places) - len(left)
        is_client_alone = options.scheduler is not None and sqlite_path(options.database) is not None
        rules = Rules(options.outlets, read_all_repeated(engine))
        read(Job(rules, database=None if is_client_alone else writes), left, Ledger(done, tell, intake))
        done.counts = _gained(before, read_states(engine, places))  # those, too, of tasks that were killed
    finally:
        intake.close()
        engine.dispose()


def _gained(before: Mapping[str, FileState], after: Mapping[str, FileState]) -> Counter[str]:
    """What files came to in between."""
    gained = Counter(dict.fromkeys(OUTCOMES, 0))
    for state in after.values():
        gained.update(state.counts)
    for state in before.values():
        gained.subtract(state.counts)
    return gained
