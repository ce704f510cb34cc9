"""What a crawl would store of a site: some pages built as it would, and tests of the outlet file made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from newscrawl.items import Article, Page, Rejection
from newscrawl.outlets.expectations import PageTest
from newscrawl.spiders.draft import Sample, SiteDraft, draft_of
from newscrawl.spiders.probe import Site
from newscrawl.workers import Workers

PIECE = 60  # characters of the text's beginning and end that a test looks for
MIN_PIECE = 25  # fewer may well stand in another text, too
SLACK = 0.8  # share of the length that a test asks for: outlets edit their boilerplate


def draft_with_samples(sites: Sequence[Site]) -> list[SiteDraft]:
    """The drafts of sites, with what their sample pages come to by them."""
    if not any(isinstance(page, Page) for site in sites for page in site.pages.values()):
        return [draft_of(site) for site in sites]
    pool = Workers(2)
    try:
        return [_draft(site, pool) for site in sites]
    finally:
        pool.stop()


def _draft(site: Site, pool: Workers) -> SiteDraft:
    pages = tuple(site.pages.values())
    results = build_pages(pages, pool)
    draft = draft_of(site, [result for result in results if isinstance(result, Article)])
    if draft.config is not None:  # once more: its time zone and its name may change what a page comes to
        outlet = draft.config.outlet()
        pages = tuple(replace(page, outlet=outlet) if isinstance(page, Page) else page for page in pages)
        results = build_pages(pages, pool)
    paired = zip(pages, results, strict=True)
    samples = [Sample(page.url, page if isinstance(page, Page) else None, result) for page, result in paired]
    return replace(draft, samples=tuple(samples))


def build_pages(pages: Sequence[Page | Rejection], pool: Workers) -> list[Article | Rejection]:
    """What each page comes to; one that was not fetched stays its rejection."""
    waiting = [pool.submit(page) if isinstance(page, Page) else page for page in pages]
    return [one if isinstance(one, Rejection) else one.result() for one in waiting]


def test_of(sample: Sample, file: str) -> PageTest | None:
    """A test that a sample passes as it is now; None where there is no page."""
    page, result = sample.page, sample.result
    if page is None:
        return None
    day = page.fetched_at.date()
    if isinstance(result, Rejection):
        return PageTest(page=file, url=page.url, fetched=day, charset=page.charset, rejection=result.reason)
    lines = result.text.split("\n")
    pieces = dict.fromkeys((_opening(lines[0]), _opening(lines[-1][::-1])[::-1]))
    cuts = (_opening(cut.text) for cut in result.removed)
    return PageTest(
        page=file,
        url=page.url,
        fetched=day,
        charset=page.charset,
        headline=result.headline,
        published=_stamp(result),
        authors=result.authors,
        contains=tuple(piece for piece in pieces if len(piece) >= MIN_PIECE),
        lacks=tuple(cut for cut in dict.fromkeys(cuts) if len(cut) >= MIN_PIECE and cut not in result.text)[:2],
        min_chars=max(int(SLACK * len(result.text)), 1),
    )


def _opening(text: str) -> str:
    """Its first words."""
    text = text.strip()
    return text if len(text) <= PIECE else text[:PIECE].rpartition(" ")[0] or text[:PIECE]


def _stamp(article: Article) -> str | None:
    if article.published is None:
        return None
    at = article.published.at
    return at.date().isoformat() if article.published.precision == "day" else at.isoformat()
