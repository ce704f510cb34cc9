"""What bulk writes: a stretch of a WARC file, and how far the file is, in one transaction.

Several processes may write for one run: a file is read by one at a time, and an outlet's rows are written by one
transaction at a time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, Row, or_, select, update

from newscrawl.items import Outlet, Repeated
from newscrawl.store import frontier, runs
from newscrawl.store.engine import StoreError, open_engine
from newscrawl.store.locks import open_locks
from newscrawl.store.models import Outlet as OutletRow
from newscrawl.store.models import RepeatedBlock, Run, Url, WarcFile
from newscrawl.store.models.bulk import OUTCOMES
from newscrawl.store.repetition import read_repeated
from newscrawl.store.revisits import Ages
from newscrawl.store.transactions import Transactions
from newscrawl.store.writer import Batch, NotLeasedError, write_visits
from newscrawl.strip import rules_version
from newscrawl.urls import url_key
from newscrawl.visits import Link, Visit


class TakenError(StoreError):
    """Another process is at work on the file, or the run has ended."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Records of a file, one after the other, and what they came to."""

    file: str
    start: int  # records before it
    visits: tuple[tuple[Outlet, Visit], ...]  # their leases are not taken yet
    known: int = 0  # records whose URL has had an outcome before
    bad: int = 0
    is_last: bool = False

    @property
    def end(self) -> int:
        """Records of the file, up to its end."""
        return self.start + len(self.visits) + self.known + self.bad


@dataclass(frozen=True, slots=True)
class FileState:
    """How far a file is, and what its records came to."""

    records: int = 0
    is_whole: bool = False
    counts: Mapping[str, int] = field(default_factory=dict)  # by outcome


def read_states(engine: Engine, files: Sequence[str]) -> dict[str, FileState]:
    """How far files are; those that nothing was read of are left out."""
    states: dict[str, FileState] = {}
    with engine.connect() as connection:
        for chunk in frontier.chunks(files):
            for row in connection.execute(select(WarcFile.__table__).where(WarcFile.file.in_(chunk))):
                counts = {outcome: getattr(row, outcome) for outcome in OUTCOMES}
                states[row.file] = FileState(row.records, row.is_whole, counts)
    return states


def read_all_repeated(engine: Engine) -> dict[str, frozenset[Repeated]]:
    """By slug, what is to be cut from the pages of outlets."""
    cut = select(RepeatedBlock.outlet_id).where(RepeatedBlock.state.in_(("automatic", "accepted")))
    with engine.connect() as connection:
        rows = connection.execute(select(OutletRow.slug, OutletRow.id).where(OutletRow.id.in_(cut)))
        return {slug: read_repeated(connection, outlet_id) for slug, outlet_id in rows.all()}


class Intake:
    """Writes for a run that another process may hold."""

    def __init__(self, url: str, run_id: int, patience_s: float):
        """Connects when it is first used.

        Args:
            url: As `database_url` gives it.
            run_id: The run, which must be alive as long as this writes.
            patience_s: How long a store that is away is waited for, seconds.
        """
        self._run_id = run_id
        self._engine = open_engine(url)
        self._locks = open_locks(self._engine)  # of which none is taken
        self._transactions = Transactions(self._engine, self._locks, patience_s)
        self._rules_version = rules_version()

    def state(self, file: str) -> FileState | None:
        """How far a file is; None: nothing was read of it."""
        return read_states(self._engine, [file]).get(file)

    def known(self, urls: Iterable[str]) -> set[str]:
        """Keys of those URLs that this run will not take: they have had an outcome, or another run has them."""
        keys = {url_key(url) for url in urls}
        taken = or_(Url.state != "pending", Url.run_id == self._run_id)

        def work(connection: Connection, _is_retry: bool) -> set[str]:
            chunks = frontier.chunks(keys)
            return {
                key
                for chunk in chunks
                for key in connection.scalars(select(Url.url_key).where(Url.url_key.in_(chunk), taken))
            }

        return self._transactions.run(work)

    def write(self, stretch: Stretch) -> Counter[str]:
        """Take the leases of the stretch, write its visits, note how far the file is; what its records came to.

        Raises:
            TakenError: Another process is reading the file, or the run has ended.
            StoreError: The store failed.
        """
        keyed = _by_outlet(stretch)

        def work(connection: Connection, is_retry: bool) -> Counter[str]:
            state = self._open(connection, stretch.file)
            if is_retry and state.records == stretch.end and state.is_whole == stretch.is_last:
                return Counter()  # it was committed before the connection broke
            if state.records != stretch.start or state.is_whole:
                raise TakenError(f"{stretch.file}: another bulk run is reading it; wait until that ends, and run again")
            counts = self._write(connection, stretch, keyed)
            self._note(connection, stretch, counts)
            return counts

        return self._transactions.run(work)

    def close(self) -> None:
        """Disconnect."""
        self._locks.close()
        self._engine.dispose()

    def _open(self, connection: Connection, file: str) -> Row[int, bool]:
        """The row of the file, locked; inserted where there is none."""
        if connection.scalar(select(Run.status).where(Run.id == self._run_id)) != "running":
            raise TakenError(f"{file}: run {self._run_id} has ended; run again")
        zeros = {"records": 0, **dict.fromkeys(OUTCOMES, 0), "is_whole": False}
        new = frontier.upsert(connection, WarcFile).values(file=file, run_id=self._run_id, read_at=_now(), **zeros)
        connection.execute(new.on_conflict_do_nothing(index_elements=["file"]))
        query = select(WarcFile.records, WarcFile.is_whole).where(WarcFile.file == file).with_for_update()
        return connection.execute(query).one()

    def _note(self, connection: Connection, stretch: Stretch, counts: Counter[str]) -> None:
        """Add to the file's counters."""
        added = {name: getattr(WarcFile, name) + counts[name] for name in OUTCOMES}
        facts = {"run_id": self._run_id, "read_at": _now(), "records": stretch.end, "is_whole": stretch.is_last}
        connection.execute(update(WarcFile).where(WarcFile.file == stretch.file).values(facts | added))

    def _write(self, connection: Connection, stretch: Stretch, keyed: _Keyed) -> Counter[str]:
        now, ages = _now(), dict[int, Ages]()
        taken: list[tuple[int, Visit]] = []
        for slug in sorted(keyed):  # always in this order, so that no two wait for each other
            outlet, visits = keyed[slug]
            outlet_id = frontier.write_outlet(connection, outlet, now)  # its row is ours until the commit
            ages[outlet_id] = outlet.revisits
            runs.open_accounts(connection, self._run_id, [outlet_id])
            turn = frontier.Turn(self._run_id, outlet_id, slug, now)
            links = {key: Link(visit.lease.url) for key, (_, visit) in visits.items()}
            leases, changes = frontier.take(connection, turn, links, again=False)
            runs.add_counts(connection, self._run_id, {outlet_id: changes})
            for lease in leases:
                place, visit = visits[url_key(lease.url)]
                taken.append((place, replace(visit, lease=lease)))
        batch = Batch(self._run_id, self._rules_version, now, is_retry=False, ages=ages)
        in_order = [visit for _, visit in sorted(taken, key=lambda pair: pair[0])]
        counts = Counter(known=stretch.known + len(stretch.visits) - len(in_order), bad=stretch.bad)
        for answer in write_visits(connection, batch, in_order):
            assert not isinstance(answer, NotLeasedError)
            counts[answer.kind] += 1
        return counts


_Keyed = dict[str, tuple[Outlet, dict[str, tuple[int, Visit]]]]
"""By slug: the outlet, and its visits by the key of their URLs, each with its place in the stretch."""


def _by_outlet(stretch: Stretch) -> _Keyed:
    """The first visit of each URL."""
    keyed: _Keyed = {}
    for place, (outlet, visit) in enumerate(stretch.visits):
        visits = keyed.setdefault(outlet.slug, (outlet, {}))[1]
        visits.setdefault(url_key(visit.lease.url), (place, visit))
    return keyed


def _now() -> datetime:
    return datetime.now(UTC)
