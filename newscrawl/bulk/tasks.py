"""What is done with one WARC file, in the client's process or on a worker of a cluster."""

from __future__ import annotations

import multiprocessing
import pickle
import socket
import threading
import zlib
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Protocol

from newscrawl import __version__
from newscrawl.bulk.parts import part_sink
from newscrawl.bulk.places import Folder, PlaceError
from newscrawl.bulk.reading import Reading, Rules
from newscrawl.store.intake import Intake, Stretch, TakenError
from newscrawl.store.targets import TargetError
from newscrawl.workers import Workers, WorkersError

NAMED = 5  # bad records of a file that are named

Tell = Callable[[Counter[str]], None]


@dataclass(frozen=True, slots=True)
class Job:
    """What is the same for all files."""

    rules: Rules
    folder: str | None = None  # of Parquet parts
    database: tuple[str, int, float] | None = None  # URL, run, patience in seconds: tasks write there
    version: str = __version__


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a file."""

    place: str
    counts: Counter[str] = field(default_factory=Counter)  # by outcome, and of parts by `outcome/reason` too
    problem: str | None = None  # why it was not read, or not to its end
    damage: tuple[str, ...] = ()  # of its first bad records
    shipped: tuple[bytes, ...] = ()  # stretches for the client to write


class Sink(Protocol):
    """Where the stretches of a file go."""

    def known(self, urls: Collection[str]) -> set[str]:
        """Keys of those URLs that need not be read."""

    def write(self, stretch: Stretch) -> Counter[str]:
        """Take a stretch; what its records came to."""


class Shipping:
    """Packs stretches for the client, which alone writes to SQLite."""

    def __init__(self) -> None:
        self.packed: list[bytes] = []

    def known(self, _urls: Collection[str]) -> set[str]:
        """None: the client finds them."""
        return set()

    def write(self, stretch: Stretch) -> Counter[str]:
        """Pack."""
        self.packed.append(zlib.compress(pickle.dumps(stretch)))
        return Counter()


def unpacked(packed: bytes) -> Stretch:
    """A stretch as it was shipped, by our own workers."""
    stretch = pickle.loads(zlib.decompress(packed))  # noqa: S301
    assert isinstance(stretch, Stretch)
    return stretch


def do(job: Job, place: str, start: int, pool: Workers, tell: Tell = lambda _: None) -> Report:
    """Read a file from a record on, and write what it comes to. What is wrong with it is told in the report.

    Args:
        job: What to do.
        place: The file.
        start: Records of it that are done; of the database, those that are there now count.
        pool: Where pages are extracted.
        tell: Gets the counts of each stretch that is written.

    Raises:
        StoreError: The store failed, or there is no room for the part.
    """
    counts: Counter[str] = Counter()
    shipping = Shipping()
    reading: Reading | None = None
    problem: str | None = None
    try:
        with _sink(job, place, shipping) as (sink, done):
            reading = Reading(place, job.rules, pool, sink.known)
            for stretch in reading.stretches(start if done is None else done):
                written = sink.write(stretch)
                counts += written
                tell(written)
    except (PlaceError, TakenError, TargetError) as error:
        problem = str(error)
    damage = tuple(reading.damage[:NAMED]) if reading and not problem else ()
    return Report(place, counts, problem, damage, () if problem else tuple(shipping.packed))


def do_on_cluster(job: Job, place: str, start: int) -> Report:
    """The same on a worker of a cluster, with an extraction process for each thread of it."""
    from distributed import get_worker

    host = socket.gethostname()
    if job.version != __version__:
        problem = f"the worker on {host} has newscrawl {__version__}, and this is {job.version}: install the same"
        return Report(place, problem=f"{place}: {problem}")
    try:
        with _STARTING:
            pool = _pool(get_worker().state.nthreads)
    except WorkersError as error:
        return Report(place, problem=f"{place}: {host}: {error}")
    return do(job, place, start, pool)


_STARTING = threading.Lock()


@cache
def _pool(count: int) -> Workers:
    """One for the process, as long as it lives; killed with it, its own processes find their pipes closed and end."""
    multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined]  # of Dask's nanny
    return Workers(count)


@contextmanager
def _sink(job: Job, place: str, shipping: Shipping) -> Iterator[tuple[Sink, int | None]]:
    """Where a file goes, and how many of its records are there."""
    if job.folder is not None:
        with part_sink(Folder(job.folder), place) as sink:
            yield sink, 0
    elif job.database is not None:
        intake = Intake(*job.database)
        try:
            state = intake.state(place)
            yield intake, state.records if state else 0
        finally:
            intake.close()
    else:
        yield shipping, None
