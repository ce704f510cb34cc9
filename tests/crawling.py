"""Running the real crawler in a process of its own, as a user does."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from newscrawl.store.engine import open_engine
from newscrawl.store.queries import RunSummary, list_runs, run_summary
from tests.commands import COMMAND, run_loaded

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
        files = (Path(os.devnull), self.folder / "output.txt", self.folder / "log.txt")
        for file in files[1:]:
            file.unlink(missing_ok=True)
        done, self.peak_mb = run_loaded(command[2:], Path.cwd(), files, os.environ)
        return done

    def summary(self) -> RunSummary:
        """The newest run."""
        engine = open_engine(self.database_url, read_only=True)
        try:
            found = run_summary(engine, list_runs(engine, 1)[0].id)
        finally:
            engine.dispose()
        assert found is not None
        return found


def peak_mb() -> int:
    """The most memory that this process has had, MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
