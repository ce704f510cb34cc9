"""The gate before the wire: nothing leaves for a host that another run asks, or that asked for a pause."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Protocol

from newscrawl.store.engine import StoreError
from newscrawl.store.hosts import MAX_PAUSE_S, HostHeldError

MAX_WAIT_S = 60.0  # what asks for a longer pause is a matter for the next run
REFUSED_S = 5.0  # how long a host that another run holds is not asked for again

logger = logging.getLogger(__name__)


class Keeper(Protocol):
    """What knows which run may ask a host: a CrawlSession."""

    @property
    def hosts(self) -> frozenset[str]:
        """Those that are ours."""

    async def hold(self, host: str, delay_s: float) -> float:
        """Make a host ours; seconds until it may be asked."""

    async def pause(self, host: str, wait_s: float) -> None:
        """Let no run ask a host for so long."""


class Gate:
    """Of one crawl. Without a keeper, for a crawl without a store, it knows of pauses alone."""

    def __init__(self) -> None:
        self.keeper: Keeper | None = None
        self._delays: dict[str, float] = {}  # host -> as the keeper knows it
        self._ready_at: dict[str, float] = {}  # host -> monotonic seconds
        self._refused: dict[str, tuple[float, str]] = {}  # host -> until when, and why
        self._pausing: set[asyncio.Task[None]] = set()

    async def enter(self, host: str, delay_s: float) -> None:
        """Wait until a host may be asked.

        Args:
            host: Its name.
            delay_s: What is left between its answers and our requests.

        Raises:
            HostHeldError: Another run asks it, or it is to be left alone for more than MAX_WAIT_S.
        """
        while True:
            await self._hold(host, delay_s)
            wait_s = self._ready_at.get(host, 0.0) - time.monotonic()
            if wait_s <= 0:
                return
            if wait_s > MAX_WAIT_S:
                raise HostHeldError(f"{host} is to be left alone for {MAX_WAIT_S:.0f} s and more")
            await asyncio.sleep(wait_s)  # in which we may lose it

    def pause(self, host: str, wait_s: float) -> None:
        """Send nothing more to a host that asks for a pause, from no run."""
        self._ready_at[host] = max(self._ready_at.get(host, 0.0), time.monotonic() + min(wait_s, MAX_PAUSE_S))
        if self.keeper is not None:
            task = asyncio.ensure_future(self._tell(self.keeper, host, wait_s))
            self._pausing.add(task)
            task.add_done_callback(self._pausing.discard)

    async def _hold(self, host: str, delay_s: float) -> None:
        if self.keeper is None or (host in self.keeper.hosts and self._delays.get(host, -1.0) >= delay_s):
            return
        until, why = self._refused.get(host, (0.0, ""))
        if until > time.monotonic():
            raise HostHeldError(why)
        try:
            wait_s = await self.keeper.hold(host, delay_s)
        except HostHeldError as error:
            self._refused[host] = (time.monotonic() + REFUSED_S, str(error))
            raise
        self._delays[host] = delay_s
        self._ready_at[host] = max(self._ready_at.get(host, 0.0), time.monotonic() + wait_s)

    async def _tell(self, keeper: Keeper, host: str, wait_s: float) -> None:
        try:
            await keeper.pause(host, wait_s)
        except StoreError as error:  # the next write ends the run
            logger.warning("%s: its pause is not known to other runs: %s", host, error)
