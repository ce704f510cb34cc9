"""The draft of an outlet file, of what a site shows."""

from newscrawl.discover.frontpage import SiteFacts
from newscrawl.items import Source, SourceKind
from newscrawl.spiders.draft import SITEMAP_PAGES, draft_of
from newscrawl.spiders.probe import Site

HOME = "https://www.herald.example/"


def site(kind: SourceKind) -> Site:
    url = f"{HOME}{kind}.xml"
    return Site(HOME, HOME, SiteFacts("Herald"), indexes={url: Source(kind, url)})


def test_an_outlet_with_sitemaps_alone_gets_a_budget() -> None:
    drafts = [draft_of(site(kind)) for kind in ("sitemap", "news_sitemap")]
    budgets = [draft.config.budget.pages_per_run if draft.config else "no file" for draft in drafts]
    assert budgets == [SITEMAP_PAGES, None]
    assert any("the newest first" in note for note in drafts[0].notes)
