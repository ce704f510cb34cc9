"""Invented articles, and all rows that a crawl of them would have left."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import lru_cache
from hashlib import sha256
from random import Random
from typing import Any, get_args

from newscrawl.items import RemovedKind
from newscrawl.store.models import (
    Article,
    ArticleOrigin,
    ArticleTicker,
    Author,
    Base,
    Fetch,
    Outlet,
    OutletAlarm,
    OutletYield,
    Page,
    RemovedBlock,
    RepeatedBlock,
    Revision,
    Run,
    RunOutlet,
    Source,
    StoryArticle,
    StoryRow,
    Tag,
    Url,
)
from newscrawl.urls import url_key
from newscrawl.visits import OutcomeKind
from tests.bench.plan import CYCLE, NOW, PERIOD, Plan
from tests.bench.prose import Prose

LANGUAGES = ["en", "en", "en", "de", "fr", "es", "zh"]  # of the outlets, in turn
WIRES = [None, None, None, None, None, None, "Reuters", "AP", "AFP", "dpa"]
RESERVATIONS = [None, None, None, None, None, None, None, "noai", "tdm robots:ai", "noarchive"]
SYMBOLS = [("AAPL", "XNAS"), ("SAP", "XETR"), ("7203", "XTKS"), *((f"SYM{n}", "XNYS") for n in range(500))]
RULES = [(kind, f"{kind}/{n}") for kind in get_args(RemovedKind) for n in range(3)]
CUTS, TAGS, AUTHORS = 8, 3000, 5000
PLACES = 1 << 31  # above those of the stories of what a crawl adds

Row = dict[str, Any]
Rows = list[tuple[type[Base], list[Row]]]


class Invention:
    """The rows of a plan, run by run."""

    def __init__(self, plan: Plan):
        self.plan = plan
        self._prose = {language: Prose(language, plan.seed) for language in set(LANGUAGES)}
        self._changing: dict[tuple[int, int], Row] = {}  # articles that a later run finds changed

    def outlets(self) -> Rows:
        """Who publishes, and the runs, to which all else refers."""
        plan, span = self.plan, range(1, self.plan.outlets + 1)
        outlets = [
            {"id": n, "slug": f"outlet{n}", "name": f"Outlet {n}", "homepage": f"https://outlet{n}.example/",
             "kind": "publisher", "country": "gb", "timezone": "UTC", "languages": LANGUAGES[n % len(LANGUAGES)],
             "domains": f"outlet{n}.example", "created_at": plan.started(1), "updated_at": NOW}
            for n in span
        ]  # fmt: skip
        sources = [
            {"id": 2 * n - part, "outlet_id": n, "kind": "rss", "url": f"https://outlet{n}.example/{part}.xml",
             "visited_at": NOW, "ok_at": NOW, "new_at": NOW, "status": 200, "failures": 0}
            for n in span for part in (0, 1)
        ]  # fmt: skip
        runs = [
            {"id": n, "command": "crawl --all", "host": "crawler", "pid": n, "code_version": "1", "rules_version": "1",
             "started_at": plan.started(n), "heartbeat_at": plan.started(n), "status": "ok", "reason": "finished",
             "finished_at": plan.started(n) + PERIOD / 6, "exit_status": 0}
            for n in range(1, plan.runs + 1)
        ]  # fmt: skip
        return [(Outlet, outlets), (Source, sources), (Run, runs)]

    def run(self, run: int) -> Rows:
        """All rows of a run, tables that others refer to first."""
        rows: dict[type[Base], list[Row]] = {
            table: []
            for table in (
                Article, Url, Fetch, Page, Revision, RemovedBlock, Author, Tag, ArticleTicker, RepeatedBlock,
                RunOutlet, OutletYield, OutletAlarm, StoryRow, StoryArticle, ArticleOrigin,
            )
        }  # fmt: skip
        rng, accounts = Random(f"{self.plan.seed} {run}"), Counter[tuple[int, str]]()
        for place, outcome in enumerate(self.plan.outcomes):
            if outcome == "stored":
                self._add_article(rows, rng, run, place)
            self._add_url(rows, run, place, outcome)
            accounts[self.plan.outlet(run, place), outcome or "pending"] += 1
        if run > CYCLE:
            self._add_revisits(rows, rng, run, accounts)
        self._add_accounts(rows, run, accounts)
        return list(rows.items())

    def _add_article(self, rows: dict[type[Base], list[Row]], rng: Random, run: int, place: int) -> None:
        plan = self.plan
        number, outlet = plan.article(run, place), plan.outlet(run, place)
        language, seen = LANGUAGES[outlet % len(LANGUAGES)], plan.started(run) + timedelta(seconds=place)
        prose, url, (wire, reserved) = self._prose[language], self._address(run, place), _either(rng)
        is_changed, body = plan.is_changed(run, place), prose.text(rng, int(rng.lognormvariate(7.3, 0.4)))
        dated = seen - timedelta(minutes=rng.randint(5, 2000)) if rng.random() < 0.95 else None
        digest = sha256(body.encode()).hexdigest()
        row = {
            "id": number, "outlet_id": outlet, "canonical_url": url, "canonical_key": _key(url),
            "headline": prose.line(rng, 90), "text": body, "text_hash": digest, "chars": len(body),
            "language": language, "language_confidence": 0.99, "language_method": "langdetect",
            "language_declared": language, "published_at": dated, "published_offset": dated and "+00:00",
            "published_precision": dated and "second", "published_source": dated and "json-ld",
            "published_raw": dated and dated.isoformat(), "access": rng.choice(["free", "free", "free", "metered"]),
            "completeness": rng.choice(["full", "full", "full", "full", "teaser"]), "wire": wire,
            "section": rng.choice(["World", "Business", "Sport"]), "description": prose.line(rng, 140),
            "image_url": f"https://outlet{outlet}.example/{number}.jpg", "revision": 1 + is_changed,
            "first_seen_at": seen, "last_seen_at": seen, "bounded": rng.random() < 0.001, "reservations": reserved,
        }  # fmt: skip
        rows[Article].append(row)
        rows[Author] += [
            {"article_id": number, "position": n, "name": f"Author {rng.randrange(AUTHORS)}"}
            for n in range(rng.choice([0, 1, 1, 2]))
        ]
        rows[Tag] += [
            {"article_id": number, "position": n, "tag": f"tag {int(TAGS * rng.random() ** 3)}"}
            for n in range(rng.choice([0, 0, 2, 4]))
        ]
        tickers = rng.sample(SYMBOLS, rng.choice([0, 0, 0, 1, 2]))
        rows[ArticleTicker] += [
            {"article_id": number, "position": n, "symbol": symbol, "mic": mic,
             "origin": rng.choice(["body", "headline", "structured", "widget"])}
            for n, (symbol, mic) in enumerate(tickers)
        ]  # fmt: skip
        rows[RepeatedBlock] += [
            {"outlet_id": outlet, "block_key": f"{rng.getrandbits(128):032x}", "articles": 1} for _ in range(2)
        ]
        at, story = dated or seen, PLACES + number
        rows[StoryRow].append(
            {"id": story, "first_article_id": number, "first_at": at, "last_at": at, "articles": 1 + number % 3,
             "outlets": 1 + number % 3, "languages": 1, "independent": 1 + number % 2}
        )  # fmt: skip
        rows[StoryArticle].append({"article_id": number, "story_id": story, "place": story, "at": at})
        rows[ArticleOrigin].append(
            {"article_id": number, "position": 0, "relation": "edited_copy", "source_id": number, "confidence": 0.5,
             "evidence": "{}"}
        )  # fmt: skip
        self._add_revision(rows, rng, (run, place), row)
        if is_changed:
            self._changing[run, place] = row | {"text": None}

    def _add_revision(
        self, rows: dict[type[Base], list[Row]], rng: Random, fetched: tuple[int, int], article: Row, revision: int = 1
    ) -> None:
        """A text of an article, by the fetch that brought it; the current text lies in the article."""
        prose, number = self._prose[article["language"]], 2 * article["id"] - 2 + revision
        is_current, is_corrected = revision == article["revision"], revision > 1 and rng.random() < 0.2
        rows[Revision].append({
            "id": number, "article_id": article["id"], "revision": revision,
            "cause": "first" if revision == 1 else "publisher_edit", "fetch_id": self.plan.fetch(*fetched),
            "headline": article["headline"], "text": None if is_current else article["text"],
            "text_hash": article["text_hash"], "chars": article["chars"],
            "change_ratio": None if revision == 1 else round(rng.random() ** 3, 3),
            "correction": f"Correction: {prose.line(rng, 120)}" if is_corrected else None, "code_version": "1",
            "rules_version": "1", "created_at": self.plan.started(fetched[0]),
        })  # fmt: skip
        for position in range(CUTS):
            kind, rule = rng.choice(RULES)
            rows[RemovedBlock].append({
                "revision_id": number, "position": position, "kind": kind, "rule": rule, "score": 0.9,
                "cut_at": article["chars"], "text": prose.line(rng, rng.randint(15, 120)),
            })  # fmt: skip

    def _add_url(self, rows: dict[type[Base], list[Row]], run: int, place: int, outcome: OutcomeKind | None) -> None:
        plan, reason = self.plan, {"rejected": "not_article", "failed": "http_503"}.get(outcome or "")
        address, outlet, at = self._address(run, place), plan.outlet(run, place), plan.started(run)
        article = None
        if outcome in ("stored", "duplicate"):
            article = plan.article(run, place % plan.per_run)
        is_due = outcome == "stored" and run + 4 * CYCLE > plan.runs
        rows[Url].append({
            "id": plan.url(run, place), "outlet_id": outlet, "source_id": 2 * outlet, "url": address,
            "url_key": _key(address), "published_at": at, "language": None, "tickers": "",
            "state": "done" if outcome and outcome != "failed" else "failed" if outcome else "pending",
            "outcome": outcome, "reason": reason, "article_id": article, "attempts": 5 * (outcome == "failed"),
            "due_at": at, "rank_at": at, "found_at": at, "found_run_id": run, "run_id": run if outcome else None,
            "revisit_at": at + 28 * PERIOD if is_due else None,
        })  # fmt: skip
        if outcome:
            rows[Fetch].append(self._fetch(run, place, (run, place), outcome, reason))
            if outcome != "failed":
                rows[Page].append(self._page(rows[Fetch][-1]))

    def _add_revisits(
        self, rows: dict[type[Base], list[Row]], rng: Random, run: int, accounts: Counter[tuple[int, str]]
    ) -> None:
        plan = self.plan
        for place in range(0, plan.per_run, 2):
            own, slot = (run - CYCLE, place), len(plan.outcomes) + place // 2
            article = self._changing.pop(own, None)
            outcome: OutcomeKind = "updated" if article else "unchanged"
            rows[Fetch].append(self._fetch(run, slot, own, outcome, None))
            if article:
                self._add_revision(rows, rng, (run, slot), article, 2)
            if outcome == "updated" or rng.random() < 0.5:
                rows[Page].append(self._page(rows[Fetch][-1]))
            accounts[plan.outlet(*own), outcome] += 1

    def _add_accounts(self, rows: dict[type[Base], list[Row]], run: int, accounts: Counter[tuple[int, str]]) -> None:
        plan, end = self.plan, self.plan.started(run) + PERIOD / 6
        for n, outlet in enumerate(sorted({outlet for outlet, _ in accounts})):
            counts = {kind: accounts[outlet, kind] for kind in (*get_args(OutcomeKind), "pending")}
            seen, articles = sum(counts.values()), counts["stored"] + counts["updated"]
            key, met = {"run_id": run, "outlet_id": outlet}, counts["updated"] + counts["unchanged"]
            own = {"discovered": seen - met, "known": 30, "seen": seen, "chars_kept": 2000 * articles}
            rows[RunOutlet].append(key | own | counts | {"chars_removed": 500 * articles})
            rows[OutletYield].append(key | {
                "measured_at": end, "sources": 2, "sources_silent": 0, "links": 50, "dated": articles,
                "authored": articles * 3 // 4, "gated": 0, "median_chars": 2000 if articles else None,
                "silent_since": None,
            })  # fmt: skip
            if (run + outlet) % 200 == 0:
                rows[OutletAlarm].append(key | {
                    "measure": "dated", "rule": "history", "expected": 0.9, "got": 0.1, "message": "10 % with a date",
                    "began_at": end, "told_at": end, "is_told": True,
                })  # fmt: skip
            for part in (0, 1):
                slot = len(plan.outcomes) + (plan.per_run + 1) // 2 + 2 * n + part
                rows[Fetch].append({
                    "id": plan.fetch(run, slot), "run_id": run, "outlet_id": outlet, "url_id": None,
                    "source_id": 2 * outlet - part, "taken_at": plan.started(run), "fetched_at": plan.started(run),
                    "final_url": f"https://outlet{outlet}.example/{part}.xml", "status": 200, "outcome": None,
                    "reason": None, "elapsed_ms": 120, "links": 50, "new_links": 15,
                })  # fmt: skip

    def _fetch(self, run: int, slot: int, of: tuple[int, int], outcome: OutcomeKind, reason: str | None) -> Row:
        at = self.plan.started(run) + timedelta(seconds=slot)
        return {
            "id": self.plan.fetch(run, slot), "run_id": run, "outlet_id": self.plan.outlet(*of),
            "url_id": self.plan.url(*of), "source_id": None, "taken_at": at, "fetched_at": at,
            "final_url": self._address(*of), "status": 200, "outcome": outcome, "reason": reason, "elapsed_ms": 200,
            "links": None, "new_links": None,
        }  # fmt: skip

    def _page(self, fetch: Row) -> Row:
        digest = sha256(f"{fetch['id']}".encode()).hexdigest()
        return {
            "id": fetch["id"], "fetch_id": fetch["id"], "part": 0, "content_type": "text/html", "charset": "utf-8",
            "sha256": digest, "bytes": 90_000, "warc_file": f"run-{fetch['run_id']}.warc.gz",
            "warc_offset": fetch["id"] * 20_000, "warc_length": 20_000,
        }  # fmt: skip

    @lru_cache(maxsize=10_000)  # noqa: B019  # there is one invention
    def _address(self, run: int, place: int) -> str:
        outlet, number = self.plan.outlet(run, place), self.plan.url(run, place)
        return f"https://outlet{outlet}.example/{self.plan.started(run):%Y/%m/%d}/story-{number}"


_key = lru_cache(maxsize=10_000)(url_key)  # of an article's URL, it is needed twice


def _either(rng: Random) -> tuple[str | None, str | None]:
    return rng.choice(WIRES), rng.choice(RESERVATIONS)
