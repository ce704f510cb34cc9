from __future__ import annotations

import re

import pytest

from newscrawl.discover.patterns import learn_pattern

SITE = "https://www.herald.example"
WORDS = ("town-hall-votes-on-the-budget", "river-path-opens-after-years", "schools-to-get-new-roofs-in-may")
SECTIONS = [
    f"{SITE}/{name}" for name in ("", "politics", "sport", "sport/football", "about-us", "tags/budget", "video")
]
FOLDERS = ("politics", "sport", "local", "sport/football")


def articles(form: str, count: int = 24) -> list[str]:
    return [
        SITE + form.format(
            slug=f"{WORDS[n % 3]}-{'abcdefghijklmnopqrstuvwxyz'[n]}", folder=FOLDERS[n % 4], n=7_130_000 + 37 * n,
            day=1 + n, hex=f"{n * 7919:04x}a1b2c3d4",
        )
        for n in range(count)
    ]  # fmt: skip


@pytest.mark.parametrize(
    "form",
    [
        "/{folder}/2026/11/{day:02}/{slug}",
        "/{folder}/2026/nov/{day:02}/{slug}",
        "/{folder}/{slug}-{n}.html",
        "/news/articles/c{n}o",
        "/{folder}/article/{n}/{slug}",
        "/{folder}/{slug}",
        "/show.php?id={n}&lang=en",
        "/{folder}/{hex}",
        "/202611{day:02}/story/{n}",
    ],
)
def test_finds_what_articles_have_and_sections_lack(form: str) -> None:
    urls = articles(form)
    learnt = learn_pattern(urls[::2], SECTIONS)
    assert learnt is not None
    found = [url for url in (*urls, *SECTIONS) if any(re.search(pattern, url) for pattern in learnt.patterns)]
    assert found == urls
    assert learn_pattern(urls, SECTIONS).sure == "sure"  # type: ignore[union-attr]


def test_two_forms_take_two_patterns() -> None:
    urls = articles("/{folder}/{slug}", 12) + articles("/show.php?id={n}", 12)
    learnt = learn_pattern(urls, SECTIONS)
    assert learnt is not None
    assert len(learnt.patterns) == 2
    assert learnt.matched == 24
    assert learnt.others_matched == 0


def test_few_links_make_no_sure_pattern() -> None:
    learnt = learn_pattern(articles("/{folder}/{slug}-{n}.html", 3), SECTIONS)
    assert learnt is not None
    assert learnt.sure == "unsure"


def test_says_how_sure_it_is() -> None:
    learnt = learn_pattern(articles("/{folder}/{slug}-{n}.html"), SECTIONS)
    assert str(learnt) == "sure: matches 24 of 24 articles, and 0 of 7 other links"


def test_articles_that_look_like_sections_have_no_pattern() -> None:
    names = ["budget", "river", "schools", "harbour", "bridge", "theatre", "market", "library"]
    assert learn_pattern([f"{SITE}/{name}" for name in names], SECTIONS) is None
    assert learn_pattern([], SECTIONS) is None
