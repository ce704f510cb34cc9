"""A crawl to be killed: writes articles for ever, and prints each URL when its write was acknowledged."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

from newscrawl.store.session import CrawlSession
from newscrawl.visits import Lease
from tests.records import FEED, HERALD, article, link, page, source_visit, visit

LINKS = 2_000


async def crawl(url: str, archive: Path) -> None:
    session = await CrawlSession.open(url, command="to be killed", archive=archive)
    await session.claim([(HERALD, [FEED])])
    await session.discover(source_visit(*(link(n) for n in range(LINKS))))

    async def fetch(lease: Lease) -> None:
        number = int(lease.url.rsplit("/", 1)[1])
        one = visit(lease, article(number), page=page(lease, b"<p>%d</p>" % number))
        await session.write(replace(one, archived=await session.put(one)))
        print(lease.url, flush=True)

    while leases := await session.lease({"herald": 16}):
        await asyncio.gather(*map(fetch, leases))
    await session.close("finished", "ok", 0)


if __name__ == "__main__":
    asyncio.run(crawl(sys.argv[1], Path(sys.argv[2])))
