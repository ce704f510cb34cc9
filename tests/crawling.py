"""Running the real crawler in a process of its own, as a user does."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from newscrawl.store.engine import open_engine
from newscrawl.store.queries import RunSummary, list_runs, run_summary
from tests.commands import COMMAND

OUTLET = """
slug: {slug}
name: The Harbour Post
homepage: {home}
domains: {domains}
kind: publisher
country: gb
timezone: Europe/London
languages: [en]
sources:
{sources}
checked: "2026-11-21, made for a test"
{more}
"""


class Crawler:
    """`scrapy crawl` against one database in a folder."""

    def __init__(self, folder: Path, database_url: str | None = None) -> None:
        self.folder = folder
        self.database_url = database_url or f"sqlite:///{folder / 'news.db'}"
        self.peak_mb = 0  # most memory that the process of the newest run has had, without its workers
        (folder / "outlets").mkdir(exist_ok=True)

    def outlet(
        self,
        home: str,
        *sources: tuple[str, str],
        slug: str = "harbour",
        domains: Sequence[str] = (),
        more: str = "",
    ) -> None:
        lines = "\n".join(f"  - kind: {kind}\n    url: {url}" for kind, url in sources)
        own = json.dumps(domains or [urlsplit(home).hostname])
        text = OUTLET.format(slug=slug, home=home, sources=lines, domains=own, more=more)
        (self.folder / "outlets" / f"{slug}.yaml").write_text(text, encoding="utf-8")

    def command(self, spider: str, *arguments: str, **settings: Any) -> list[str]:
        given = {
            "NEWSCRAWL_DATABASE_URL": self.database_url,
            "NEWSCRAWL_ARCHIVE": self.folder / "archive",
            "NEWSCRAWL_OUTLETS": self.folder / "outlets",
            "NEWSCRAWL_ALLOW_PRIVATE": 1,
            "NEWSCRAWL_DELAY": 0,
            "NEWSCRAWL_WORKERS": 1,
            **settings,
        }
        command = [sys.executable, "-m", "scrapy", "crawl", spider]
        for argument in arguments:
            command += ["-a", argument]
        for name, value in given.items():
            command += ["-s", f"{name}={value}"]
        return command

    def newscrawl(self, *options: str, slugs: Sequence[str] = ("harbour",)) -> list[str]:
        """`newscrawl crawl` with the same settings, for its exit status and its words."""
        given = ["--db", self.database_url, "--archive", self.folder / "archive", "--outlets", self.folder / "outlets"]
        command = [str(COMMAND), "crawl", *slugs, "--allow-private", *map(str, given)]
        return [*command, "--delay", "0", "--workers", "1", *options]

    def run(self, spider: str, *arguments: str, **settings: Any) -> subprocess.CompletedProcess[str]:
        command = self.command(spider, *arguments, **settings)
        log, output = self.folder / "log.txt", self.folder / "output.txt"
        with log.open("wb") as errors, output.open("wb") as lines:
            process = subprocess.Popen(command, stdout=lines, stderr=errors)
        until = time.monotonic() + 120
        while process.poll() is None:
            self.peak_mb = peak_mb(process.pid) or self.peak_mb
            if time.monotonic() > until:
                process.kill()
                raise TimeoutError(f"the crawl does not end; its log: {log}")
            time.sleep(0.05)
        texts = [path.read_text(encoding="utf-8", errors="replace") for path in (output, log)]
        return subprocess.CompletedProcess(command, process.returncode, *texts)

    def summary(self) -> RunSummary:
        """The newest run."""
        engine = open_engine(self.database_url, read_only=True)
        try:
            found = run_summary(engine, list_runs(engine, 1)[0].id)
        finally:
            engine.dispose()
        assert found is not None
        return found


def peak_mb(pid: int | str = "self") -> int:
    """The most memory that a process has had, MiB; 0 where that cannot be known (any more)."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return 0
    return next((int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith("VmHWM:")), 0)
