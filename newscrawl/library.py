"""newscrawl for Python: an article from a page's HTML, without a crawl and without a store."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from newscrawl.article import build
from newscrawl.items import Article, Outlet, Page, Rejection
from newscrawl.outlets.registry import load_outlets, outlet_of
from newscrawl.outlets.schema import OutletConfig
from newscrawl.urls import safe_url


def extract(
    html: str | bytes,
    url: str,
    *,
    charset: str | None = None,
    outlet: Outlet | None = None,
    fetched_at: datetime | None = None,
) -> Article | Rejection:
    """The article of a page without boilerplate, or the reason why there is none.

    A page that is no article is an answer and no exception: `Rejection.reason` is a word that counts, such as
    `not_article` or `too_short`. The same arguments give the same answer. It runs in this process, without a limit of
    time or memory; `newscrawl extract --jsonl` has processes that can be killed, for pages that mean harm.

    Args:
        html: The page; bytes are decoded as a browser would.
        url: Where it came from, after redirects: for relative links, dates in paths, and the outlet.
        charset: Of bytes, as the server declared it.
        outlet: Who publishes; None: the packaged outlet on whose domain the URL lies, else its domain.
        fetched_at: When it was fetched, with an offset: later dates on it are not believed. None: now.

    >>> from newscrawl import extract
    >>> html = '''<article><h1>Harbour opens</h1><p>The harbour of Northport opened on Friday, after six years.</p>
    ... <p>Ferries leave every hour.</p><p>Sign up for our newsletter</p></article>'''
    >>> article = extract(html, "https://herald.example/1")
    >>> article.headline, article.text
    ('Harbour opens', 'The harbour of Northport opened on Friday, after six years.\\nFerries leave every hour.')
    >>> [(cut.kind, cut.text) for cut in article.removed]
    [('navigation', 'Harbour opens'), ('newsletter', 'Sign up for our newsletter')]
    >>> extract("<p>Nothing here", "https://herald.example/2").reason
    'too_short'
    """
    if isinstance(html, str):
        html, charset = html.encode("utf-8", "replace"), "utf-8"
    if outlet is None:
        outlet = outlet_of(url, _packaged()) if safe_url(url) else Outlet(slug="unknown", name="unknown")
    return build(Page(url, html, outlet, fetched_at or datetime.now(UTC), charset))


@cache
def _packaged() -> dict[str, OutletConfig]:
    return load_outlets().outlets
