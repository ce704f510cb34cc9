"""What tying an article costs, as the window fills: CPU, memory, bytes in the database.

    python -m tests.bench.stories LABELLED.jsonl URL [--articles 10000]

LABELLED has lines as `newscrawl stories cluster --jsonl` reads them. They are altered: other names, figures and words
each time, one to five tellings of an event, all within three days. URL is of an empty database, which is made.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
from sqlalchemy import Engine, text

from newscrawl.dedup import Told
from newscrawl.store.engine import database_url, open_engine, sqlite_path
from newscrawl.store.locks import open_locks
from newscrawl.store.revision import ensure_ready
from newscrawl.store.stories.tying import Tying
from newscrawl.store.transactions import Transactions
from tests.telling import read_told, tell

FIRST = datetime(2026, 3, 1, tzinfo=UTC)
HOURS = 72
CONSONANTS = ["b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z", "st", "tr", "gr"]
_WORD = re.compile(r"[A-Za-zÀ-ÿ]+|\d+")


def invented(samples: Sequence[Told], count: int, seed: int = 7) -> list[Told]:
    """Articles in the order of publication."""
    chance = random.Random(seed)
    found: list[Told] = []
    while len(found) < count:
        event, at = _altered(chance.choice(samples), chance), FIRST + timedelta(hours=chance.random() * HOURS)
        for telling in range(chance.choice([1, 1, 1, 2, 3, 5])):
            blocks = event.text.split("\n")
            if telling and len(blocks) > 1:
                del blocks[chance.randrange(len(blocks))]
            later = timedelta(minutes=chance.randrange(600))
            outlet = f"outlet{chance.randrange(200)}"
            found.append(replace(event, outlet=outlet, text="\n".join(blocks), published=at + later))
    return sorted(found[:count], key=lambda one: one.published or FIRST)


def _altered(sample: Told, chance: random.Random) -> Told:
    """Nine tenths of the names, three fifths of the words and all figures are others.

    With half of the names they would look alike as real events do not: a third of the pairs would be tied wrongly.
    """
    others: dict[str, str] = {}

    def other(match: re.Match[str]) -> str:
        word = match[0]
        if word not in others:
            others[word] = word
            if word.isdecimal():
                others[word] = str(chance.randrange(1, 10 ** min(len(word), 9) + 1))
            elif chance.random() < (0.9 if word[0].isupper() else 0.6):
                new = "".join(chance.choice(CONSONANTS) + chance.choice("aeiou") for _ in range(chance.randint(1, 3)))
                others[word] = new.capitalize() if word[0].isupper() else new
        return others[word]

    return replace(sample, title=_WORD.sub(other, sample.title), text=_WORD.sub(other, sample.text), wire=None)


def fill(engine: Engine, articles: Sequence[Told]) -> None:
    """Queue articles, as a crawl does."""
    for start in range(0, len(articles), 1000):
        with engine.begin() as connection:
            tell(connection, articles[start : start + 1000])


def measure(engine: Engine, articles: int) -> Iterator[tuple[int, float, int]]:
    """After each eighth: articles tied, CPU milliseconds of one since the last, and MB more in memory."""
    transactions = Transactions(engine, open_locks(engine), patience_s=0)
    held = psutil.Process().memory_info().rss
    tying, done = Tying(), 0
    while True:
        began = time.process_time()
        if not (count := tying.run(transactions.run, limit=-(-articles // 8))):
            return
        done += count
        spent = (time.process_time() - began) / count * 1000
        yield done, spent, psutil.Process().memory_info().rss - held >> 20


def size(engine: Engine) -> int:
    """Bytes of the tables of stories."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            query = "SELECT SUM(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relname LIKE 'stor%'"
            return int(connection.scalar(text(query)) or 0)
    path = sqlite_path(engine.url.render_as_string(hide_password=False))
    files = [Path(f"{path}{end}") for end in ("", "-wal")]
    return sum(file.stat().st_size for file in files if file.exists())


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("labelled", type=Path)
    options.add_argument("url")
    options.add_argument("--articles", type=int, default=10_000)
    given = options.parse_args()
    engine = open_engine(database_url(given.url))
    ensure_ready(engine)
    fill(engine, invented(list(read_told(given.labelled)), given.articles))
    for done, spent, memory in measure(engine, given.articles):
        print(f"{done:>7,} tied: {spent:.2f} ms, {memory} MB more in memory than before", flush=True)
    print(f"{size(engine) / given.articles:,.0f} bytes an article, with its text where the database is SQLite")
    engine.dispose()


if __name__ == "__main__":
    main()
