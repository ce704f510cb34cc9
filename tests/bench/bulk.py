"""Pages a second of `newscrawl bulk` with 1 and 2 workers, beside a plain loop over `build` in one process.

And CPU time of this process, which with workers is what reading, handing over and writing cost.

    python tests/bench/bulk.py PAGES.jsonl[.xz] [--limit N] [--files N]

Each line of the file has `url`, `html` (the bytes as latin-1 text) and `charset`; they go into WARC files in a
temporary folder. Starting the extraction processes counts (not those of the Dask cluster, which live on).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import distributed
from pages import read_pages

sys.path.insert(0, str(Path(__file__).parents[2]))
from newscrawl.article import build
from newscrawl.bulk.run import Done, Options, bulk
from newscrawl.outlets.registry import load_outlets, outlet_of
from newscrawl.store import migrate
from newscrawl.visits import Lease
from newscrawl.warcs import Record, read_records, visit_of_record
from tests.warcs import HTML, member, write


def make(pages: Path, folder: Path, limit: int | None, count: int) -> list[str]:
    members = [
        member(page.url, page.body, headers=HTML | {"Content-Type": f"text/html; charset={page.charset or ''}"})
        for page in islice(read_pages(pages), limit)
    ]
    return [str(write(folder / f"{n}.warc.gz", members[n::count])) for n in range(count)]


def loop(places: list[str]) -> int:
    outlets = load_outlets().outlets
    count = 0
    for place in places:
        with Path(place).open("rb") as stream:
            for record in read_records(stream, place):
                assert isinstance(record, Record)
                outlet = outlet_of(record.url, outlets)
                page = visit_of_record(record, Lease(0, record.url, outlet.slug), outlet).page
                count += 1
                if page:
                    build(page)
    return count


def timed(name: str, work: Callable[[], int]) -> None:
    start, used = time.perf_counter(), time.process_time()
    count = work()
    seconds, used = time.perf_counter() - start, time.process_time() - used
    print(
        f"{name:28} {count:6} pages {count / seconds:7.1f} pages/s {1000 * used / count:7.1f} ms/page here", flush=True
    )


def silent(_: Done) -> None:
    """Tell nobody."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=Path)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--files", type=int, default=8)
    given = parser.parse_args()
    outlets = load_outlets().outlets
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        places = make(given.pages, folder, given.limit, given.files)
        timed("plain loop", lambda: loop(places))
        for count in (1, 2):
            for kind in ("parts", "sqlite"):
                database = f"sqlite:///{folder / f'{count}.db'}"
                migrate.upgrade(database)
                to = str(folder / f"parts-{count}") if kind == "parts" else None
                options = Options(outlets, database, to, workers=count)
                timed(f"bulk, {count} workers, {kind}", lambda o=options: bulk(places, o, silent).records)
            with (
                distributed.LocalCluster(n_workers=count, threads_per_worker=1, dashboard_address=None) as cluster,
                distributed.Client(cluster) as client,
            ):
                client.run(_warm)
                options = Options(outlets, "", str(folder / f"dask-{count}"), scheduler=cluster.scheduler_address)
                timed(f"Dask, {count} workers, parts", lambda o=options: bulk(places, o, silent).records)


def _warm() -> None:
    from newscrawl.bulk.tasks import _pool

    _pool(1)


if __name__ == "__main__":
    main()
