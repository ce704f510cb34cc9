"""Running spiders from Python: one crawl a process, for Twisted's reactor does not start twice."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scrapy import Spider
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings

import newscrawl.settings
from newscrawl.extensions import Progress
from newscrawl.items import Page, Rejection
from newscrawl.outlets.schema import OutletConfig
from newscrawl.pipelines import VisitPipeline
from newscrawl.spiders.base import CrawlError
from newscrawl.spiders.checkup import CheckupSpider, SourceCheck
from newscrawl.spiders.draft import SiteDraft
from newscrawl.spiders.news import NewsSpider
from newscrawl.spiders.probe import SAMPLES, PageSpider, ProbeSpider, Site
from newscrawl.spiders.runlog import log_as_json, rotate
from newscrawl.spiders.samples import draft_with_samples
from newscrawl.spiders.urls import UrlsSpider
from newscrawl.spiders.walk import WalkReport
from newscrawl.spiders.warc import WarcSpider
from newscrawl.store.engine import StoreError, database_url
from newscrawl.store.queries import RunSummary, summary_at
from newscrawl.workers import WorkersError

__all__ = [
    "CrawlError", "CrawlOptions", "CrawlResult", "Progress", "SiteDraft", "SourceCheck",
    "check_sources", "fetch_pages", "probe_sites", "run_news", "run_urls", "run_warc",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class CrawlOptions:
    """How a crawl runs; None leaves a setting to the environment or its default."""

    database_url: str | None = None
    archive: Path | None = None  # folder of raw responses
    outlet_folders: tuple[Path, ...] = ()
    proxy: str | None = None
    allow_private: bool = False
    workers: int = 2  # extraction processes
    delay_s: float | None = None  # between two requests to a host; overrides the outlet files
    patience_s: float = 60.0  # how long a database that is away is waited for
    max_pages: int | None = None  # after which nothing more is taken
    max_minutes: float | None = None
    contact: str | None = None  # e-mail or web address for the user agent
    log_level: str = "INFO"
    log_file: Path | None = None
    log_max_mb: float = 10  # a run that finds more in the file begins a new one
    log_json: bool = False  # a JSON object a line of log_file


@dataclass(frozen=True, slots=True)
class CrawlResult:
    """How a crawl ended."""

    exit_status: int  # 0 done, 1 usage, 2 store, 3 degraded, 4 locked, 130 interrupted
    summary: RunSummary | None
    replayed: int = 0  # visits of earlier runs that were written first, in runs of their own
    problem: str | None = None  # what a person should know and do when the status is not 0
    budget: Mapping[str, object] | None = None  # what was spent, and what it left to the next run: spent, due, unread
    notes: tuple[str, ...] = ()  # what a limit left out
    archives: tuple[WalkReport, ...] = ()  # how far the walks through archives have come


def run_news(
    slugs: Sequence[str],
    options: CrawlOptions,
    on_progress: Callable[[Progress], None] | None = None,
    archives: bool = False,
    since: str = "",
) -> CrawlResult:
    """Crawl outlets; all that are configured for an empty sequence.

    `archives` walks back through their old articles, too; `since`, a day or an age, no farther than that.

    Raises:
        CrawlError: An outlet is unknown, its file is faulty, or it has no archive to walk back through.
    """
    arguments = {"outlet": ",".join(slugs), "archives": "1" if archives else "", "since": since}
    return _crawl(NewsSpider, arguments, options, on_progress)


def run_urls(
    urls: Iterable[str],
    options: CrawlOptions,
    on_progress: Callable[[Progress], None] | None = None,
    again: bool = False,
) -> CrawlResult:
    """Crawl the pages of a list, read as it is needed; `again` fetches those that are stored already, too."""
    return _crawl(UrlsSpider, {"urls": urls, "again": "1" if again else ""}, options, on_progress)


def run_warc(
    files: Sequence[Path], options: CrawlOptions, on_progress: Callable[[Progress], None] | None = None
) -> CrawlResult:
    """Read the pages of WARC files.

    Raises:
        CrawlError: A file is not there.
    """
    return _crawl(WarcSpider, {"files": [str(file) for file in files]}, options, on_progress)


def fetch_pages(
    urls: Sequence[str], options: CrawlOptions, outlets: Mapping[str, OutletConfig] | None = None
) -> list[Page | Rejection]:
    """Fetch pages with all guards and robots.txt, without a store; one result a URL, in order.

    Pages of `outlets` are asked for, followed to the next ones and read as their files say.
    """
    spider = _run(PageSpider, {"urls": urls, "outlets": outlets}, options).spider
    results = spider.results if isinstance(spider, PageSpider) else {}
    return [results.get(url, Rejection(url, "not_fetched", "the fetch was ended", final=False)) for url in urls]


def probe_sites(urls: Sequence[str], options: CrawlOptions, samples: int = SAMPLES) -> list[SiteDraft]:
    """Visit sites and draft their outlet files; one draft a URL, in order, with what some of its pages come to.

    Raises:
        CrawlError: The pages cannot be read.
    """
    spider = _run(ProbeSpider, {"urls": urls, "samples": samples}, options).spider
    sites = spider.sites if isinstance(spider, ProbeSpider) else {}
    try:
        return draft_with_samples([sites[url] for url in urls if url in sites])
    except WorkersError as error:
        raise CrawlError(str(error)) from error


def check_sources(
    configs: Sequence[OutletConfig],
    options: CrawlOptions,
    is_sick: Callable[[OutletConfig, Sequence[SourceCheck]], bool] = lambda config, checks: False,
) -> tuple[dict[str, list[SourceCheck]], dict[str, Site]]:
    """Ask for the sources of outlets, then visit the sites of those that are sick.

    Returns:
        By slug, a check for each source, in order; and by slug, the sites.
    """
    process = AsyncCrawlerProcess(settings_of(options))
    checkup, probe = process.create_crawler(CheckupSpider), process.create_crawler(ProbeSpider)
    checks: dict[str, list[SourceCheck]] = {}
    homes: dict[str, str] = {}

    def visit_sick(_: object) -> None:  # before the process sees that nothing is left to be done
        if isinstance(checkup.spider, CheckupSpider):
            checks.update(checkup.spider.checks)
        if checkup.stats.get_value("finish_reason") == "finished":  # not by Ctrl-C
            homes.update({one.slug: one.homepage for one in configs if is_sick(one, checks[one.slug])})
        if homes:
            process.crawl(probe, urls=list(homes.values()), samples=0)

    task = process.crawl(checkup, configs=configs, delay_s=options.delay_s)
    task.add_done_callback(visit_sick)
    process.start()
    if task.done() and not task.cancelled() and (error := task.exception()):
        raise error
    sites = probe.spider.sites if isinstance(probe.spider, ProbeSpider) else {}
    return checks, {slug: sites[url] for slug, url in homes.items() if url in sites}


def settings_of(options: CrawlOptions, on_progress: Callable[[Progress], None] | None = None) -> Settings:
    """Scrapy's settings for the options."""
    settings = Settings()
    settings.setmodule(newscrawl.settings)
    given: dict[str, Any] = {
        "NEWSCRAWL_DATABASE_URL": options.database_url,
        "NEWSCRAWL_ARCHIVE": str(options.archive) if options.archive else None,
        "NEWSCRAWL_OUTLETS": os.pathsep.join(map(str, options.outlet_folders)),
        "NEWSCRAWL_PROXY": options.proxy,
        "NEWSCRAWL_ALLOW_PRIVATE": options.allow_private,
        "NEWSCRAWL_WORKERS": options.workers,
        "NEWSCRAWL_DELAY": options.delay_s,
        "NEWSCRAWL_PATIENCE": options.patience_s,
        "NEWSCRAWL_MAX_PAGES": options.max_pages,
        "NEWSCRAWL_MAX_MINUTES": options.max_minutes,
        "NEWSCRAWL_ON_PROGRESS": on_progress,
        "LOG_LEVEL": options.log_level,
        "LOG_FILE": str(options.log_file) if options.log_file else None,
        "LOG_INSTALL_ROOT_HANDLER": not (options.log_json and options.log_file),
    }
    if options.delay_s is not None:
        given["DOWNLOAD_DELAY"] = options.delay_s
    if options.contact:
        given["USER_AGENT"] = f"newscrawl/{newscrawl.__version__} ({options.contact})"
    settings.setdict(given, priority="cmdline")
    return settings


def _crawl(
    spider: type[Spider],
    arguments: Mapping[str, Any],
    options: CrawlOptions,
    on_progress: Callable[[Progress], None] | None,
) -> CrawlResult:
    crawler = _run(spider, arguments, options, on_progress)
    stats = crawler.stats
    run_id = stats.get_value("newscrawl/run_id")
    exit_status = stats.get_value("newscrawl/exit_status", 130)  # a second Ctrl-C ends it before a status is written
    problem = stats.get_value("newscrawl/problem")
    summary = None
    if run_id is not None:
        try:
            summary = summary_at(database_url(options.database_url), run_id)
        except StoreError as error:
            problem = problem or str(error)
    budget, notes = stats.get_value("newscrawl/budget"), stats.get_value("newscrawl/notes", ())
    replayed = stats.get_value("newscrawl/replayed", 0)
    walks = crawler.spider.reports() if isinstance(crawler.spider, NewsSpider) else ()
    return CrawlResult(exit_status, summary, replayed, problem, budget, tuple(notes), tuple(walks))


def _run(
    spider: type[Spider],
    arguments: Mapping[str, Any],
    options: CrawlOptions,
    on_progress: Callable[[Progress], None] | None = None,
) -> Crawler:
    """Run one spider to its end.

    Raises:
        CrawlError: The spider refused its arguments, or the log cannot be written.
    """
    json_log = None
    if options.log_file:
        rotate(options.log_file, options.log_max_mb)
        json_log = log_as_json(options.log_file, options.log_level) if options.log_json else None
    process = AsyncCrawlerProcess(settings_of(options, on_progress))
    crawler = process.create_crawler(spider)
    if json_log is not None:
        json_log.crawler = crawler
    task = process.crawl(crawler, **arguments)
    process.start()
    if task.done() and not task.cancelled() and (error := task.exception()):
        raise error
    pipeline = crawler.get_item_pipeline(VisitPipeline)
    if pipeline is not None:
        pipeline.abandon()
    return crawler
