"""Three crawlers on one PostgreSQL, of which one is killed; the long proof is `python -m tests.faults.many`."""

from __future__ import annotations

import json
import signal
from random import Random

from tests import commands
from tests.crawling import Crawler
from tests.faults.fleetweb import FleetWeb
from tests.faults.many import Fleet, check, prove
from tests.faults.stories import wait_until

DELAY_S = 0.3


def test_many_crawlers_share_outlets_and_hosts_and_take_up_what_a_dead_one_left(postgres_database, tmp_path):
    with FleetWeb(12, 4, 0.02).serve() as web:
        fleet = Fleet(Crawler(tmp_path, postgres_database), web, DELAY_S, [[], [], []])
        try:
            fleet.start(0)
            wait_until(lambda: bool(web.log))
            fleet.running[0].send_signal(signal.SIGSTOP)  # else it may be done before it is looked at
            (worker,) = json.loads(commands.run("workers", "--json", "--db", postgres_database, cwd=tmp_path).stdout)
            fleet.running[0].send_signal(signal.SIGCONT)
            told = prove(fleet, web, 1, Random(1))
        finally:
            fleet.end()
        assert told.startswith("3 crawlers, 1 kills")
        check(web, postgres_database, DELAY_S)
    assert (worker["run"]["pid"], worker["is_alive"]) == (fleet.pids[0], True)
    assert worker["outlets"]
    assert worker["hosts"]
