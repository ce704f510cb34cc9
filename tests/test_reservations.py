import pytest

from newscrawl.article import build
from newscrawl.items import Article, Outlet, Page
from newscrawl.reservations import reserved_by_headers, reserved_by_meta
from tests.pages import article_page
from tests.records import NOW

URL = "https://herald.example/2026/pier"


@pytest.mark.parametrize(
    ("meta", "words"),
    [
        ({}, ""),
        ({"robots": ["index, follow, max-image-preview:large"]}, ""),
        ({"robots": ["noarchive"]}, "noarchive"),
        ({"robots": ["NOINDEX,NOARCHIVE"]}, "noindex noarchive"),
        ({"robots": ["none"]}, "noindex"),
        ({"robots": ["noai, noimageai"], "googlebot": ["noarchive nosnippet"]}, "noarchive nosnippet noai noimageai"),
        ({"newscrawl": ["nocache"], "bingbot": ["noindex"]}, "noarchive"),
        ({"tdm-reservation": ["1"]}, "tdm"),
        ({"tdm-reservation": ["1"], "tdm-policy": ["/tdm.json"]}, "tdm tdm-policy:https://herald.example/tdm.json"),
        ({"tdm-reservation": ["1"], "tdm-policy": ["javascript:x"]}, "tdm"),
        ({"tdm-reservation": ["0"], "tdm-policy": ["/tdm.json"]}, ""),
    ],
)
def test_meta_tags_reserve(meta, words):
    assert " ".join(reserved_by_meta(meta, URL)) == words


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ([("Content-Type", "text/html")], ""),
        ([("X-Robots-Tag", "noindex, noarchive")], "noindex noarchive"),
        ([("X-Robots-Tag", "googlebot: noarchive"), ("x-robots-tag", "noai")], "noarchive noai"),
        ([("X-Robots-Tag", "otherbot: noindex, noarchive")], ""),
        ([("X-Robots-Tag", "otherbot: noindex, newscrawl: noai, noimageai")], "noai noimageai"),
        ([("X-Robots-Tag", "unavailable_after: 25 Jun 2030 15:00:00 GMT, noarchive")], "noarchive"),
        ([("X-Robots-Tag", "max-snippet:20,noarchive")], "noarchive"),
        (
            [("TDM-Reservation", " 1 "), ("TDM-Policy", "https://x.example/p")],
            "tdm tdm-policy:https://x.example/p",
        ),
    ],
)
def test_headers_reserve(headers, words):
    assert " ".join(reserved_by_headers(headers, URL)) == words


def test_an_article_has_the_words_of_its_page_its_headers_and_robots_txt_each_once():
    tags = '<meta name="robots" content="noarchive, noai"><meta name="tdm-reservation" content="1"></head>'
    body = article_page("The pier of the harbour is rebuilt").replace("</head>", tags).encode()
    outlet = Outlet("herald", "The Herald", domains=("herald.example",))
    article = build(Page(URL, body, outlet, NOW, reservations=("noindex", "noarchive", "robots:ai")))
    assert isinstance(article, Article)
    assert article.reservations == ("noindex", "noarchive", "noai", "tdm", "robots:ai")
