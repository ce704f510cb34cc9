"""What earlier runs fetched and could not store: written before a crawl begins, each spool in a run of its own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from newscrawl.store.engine import StoreError
from newscrawl.store.locks import LockedError
from newscrawl.store.session import CrawlSession
from newscrawl.store.spool import keep_aside, read_spool, run_of, taken, with_body
from newscrawl.visits import Visit
from newscrawl.workers import Workers

AT_ONCE = 16  # pages in memory

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the run that replays works."""

    url: str  # of the store
    archive: Path
    patience_s: float


async def replay(place: Place, paths: Sequence[Path], workers: Workers) -> int:
    """Write the visits of spool files; how many. A file goes when all of it is written.

    Raises:
        StoreError: The store failed; what it took is not written again by the next call.
    """
    written = 0
    for path in paths:
        with taken(path) as is_ours:
            if is_ours:
                written += await _Replay(place, path, workers).run()
            else:
                logger.warning("%s: another run is at work on it; left to the next one", path)
    return written


class _Replay:
    """The replay of one file."""

    def __init__(self, place: Place, path: Path, workers: Workers):
        self._place = place
        self._path = path
        self._workers = workers
        self._written = 0
        self._bad: list[bytes] = []
        self._gate = asyncio.Semaphore(AT_ONCE)

    async def run(self) -> int:
        """Write all that can be written; how many visits that were."""
        visits, lines = self._read()
        place = self._place
        session = await CrawlSession.open(place.url, command=f"replay {self._path.name}", patience_s=place.patience_s)
        try:
            is_whole = await self._write_all(session, visits, lines)
            await session.fail_run(*run_of(self._path))
        except BaseException:
            with suppress(StoreError):
                await session.close("store_failed", "failed", 2)
            raise
        await session.close("finished", "ok", 0)
        if self._bad:
            logger.error("%s: %d lines kept that gave no visit", keep_aside(self._path, self._bad), len(self._bad))
        if is_whole:
            self._path.unlink()
        logger.info("%s: %d visits written by run %d", self._path, self._written, session.run_id)
        return self._written

    def _read(self) -> tuple[list[Visit], dict[str, bytes]]:
        """The visits without bodies, and the line of each by its URL."""
        visits: list[Visit] = []
        lines: dict[str, bytes] = {}
        for raw, found in read_spool(self._path):
            if isinstance(found, str):
                self._set_aside(raw, found)
            else:
                visits.append(found)
                lines[found.lease.url] = raw
        return visits, lines

    async def _write_all(self, session: CrawlSession, visits: list[Visit], lines: dict[str, bytes]) -> bool:
        """Write the visits outlet by outlet; False if another run holds one of these."""
        is_whole = True
        for slug in sorted({visit.lease.outlet for visit in visits}):
            try:
                retaken = await session.retake(slug, [visit for visit in visits if visit.lease.outlet == slug])
            except LockedError as error:
                logger.warning("%s: %s", self._path, error)
                is_whole = False
                continue
            writes = [self._write(session, visit, lines[visit.lease.url]) for visit in retaken]
            for failure in await asyncio.gather(*writes, return_exceptions=True):
                if failure is not None:
                    raise failure
        return is_whole

    async def _write(self, session: CrawlSession, visit: Visit, raw: bytes) -> None:
        """Build the article and write it. Without its page, the URL stays pending and is fetched again."""
        async with self._gate:
            try:
                visit = await asyncio.to_thread(with_body, visit, self._place.archive)
            except StoreError as error:
                self._set_aside(raw, str(error))
                return
            if visit.page is not None:
                page = replace(visit.page, repeated=session.repeated(visit.lease.outlet))
                result = await asyncio.wrap_future(self._workers.submit(page))
                visit = replace(visit, page=page, result=result)
            await session.write(visit)
            self._written += 1

    def _set_aside(self, raw: bytes, problem: str) -> None:
        logger.error("%s: %s", self._path, problem)
        self._bad.append(raw)
