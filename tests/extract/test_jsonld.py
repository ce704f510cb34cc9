"""JSON-LD as real pages write it."""

from __future__ import annotations

import pytest
from lxml.html import document_fromstring

from newscrawl.extract.jsonld import Node, plain, read_jsonld


def main_of(*scripts: str, headline: str | None = None) -> Node:
    tags = "".join(f'<script type="application/ld+json">{script}</script>' for script in scripts)
    return read_jsonld(document_fromstring(f"<html><head>{tags}</head><body></body></html>"), headline)[1]


@pytest.mark.parametrize(
    "script",
    [
        '{"@type": "NewsArticle", "headline": "Port"}',
        '[{"@type": "WebSite"}, {"@type": ["Thing", "NewsArticle"], "headline": "Port"}]',
        '{"@graph": [{"@type": "WebPage"}, {"@type": "http://schema.org/NewsArticle", "headline": "Port"}]}',
        '{"@type": "WebPage", "mainEntity": {"@type": "Article", "headline": "Port"}}',
        '<!-- {"@type": "NewsArticle", "headline": "Port"} -->',
        '//<![CDATA[\n{"@type": "NewsArticle", "headline": "Port"}\n//]]>',
        '{"@type": "NewsArticle", "headline": "Port",}',
        '{"@type": "NewsArticle", "headline": "Port"};',
        '{"@type": "NewsArticle", "description": "two\nlines", "headline": "Port"}',
        "{&quot;@type&quot;: &quot;NewsArticle&quot;, &quot;headline&quot;: &quot;Port&quot;}",
    ],
)
def test_the_article_is_found(script: str) -> None:
    assert main_of(script).text("headline") == "Port"


def test_of_several_articles_the_one_with_the_pages_headline_is_its_own() -> None:
    form = '{{"@type": "NewsArticle", "headline": "{}", "datePublished": "2024"}}'
    other, own = form.format("Fair"), form.format("Port")
    assert main_of(other, own, headline="Port").text("headline") == "Port"
    assert main_of(other, own).text("headline") == "Fair"


def test_authors_that_are_only_referred_to_are_looked_up() -> None:
    found = main_of(
        """{"@graph": [{"@type": "NewsArticle", "headline": "Port", "author": [{"@id": "#/p/1"}, {"@id": "#/p/2"}]},
        {"@type": "Person", "@id": "#/p/1", "name": "Jane Roe"}]}"""
    )
    assert [author.text("name") for author in found.nodes("author")] == ["Jane Roe", None]


def test_teasers_in_a_list_are_not_the_article() -> None:
    assert (
        main_of('{"@type": "ItemList", "itemListElement": [{"@type": "NewsArticle", "headline": "Fair"}]}').data == {}
    )


@pytest.mark.parametrize("script", ["", "{", "[" * 100_000, "null", "12", '"text"', '{"@type": 3, "author": 4}'])
def test_nonsense_gives_an_empty_article(script: str) -> None:
    node = main_of(script)
    assert node.text("headline") is None
    assert node.nodes("author") == () or node.nodes("author")[0].text("name") is None


@pytest.mark.parametrize(
    ("value", "flag"),
    [
        ("true", True),
        ('"True"', True),
        ('"https://schema.org/False"', False),
        ('"no"', False),
        ("1", None),
        ("null", None),
    ],
)
def test_flags_are_written_in_many_ways(value: str, flag: bool | None) -> None:
    assert main_of(f'{{"@type": "Article", "isAccessibleForFree": {value}}}').flag("isAccessibleForFree") is flag


def test_authors_are_objects_or_texts() -> None:
    node = main_of('{"@type": "Article", "author": ["Jane Roe", {"@type": "Person", "name": "John Doe"}]}')
    assert [author.text("name") for author in node.nodes("author")] == ["Jane Roe", "John Doe"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A &amp;amp; B", "A & B"),
        ("<b>bold</b> move", "bold move"),
        ("3 < 4 and 5 > 4", "3 < 4 and 5 > 4"),
        ("a\n\t b\x1b[31m", "a b[31m"),
    ],
)
def test_plain_text(text: str, expected: str) -> None:
    assert plain(text) == expected
