"""`newscrawl bulk --scheduler`: a Dask scheduler and two workers, processes on this machine."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import dask
import distributed
import psutil
import pyarrow.parquet as pq
import pytest

from newscrawl.bulk.cluster import ClusterError, on_cluster
from newscrawl.bulk.run import Done, Options
from newscrawl.bulk.run import bulk as run_bulk
from newscrawl.store.engine import open_engine
from newscrawl.store.intake import read_states
from tests import commands
from tests.bulk.conftest import Rows, in_any_order, rows
from tests.warcs import story, write

SMALL = Path(__file__).with_name("small.py")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Of the scheduler; each worker has one thread, and a nanny that starts it anew."""
    folder = tmp_path_factory.mktemp("cluster")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{probe.getsockname()[1]}"
    scheduler = ["dask_scheduler", "--host", "127.0.0.1", "--port", address.rpartition(":")[2], "--no-dashboard"]
    worker = ["dask_worker", address, "--nworkers", "2", "--nthreads", "1", "--no-dashboard", "--preload", str(SMALL)]
    with (folder / "log").open("w") as log:
        started = [
            subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.{module}", *options],
                cwd=folder, env=commands.ENVIRONMENT, stdout=log, stderr=log,
            )
            for module, *options in (scheduler, worker)
        ]  # fmt: skip
        try:
            with distributed.Client(address, timeout=120) as client:
                client.wait_for_workers(2, timeout=120)
            yield address
        finally:
            for process in reversed(started):
                process.terminate()
                process.wait(30)


def test_sqlite_is_written_by_the_client_alone(address, files, crawled: Rows, tmp_path):
    command = ["--db", "bulk.db", "--scheduler", address]
    done = commands.run("bulk", *map(str, files), *command, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "4 of 4 files read: 145 records (run 1)" in done.stdout
    assert "120 stored, 4 duplicate, 6 rejected, 11 known, 4 bad" in done.stdout
    assert in_any_order(rows(f"sqlite:///{tmp_path / 'bulk.db'}")) == in_any_order(crawled)
    again = run_bulk(list(map(str, files)), Options({}, f"sqlite:///{tmp_path / 'bulk.db'}", scheduler=address), print)
    assert (again.files_before, again.files_read, again.records) == (4, 0, 0)


def test_a_worker_that_is_killed_costs_nothing_and_stores_nothing_twice(
    address, files, crawled: Rows, postgres_database, tmp_path
):
    places = [str(write(tmp_path / "none.warc.gz", [b"no archive"])), *map(str, files)]
    options = Options({}, postgres_database, scheduler=address, patience_s=20)
    with distributed.Client(address) as client, ThreadPoolExecutor(1) as thread:
        running = thread.submit(run_bulk, places, options, lambda _: None)
        victim = wait_for_a_busy_one(client, postgres_database, places)
        children = psutil.Process(victim).children(recursive=True)
        os.kill(victim, signal.SIGKILL)
        done: Done = running.result()
    assert done.files_read == 4
    assert [problem.split(":")[0] for problem in done.problems] == [places[0]]
    assert done.counts == {
        "stored": 120, "updated": 0, "unchanged": 0, "duplicate": 4, "rejected": 6, "failed": 0, "known": 11, "bad": 4,
    }  # fmt: skip
    assert in_any_order(rows(postgres_database)) == in_any_order(crawled)
    _, alive = psutil.wait_procs(children, timeout=10)
    assert alive == []


def wait_for_a_busy_one(client: Any, database: str, places: list[str]) -> int:
    """Process of a worker that has a file half read."""
    engine = open_engine(database)
    try:
        end = time.monotonic() + 120
        while time.monotonic() < end:
            half = [state for state in read_states(engine, places).values() if state.records and not state.is_whole]
            busy = [worker for worker, tasks in client.processing().items() if tasks]
            if len(half) >= 2 and len(busy) == 2:
                pids: dict[str, int] = client.run(os.getpid)
                return pids[busy[0]]
            time.sleep(0.02)
    finally:
        engine.dispose()
    raise AssertionError("no worker was seen at work")


def test_each_worker_writes_its_parts(address, tmp_path):
    files = [str(write(tmp_path / f"{n}.warc.gz", [story(3 * n + m) for m in range(3)])) for n in range(4)]
    done = run_bulk(files, Options({}, "", str(tmp_path / "parts"), scheduler=address), lambda _: None)
    assert (done.files_read, done.counts["stored"], done.problems) == (4, 12, [])
    assert sorted(part.name[:2] for part in (tmp_path / "parts").iterdir()) == ["0-", "1-", "2-", "3-"]
    assert pq.read_table(tmp_path / "parts").num_rows == 12


def test_a_cluster_that_is_none_is_told():
    impatient = dask.config.set({"distributed.comm.timeouts.connect": "1s"})
    with impatient, pytest.raises(ClusterError, match="no Dask scheduler answers"), on_cluster("tcp://127.0.0.1:9"):
        pass
