"""What must be true of a store after every run, however that ended; read from its rows."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine, text

from newscrawl.store.queries import list_runs, run_summary


class ViolationError(Exception):
    """A promise that was broken."""


class Ledger:
    """All that the store was ever seen to hold."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._articles: dict[str, str] = {}  # canonical URL -> hash of the text

    @property
    def articles(self) -> int:
        return len(self._articles)

    def note(self) -> None:
        """Read the articles; also in the middle of a run.

        Raises:
            ViolationError: One that was there is gone or another one, or one is there twice.
        """
        query = "SELECT canonical_url, headline, text_hash FROM articles"
        with self._engine.connect() as connection:
            rows = connection.execute(text(query)).all()
        now = {row.canonical_url: row.text_hash for row in rows}
        if len(now) < len(rows) or len({row.headline for row in rows}) < len(rows):
            raise ViolationError(f"{len(rows)} articles, {len(now)} URLs: one is stored twice")
        for url, text_hash in self._articles.items():
            if now.get(url) != text_hash:
                raise ViolationError(f"{url} was stored, and is {'changed' if url in now else 'gone'}")
        self._articles = now

    def check(self, runs: int = 5) -> None:
        """All that must hold while no run is alive; the accounts of so many runs, the newest.

        Raises:
            ViolationError: Something does not.
        """
        self.note()
        for run in list_runs(self._engine, runs):
            summary = run_summary(self._engine, run.id)
            if summary is None or not summary.balanced:
                raise ViolationError(f"run {run.id} ({run.status}): rows and counters differ: {summary}")
        is_sqlite = self._engine.dialect.name == "sqlite"
        indexed = f"SELECT {'rowid' if is_sqlite else 'article_id'} AS id FROM article_words"
        questions = {
            "an outcome without a fetch that has it": "SELECT url FROM urls WHERE outcome IS NOT NULL AND id NOT IN"
            " (SELECT url_id FROM fetches WHERE outcome IS NOT NULL AND url_id IS NOT NULL)",
            "done without an outcome": "SELECT url FROM urls WHERE state = 'done' AND outcome IS NULL",
            "stored without an article": "SELECT url FROM urls WHERE outcome = 'stored' AND article_id IS NULL",
            "stored twice": "SELECT url_id FROM fetches WHERE outcome = 'stored' GROUP BY url_id HAVING COUNT(*) > 1",
            "an article that no fetch stored": "SELECT canonical_url FROM articles WHERE id NOT IN"
            " (SELECT article_id FROM urls WHERE outcome = 'stored')",
            "an article without a revision": "SELECT canonical_url FROM articles WHERE id NOT IN"
            " (SELECT article_id FROM article_revisions)",
            "an article without its words": f"SELECT canonical_url FROM articles WHERE id NOT IN ({indexed})",
            "words of an article that is gone": f"SELECT id FROM ({indexed}) AS i WHERE id NOT IN"
            " (SELECT id FROM articles)",
        }
        with self._engine.connect() as connection:
            for fault, query in questions.items():
                if found := connection.execute(text(query)).first():
                    raise ViolationError(f"{fault}: {found[0]}")

    def states(self) -> dict[str, int]:
        """URLs by state."""
        query = "SELECT state, COUNT(*) AS urls FROM urls GROUP BY state ORDER BY state"
        with self._engine.connect() as connection:
            return {row.state: row.urls for row in connection.execute(text(query))}

    def check_all_ended(self, urls: Sequence[str]) -> None:
        """After a run without faults: every story is stored, but for those that failed five times.

        Raises:
            ViolationError: One is not, or a URL is still open, or a dead run not buried.
        """
        self.check(runs=10_000)
        open_urls = {state: count for state, count in self.states().items() if state not in ("done", "failed")}
        if open_urls:
            raise ViolationError(f"still open: {open_urls}")
        with self._engine.connect() as connection:
            given_up = set(connection.scalars(text("SELECT url FROM urls WHERE state = 'failed'")))
            if running := connection.scalar(text("SELECT MAX(id) FROM runs WHERE status = 'running'")):
                raise ViolationError(f"run {running} is still said to be running")
        if missing := set(urls) - set(self._articles) - given_up:
            raise ViolationError(f"{len(missing)} stories are missing, {min(missing)} among them")
