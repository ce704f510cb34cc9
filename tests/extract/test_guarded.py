"""trafilatura's expressions find the same elements with a condition before each test as without."""

import re

import pytest
from lxml.html import HtmlElement, document_fromstring

from newscrawl.extract.guarded import GUARDED, PLAIN

PAIRS = [pair for plain, own in zip(PLAIN, GUARDED, strict=True) for pair in zip(plain, own, strict=True)]
PAGE = """
<html><body>
<div id="cookie-consent">We use cookies</div><div class="consent">Agree</div><nav role="navigation">Home</nav>
<main><article class="post-content"><h1>Ferry resumes</h1><p class="byline author">By Ada Reed</p>
<div id="article-body" class="article-body story"><p>The ferry is back.</p><p style="display:none">Hidden</p>
<div class="social-share">Share</div><p id="hidden-note">Note</p><span class="teaser">More</span></div></article></main>
<section id="comments" class="comment-list"><ol class="comments"><li>First!</li></ol></section>
<div id="infinite-scroll"><article>Another</article></div><div class="related-stories">Read</div><footer id="footer">
</footer></body></html>
"""


@pytest.fixture(scope="module")
def page() -> HtmlElement:
    return document_fromstring(PAGE)


def test_every_test_has_a_condition() -> None:
    tests = [path for _, own in PAIRS for path in re.findall(r"(\S+ )?\S*re:test", own.path)]
    assert len(tests) > 20
    assert set(tests) == {"and "}


def test_no_pattern_matches_nothing() -> None:
    patterns = [pattern for plain, _ in PAIRS for pattern in re.findall(r"re:test\([^,]+,\s*'([^']*)'", plain.path)]
    assert len(patterns) > 20
    assert not [pattern for pattern in patterns if re.search(pattern, "")]


def test_the_same_elements_are_found(page: HtmlElement) -> None:
    found = [(plain(page), own(page)) for plain, own in PAIRS]
    assert sum(map(bool, (elements for elements, _ in found))) > 8
    assert all(elements == own for elements, own in found)
