from __future__ import annotations

import pytest

from newscrawl.outlets.ftr import FtrError, parse_ftr

SITE = """# A newspaper
title: //h1[@class='headline']
body: //div[@id='story']
body: //article   # on older pages
author: //span[@class='by']/text()
date: //time/@datetime
date: substring-after(//p[@class='date'], ':')
strip: //div[contains(@class, 'newsletter')]
strip_id_or_class: related-box
strip_id_or_class: "share"
next_page_link: //a[@rel='next']/@href
single_page_link: //a[contains(@class, 'print')]
replace_string(<br><br>): <p>
prune: no
tidy: no
test_url: http://herald.example/2024/story
test_contains: The council voted
"""


def test_reads_what_outlet_files_have_too() -> None:
    site = parse_ftr(SITE, "site_config/.herald.example.txt")
    pages = site.config.pages
    assert (site.config.slug, site.config.domains) == ("herald.example", ("herald.example",))
    assert [one.select for one in pages.body] == ["//div[@id='story']", "//article"]
    assert [one.select for one in pages.byline] == ["//span[@class='by']"]
    assert [one.select for one in pages.time] == ["//time/@datetime"]
    assert [one.select for one in pages.strip] == [
        "//div[contains(@class, 'newsletter')]",
        "//*[contains(@class, 'related-box') or contains(@id, 'related-box')]",
        "//*[contains(@class, 'share') or contains(@id, 'share')]",
    ]
    assert site.config.next_page == "//a[@rel='next']/@href"
    assert site.test_urls == ("http://herald.example/2024/story",)


def test_names_the_lines_that_it_leaves_out() -> None:
    title, date, single, replaced = parse_ftr(SITE, "herald.example.txt").left_out
    assert title == "line 2: title: //h1[@class='headline']: outlet files have nothing like it"
    assert date.startswith("line 7: date: substring-after(//p[@class='date'], ':'): expected ")
    assert single.startswith("line 12: single_page_link: ")
    assert replaced.startswith("line 13: replace_string: <br><br> -> <p>: ")


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        ("", "herald.example.txt", "no directive"),
        ("<html>", "herald.example.txt", "no directive"),
        ("body: //article", "not a host.txt", "slug"),
        ("body: //article", "..txt", "slug"),
    ],
)
def test_refuses_what_is_none(text: str, name: str, message: str) -> None:
    with pytest.raises(FtrError, match=message):
        parse_ftr(text, name)
