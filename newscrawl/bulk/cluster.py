"""A task for each WARC file on a Dask cluster; what a worker had when it died is done again by another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from newscrawl.bulk.tasks import Job, Report, do_on_cluster

if TYPE_CHECKING:
    from newscrawl.bulk.run import Ledger, Read

FILES_A_THREAD = 2  # given to the cluster at a time: one that is read, and one that waits


class ClusterError(Exception):
    """The cluster cannot be used; the text says why, and what to do."""


@contextmanager
def on_cluster(address: str) -> Iterator[Read]:
    """Connect to a scheduler.

    Raises:
        ClusterError: It does not answer, or has no workers.
    """
    try:
        import distributed
    except ModuleNotFoundError as error:
        raise ClusterError("a cluster needs Dask: pip install 'newscrawl[cluster]'") from error
    try:
        client: Any = distributed.Client(address)  # type: ignore[no-untyped-call]
    except (OSError, TimeoutError, ValueError) as error:
        raise ClusterError(
            f"{address}: no Dask scheduler answers there ({error}); start one: dask scheduler"
        ) from error
    with client:
        if not client.nthreads():
            raise ClusterError(f"{address}: the scheduler has no workers; start some: dask worker {address}")
        yield lambda job, left, ledger: _read(client, distributed.as_completed, job, left, ledger)


def _read(client: Any, as_completed: Any, job: Job, left: Sequence[tuple[str, int]], ledger: Ledger) -> None:
    """Give the cluster as much as it has hands for, and take what is done as it comes."""
    waiting, running = iter(left), as_completed()
    places: dict[str, str] = {}  # by the key of a task, its file
    while True:
        room = FILES_A_THREAD * max(1, sum(client.nthreads().values())) - len(places)
        for _, (place, start) in zip(range(room), waiting, strict=False):
            future = client.submit(do_on_cluster, job, place, start, pure=False)
            places[future.key] = place
            running.add(future)
        if not places:
            return
        future = next(running)
        report = _report(future, places.pop(future.key))
        future.release()
        ledger.note(report.counts)
        ledger.take(report)


def _report(future: Any, place: str) -> Report:
    try:
        report: Report = future.result()
    except Exception as error:  # workers died over this file, or have no newscrawl
        return Report(place, problem=f"{place}: {type(error).__name__}: {' '.join(str(error).split())}")
    return report
