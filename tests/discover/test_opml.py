from __future__ import annotations

import pytest

from newscrawl.discover.opml import ListedFeed, OpmlError, parse_opml

LIST = b"""<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>News</title></head><body>
 <outline text="Europe"><outline text="Germany" title="Deutschland">
  <outline type="rss" text="Tagespost" xmlUrl="https://www.tagespost.de/rss.xml" htmlUrl="https://www.tagespost.de/"
    language="de-DE"/>
 </outline></outline>
 <outline text="Herald" type="rss" xmlUrl="https://feeds.herald.example/atom"/>
 <outline text="Herald again" xmlUrl="https://feeds.herald.example/atom"/>
 <outline text="no address"/><outline text="bad" xmlUrl="javascript:alert(1)"/>
</body></opml>"""


def test_reads_nested_outlines_and_each_feed_once() -> None:
    assert parse_opml(LIST) == (
        ListedFeed(
            "https://www.tagespost.de/rss.xml",
            "Tagespost",
            "https://www.tagespost.de/",
            "de-DE",
            "Europe / Deutschland",
        ),
        ListedFeed("https://feeds.herald.example/atom", "Herald"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'<!DOCTYPE o [<!ENTITY a "b">]><opml><body><outline xmlUrl="http://a.de/&a;"/></body></opml>', "entities"),
        (b"<!doctype html><html><body>Not here</body></html>", "web page"),
        (b"<rss><channel/></rss>", "root is not <opml>"),
        (b"", "not readable as XML"),
        (b"plain words", "not readable as XML"),
    ],
)
def test_refuses_what_is_no_list(body: bytes, message: str) -> None:
    with pytest.raises(OpmlError, match=message):
        parse_opml(body)


def test_reads_what_is_there_of_a_list_that_is_cut_off() -> None:
    assert len(parse_opml(LIST[: LIST.index(b'<outline text="Herald again')])) == 2
