"""A store with articles of all kinds, and texts that are hard on formats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from sqlalchemy import Engine, insert, select

from newscrawl.items import Access, Article, Language, Moment, Removed, Ticker
from newscrawl.store.models import Article as Article_
from newscrawl.store.models import Revision
from newscrawl.store.session import CrawlSession
from tests.records import FEED, GAZETTE, HERALD, NOW, article, link, rich_article, visit

DAY = datetime(2026, 6, 1, 23, 30, tzinfo=UTC)
HARD = (
    'He said "no", twice;\n=HYPERLINK("http://x.example")\n-1\t+1, @home, ’tis, \u200bمی\u200cخواهم, 👩\u200d👧\n'
    "End \\ of | it."
)


def published(at: datetime) -> Moment:
    return Moment(at, "minute", "meta", at.isoformat())


def articles() -> list[Article]:
    """Twelve of the Herald, and two of the Gazette."""
    plain = [article(n, published=published(DAY + timedelta(days=n // 4))) for n in range(8)]
    names = {"authors": ("-Ann", 'Bo "B" Li'), "tags": ("+tag",), "section": "@home", "description": "'x"}
    share = Removed("share", "Share", "share.words", 0.75, 0)
    symbol = (Ticker("AAPL", "body", "XNAS"),)
    gated = Access("subscriber", None, "teaser", "short")
    return [
        *plain,
        rich_article(8),
        article(9, HARD, removed=(share,), headline=None),
        article(10, language=Language(None, None, "none"), reservations=("noindex",), wire="dpa"),
        article(11, reservations=("noai",), language=Language("zh-Hant", 0.9, "script"), tickers=symbol),
        of_gazette(article(20, headline="=1+1", **names)),
        of_gazette(article(21, "It is short, and cut …", removed=(), access=gated)),
    ]


def of_gazette(one: Article) -> Article:
    url = one.url.replace("herald", "gazette")
    return replace(one, outlet="gazette", url=url, canonical_url=url)


async def fill(session: CrawlSession) -> None:
    """Write them all."""
    await session.claim([(HERALD, [FEED]), (GAZETTE, [])])
    await write(session, articles())


async def write(session: CrawlSession, wanted: Sequence[Article], *, again: bool = False) -> None:
    """Write some, on the account of their claimed outlets."""
    for one in wanted:
        [lease], _ = await session.take(one.outlet, [link(0, url=one.url)], again=again)
        await session.write(visit(lease, one, fetched_at=NOW + timedelta(hours=again)))


def multiply(engine: Engine, copies: int, chars: int, days: int) -> None:
    """Copies of the first article, with texts that do not compress, on so many days."""
    random = Random(1)
    with engine.begin() as connection:
        one = dict(connection.execute(select(Article_.__table__).where(Article_.id == 1)).mappings().one())
        text = dict(connection.execute(select(Revision.__table__).where(Revision.article_id == 1)).mappings().one())
        numbers = range(1000, 1000 + copies)
        times = {n: DAY + timedelta(days=n % days) for n in numbers}
        texts = {n: random.randbytes(chars // 2).hex() for n in numbers}
        own = ({"id": n, "canonical_key": str(n), "published_at": times[n], "text": texts[n]} for n in numbers)
        connection.execute(insert(Article_), [one | facts for facts in own])
        connection.execute(insert(Revision), [{**text, "id": n, "article_id": n} for n in numbers])
