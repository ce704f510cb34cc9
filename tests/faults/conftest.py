"""The web that the crawls of these tests go to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.crawling import Crawler
from tests.faults.stories import publish
from tests.web import Web, serve


@pytest.fixture
def web() -> Iterator[Web]:
    with serve() as web:
        publish(web)
        yield web


@pytest.fixture
def crawler(web: Web, tmp_path) -> Crawler:
    crawler = Crawler(tmp_path)
    crawler.outlet(web.url("/"), ("rss", web.url("/feed")))
    return crawler
