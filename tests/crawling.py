"""Running the real crawler in a process of its own, as a user does."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from newscrawl.store.engine import open_engine
from newscrawl.store.queries import RunSummary, list_runs, run_summary

OUTLET = """
slug: harbour
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
"""


class Crawler:
    """`scrapy crawl` against one database in a folder."""

    def __init__(self, folder: Path, database_url: str | None = None) -> None:
        self.folder = folder
        self.database_url = database_url or f"sqlite:///{folder / 'news.db'}"
        (folder / "outlets").mkdir(exist_ok=True)

    def outlet(self, home: str, *sources: tuple[str, str], domains: Sequence[str] = ("127.0.0.1",)) -> None:
        lines = "\n".join(f"  - kind: {kind}\n    url: {url}" for kind, url in sources)
        text = OUTLET.format(home=home, sources=lines, domains=json.dumps(domains))
        (self.folder / "outlets" / "harbour.yaml").write_text(text, encoding="utf-8")

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

    def run(self, spider: str, *arguments: str, **settings: Any) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            self.command(spider, *arguments, **settings), capture_output=True, text=True, timeout=120, check=False
        )
        (self.folder / "log.txt").write_text(done.stderr, encoding="utf-8")
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
