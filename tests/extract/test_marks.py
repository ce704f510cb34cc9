"""Authors by the markup of a page. All pages made up."""

from __future__ import annotations

import pytest
from lxml.html import document_fromstring

from newscrawl.extract.lines import Around
from newscrawl.extract.marks import names_marked, stated_authors

SITES = ("Harbour Post",)


def marked(body: str, *after: str) -> tuple[str, ...]:
    tree = document_fromstring(f"<html><body>{body}</body></html>")
    return names_marked(tree, stated_authors(tree), Around(after=after), SITES)


@pytest.mark.parametrize(
    ("body", "after", "names"),
    [
        ('<a rel="author">Jane Roe</a>', (), ("Jane Roe",)),
        ('<p itemprop="author"><img><b itemprop="name">Jane Roe</b> on ships</p>', (), ("Jane Roe",)),
        (
            '<p class="article-byline"><a>Jane Roe</a><a>John Doe</a></p>',
            (),
            (),
        ),  # two names, and none beside a headline
        (
            '<p class="article-byline"><a>Jane Roe</a><a>John Doe</a></p>',
            ("Jane Roe John Doe",),
            ("Jane Roe", "John Doe"),
        ),
        ('<i class="author">Jane Roe</i>', (), ()),  # not an element that holds bylines
        ('<span class="author">Jane Roe</span>', (), ("Jane Roe",)),
        ('<span class="byline">by Jane</span>', (), ("Jane",)),
        ('<span class="author">منوعات</span>', (), ()),  # of a script without capitals, one word may be anything
        ('<div class="comment"><b class="author">Jane Roe</b></div>', (), ()),
        ('<footer><span class="author">Jane Roe</span></footer>', (), ()),
        ('<a rel="author">Theme Maker</a><span class="author">Jane Roe</span>', ("Jane Roe", "4 May"), ("Jane Roe",)),
        (
            '<p class="author">Jane Roe</p><p class="author">John Doe</p>',
            ("4 May", "By Jane Roe", "The tide is high", "John Doe"),
            ("Jane Roe",),
        ),
        ('<a rel="author">Ann Lee</a>' + "".join(f'<a rel="author">Jane {c}oe</a>' for c in "RDNP"), (), ()),
    ],
)
def test_names_in_markup(body: str, after: tuple[str, ...], names: tuple[str, ...]) -> None:
    assert marked(body, *after) == names
