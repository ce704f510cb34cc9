"""A WARC file as stretches of visits with their results: extraction goes ahead of them, in bounded memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import islice
from typing import Any, BinaryIO, cast

from newscrawl.bulk.places import PlaceError, opened, told
from newscrawl.items import Article, Outlet, Rejection, Repeated
from newscrawl.outlets.registry import outlet_of
from newscrawl.outlets.schema import OutletConfig
from newscrawl.store.intake import Stretch
from newscrawl.urls import url_key
from newscrawl.visits import Digest, Lease, Visit
from newscrawl.warcs import BadRecord, Record, read_records, visit_of_record
from newscrawl.workers import Workers

CHUNK = 50  # records that are asked after at a time
STRETCH = 200  # records that are written at a time
AHEAD = 200  # records whose results are waited for
AHEAD_BYTES = 64_000_000  # of their bodies


@dataclass(frozen=True, slots=True)
class Rules:
    """What the pages are read by."""

    outlets: Mapping[str, OutletConfig]
    repeated: Mapping[str, frozenset[Repeated]] = field(default_factory=dict)  # by slug


@dataclass(slots=True)
class _Waiting:
    """A record on its way."""

    outlet: Outlet | None = None  # None: no visit comes of it
    visit: Visit | None = None
    result: Future[Article | Rejection] | None = None
    is_bad: bool = False

    @property
    def bytes(self) -> int:
        """Of the body that is held."""
        return len(self.visit.page.body) if self.visit and self.visit.page else 0


class Reading:
    """One reading of one file.

    Args:
        place: The file.
        rules: For its pages.
        pool: Where they are extracted.
        known: Which of some URLs need not be read: their keys.
    """

    def __init__(self, place: str, rules: Rules, pool: Workers, known: Callable[[Collection[str]], set[str]]):
        self.damage: list[str] = []  # what was wrong with bad records
        self._place, self._rules, self._pool, self._known = place, rules, pool, known
        self._waiting: deque[_Waiting] = deque()
        self._bytes = 0
        self._settled: list[_Waiting] = []
        self._seen: set[str] = set()
        self._at = 0

    def stretches(self, start: int) -> Iterator[Stretch]:
        """All records from one on, in order.

        Raises:
            PlaceError: The file cannot be read, or not to its end, or it is no WARC file.
        """
        self._at = start
        with opened(self._place) as file:
            source = _Watched(file)
            records = islice(read_records(cast(BinaryIO, source), self._place), start, None)
            while chunk := list(islice(records, CHUNK)):
                if source.failure:
                    chunk.pop()  # the record that stands for it; or a good one, which the next run reads again
                self._submit(chunk)
                yield from self._ready()
                if source.failure:
                    yield from self._rest()
                    raise PlaceError(f"{self._place}: reading broke off ({told(source.failure)}); run again")
            if self._is_none(file):
                raise PlaceError(f"{self._place}: no WARC file, or cut within its first record")
        yield from self._rest(is_last=True)

    def _submit(self, chunk: list[Record | BadRecord]) -> None:
        known = self._known([record.url for record in chunk if isinstance(record, Record)])
        for record in chunk:
            waiting = self._begin(record, known)
            self._waiting.append(waiting)
            self._bytes += waiting.bytes

    def _begin(self, record: Record | BadRecord, known: set[str]) -> _Waiting:
        if isinstance(record, BadRecord):
            place = "somewhere after the last one" if record.position is None else f"at byte {record.position}"
            self.damage.append(f"record {place}: {record.problem}")
            return _Waiting(is_bad=True)
        key = url_key(record.url)
        if key in known or key in self._seen:
            return _Waiting()
        self._seen.add(key)
        outlet = outlet_of(record.url, self._rules.outlets)
        visit = visit_of_record(record, Lease(0, record.url, outlet.slug), outlet)
        if visit.page is None:
            return _Waiting(outlet, visit)
        page = replace(visit.page, repeated=self._rules.repeated.get(outlet.slug, frozenset()))
        return _Waiting(outlet, visit, self._pool.submit(page))

    def _ready(self) -> Iterator[Stretch]:
        """What need not be held any longer."""
        while len(self._waiting) > AHEAD or self._bytes > AHEAD_BYTES:
            self._settle()
            if len(self._settled) == STRETCH:
                yield self._stretch()

    def _rest(self, *, is_last: bool = False) -> Iterator[Stretch]:
        while self._waiting:
            self._settle()
            if len(self._settled) == STRETCH and (self._waiting or not is_last):
                yield self._stretch()
        if self._settled or is_last:
            yield self._stretch(is_last=is_last)

    def _settle(self) -> None:
        """Wait for the result of the first record, and let its body go."""
        waiting = self._waiting.popleft()
        self._bytes -= waiting.bytes
        visit = waiting.visit
        if visit is not None and visit.page is not None and waiting.result is not None:
            body = visit.page.body
            digest = Digest(sha256(body).hexdigest(), len(body))
            page = replace(visit.page, body=b"")
            waiting.visit = replace(visit, page=page, result=waiting.result.result(), digest=digest)
            waiting.result = None
        self._settled.append(waiting)

    def _stretch(self, *, is_last: bool = False) -> Stretch:
        settled, self._settled = self._settled, []
        visits = tuple((one.outlet, one.visit) for one in settled if one.outlet and one.visit)
        bad = sum(one.is_bad for one in settled)
        start, self._at = self._at, self._at + len(settled)
        known = len(settled) - len(visits) - bad
        return Stretch(self._place, start, visits, known=known, bad=bad, is_last=is_last)

    def _is_none(self, file: BinaryIO) -> bool:
        """Whether the file has shown no sign of being a WARC file."""
        if self._at or self._settled or any(not one.is_bad for one in self._waiting):
            return False
        return bool(self._waiting) or (file.seekable() and not (file.seek(0), file.read(1))[1])


class _Watched:
    """A stream that remembers that it broke: that is no damage of the file, and worth another try."""

    def __init__(self, stream: BinaryIO):
        self.failure: Exception | None = None
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        """As of any stream."""
        try:
            return self._stream.read(size)
        except Exception as error:
            self.failure = error
            raise

    def seekable(self) -> bool:
        """Not any more once it broke: nothing behind that place is looked for."""
        return self.failure is None and self._stream.seekable()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
