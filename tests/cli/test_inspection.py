"""The page that `newscrawl inspect` writes: all of it shown, none of it run, in a real browser."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import get_args

import pytest
from lxml import html

from newscrawl.article import Inspection, inspect_page
from newscrawl.cli import inspection
from newscrawl.cli.inspection import render
from newscrawl.items import Article, Outlet, Page, Rejection, RemovedKind
from newscrawl.strip import Verdict
from newscrawl.strip.document import Mark
from tests.browser import ink, look
from tests.records import rich_article

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
OUTLET = Outlet("uferpost", "Uferpost", domains=("uferpost.example",))
CSS = (Path(inspection.__file__).parent / "inspection_page" / "colours.css").read_text(encoding="utf-8")
HOSTILE = "\"'><script>document.title='ran'</script><img src=http://leak.example/x onerror=alert(1)>&lt;b&gt;"
BODY = [
    "<p>The lock keeper opened the gates by hand on Sunday, as the motor had drowned in the flood of the night before. "
    "Forty boats went through before it was dark.</p>",
    f"<p>The new motor will stand two metres higher. {escape(HOSTILE)} is what the province put on its page.</p>",
    "<p>Boats will wait for an hour at most, the province said, until the divers have done their work at the lower "
    "gate, which is to be shut for good by the end of the month. (AFP)</p>",
    f"<p>{'0123456789' * 40}</p>",
    "<p>قال حارس الهويس يوم الأحد إن البوابة السفلى ستبقى مغلقة حتى ينتهي الغواصون من عملهم</p>",
    "<p>水門的守門人星期日用手打開閘門，四十艘船在天黑前通過。</p>",
    "<h3>Read more</h3><ul><li><a href='javascript:alert(1)'>Otters are back in the canal of the city</a></li></ul>",
    "<p>Sign up for our newsletter</p><p>© 2026 Uferpost. All rights reserved.</p>",
]


def page_of(*paragraphs: str, url: str = "https://www.uferpost.example/a/1", head: str = "") -> Page:
    start = f"<html lang=en><head><title>Lock opened by hand</title>{head}</head><body><article><h1>Lock opened</h1>"
    return Page(url, f"{start}{''.join(paragraphs)}</article></body></html>".encode(), OUTLET, NOW)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of a hostile page."""
    head = f'<link rel=canonical href="javascript:alert(1)"><meta name=author content="{escape(HOSTILE)}">'
    page = page_of(*BODY, url=f"https://www.uferpost.example/a?x={HOSTILE}", head=head)
    path = tmp_path_factory.mktemp("inspection") / "page.html"
    path.write_text(render(inspect_page(page), f"File {HOSTILE}"), encoding="utf-8")
    return path


def lines(text: str, path: str) -> list[str]:
    return [" ".join(element.text_content().split()) for element in html.fromstring(text).xpath(path)]


def facts(text: str) -> dict[str, str]:
    return dict(zip(lines(text, "//dt"), lines(text, "//dd"), strict=True))


def test_a_browser_shows_every_block_and_runs_nothing(hostile: Path) -> None:
    seen = look(hostile)
    tree = html.fromstring(seen.dom)
    assert not tree.xpath("//script | //img | //iframe | //object | //base | //form")
    assert not [name for element in tree.iter() for name in element.attrib if name.startswith("on")]
    assert all(re.match(r"https?://|#b\d+$|data:,$", href) for href in tree.xpath("//@href"))
    assert "ran" not in lines(seen.dom, "//title")
    shown = " ".join(lines(seen.dom, "//ol[@class='blocks']/li/p"))
    assert "<script>document.title='ran'</script><img src=http://leak.example/x onerror=alert(1)>" in shown
    assert seen.hosts == set()
    assert ink(seen.picture) > 0.02


def test_the_recorder_of_requests_sees_one_and_a_blank_picture_is_known(tmp_path: Path) -> None:
    page = tmp_path / "leak.html"
    page.write_text("<img src='http://leak.example/x.png' width=1 height=1>")
    seen = look(page)
    assert seen.hosts == {"leak.example"}
    assert ink(seen.picture) < 0.002


def test_dark_is_dark(hostile: Path) -> None:
    assert look(hostile, dark=True).picture != look(hostile).picture


@pytest.mark.parametrize("width", [320, 600, 1400])
def test_nothing_is_wider_than_the_screen(hostile: Path, width: int, tmp_path: Path) -> None:
    frame = tmp_path / "frame.html"
    opened = hostile.read_text(encoding="utf-8").replace("<details>", "<details open>")
    frame.write_text(
        f'<iframe width={width} height=3000 srcdoc="{escape(opened)}" onload="const page = '
        "this.contentDocument.documentElement; document.body.dataset.widths = page.scrollWidth + ' ' + innerWidth\">"
    )
    found = re.search(r'data-widths="(\d+) ', look(frame, 1500).dom)
    assert found is not None
    assert int(found[1]) <= width


def test_blocks_stand_in_order_with_verdict_and_evidence() -> None:
    page = inspect_page(page_of(*BODY))
    text = render(page, "File page.html")
    assert lines(text, "//li/p[@class='text']") == [verdict.text for verdict in page.verdicts]
    summaries = lines(text, "//ol/li//summary")
    assert "newsletter 0.99" in next(line for line in summaries if line.startswith("newsletter"))
    assert any(line.startswith("wire trailer, tail 0.95 wire_trailer/") for line in summaries)
    assert any("(line): Sign up for our newsletter+" in line for line in lines(text, "//table//tr[@class='for']"))
    assert any(
        line.startswith("between paragraphs of the story−1.00") for line in lines(text, "//table//tr[@class='against']")
    )


def test_a_tail_is_marked_inside_its_paragraph() -> None:
    text = render(inspect_page(page_of(*BODY)), "")
    (tail,) = html.fromstring(text).xpath("//del[contains(@class, 'tail')]")
    assert (tail.text_content(), tail.get("class")) == (" (AFP)", "tail cut k-wire_trailer")
    assert tail.getparent().text_content().endswith("end of the month. (AFP)")


def test_the_legend_counts_each_kind_and_leads_to_its_first_block() -> None:
    text = render(inspect_page(page_of(*BODY)), "")
    legend = lines(text, "//ul[@class='legend']/li")
    assert {"related 1 block", "wire trailer 1 tail", "newsletter 1 block", "copyright 1 block"} <= set(legend)
    tree = html.fromstring(text)
    for kind, href in zip(tree.xpath("//ul[@class='legend']/li/@class"), tree.xpath("//ul/li/a/@href"), strict=True):
        block = tree.get_element_by_id(href.removeprefix("#"))
        assert html.tostring(block).count(kind.encode()) > 0


def test_blocks_in_the_language_of_the_story_say_so_and_others_do_not() -> None:
    tree = html.fromstring(render(inspect_page(page_of(*BODY)), ""))
    languages = {text.text_content()[:4]: text.get("lang") for text in tree.xpath("//li/p[@class='text']")}
    assert (languages["The "], languages["水門的守"], languages["قال "]) == ("en", None, None)
    assert set(tree.xpath("//li/p[@class='text']/@dir")) == {"auto"}


def test_everything_that_was_found_is_told() -> None:
    article = rich_article(1)
    told = facts(render(Inspection(article.url, None, (), article), ""))
    assert told["Authors"] == "Ann Lee, Bo Li"
    assert told["Published"] == "2026-11-20 18:30+09:00 (to the minute, from json-ld)"
    assert told["Modified"] == "2026-11-21 (to the day, from meta: 21 November)"
    assert told["Language"] == "en (confidence 0.99, by langdetect; the page declares en-GB)"
    assert told["Access"] == "metered (declared: subscriber)"
    assert told["Completeness"] == "truncated (ends in an ellipsis)"
    assert told["Wire"] == "Kyodo"
    assert told["Canonical URL"] == "https://herald.example/story/1"
    text = render(Inspection(article.url, None, (), article), "")
    assert "XTKS:7203 (from the body)" in lines(text, "//dd")
    assert "AAPL (from the widget)" in lines(text, "//dd")


def test_a_page_without_an_article_says_why_and_shows_its_blocks() -> None:
    seen = inspect_page(page_of("<p>Ships.</p>", head='<meta name="article:section" content="Port">'))
    assert isinstance(seen.result, Rejection)
    text = render(seen, "File page.html")
    (problem,) = lines(text, "//p[@class='problem']")
    assert problem.startswith("No article. too_short: too little text for an article")
    assert "Ships." in lines(text, "//li/p[@class='text']")
    empty = render(inspect_page(Page("https://www.uferpost.example/", b"", OUTLET, NOW)), "")
    assert "The page has no blocks of text." in empty


@pytest.mark.parametrize("url", ["javascript:alert(1)", " JavaScript:alert(1)", "data:text/html,x", "//[::1", ""])
def test_what_is_no_url_of_the_web_is_no_link(url: str) -> None:
    article = rich_article(1)
    hostile = Article(
        **{name: getattr(article, name) for name in article.__slots__} | {"canonical_url": url, "url": url}
    )
    text = render(Inspection(url, None, (), hostile), url)
    assert html.fromstring(text).xpath("//a/@href") == []


def test_any_text_of_a_cut_is_escaped() -> None:
    mark = Mark(0, "other", HOSTILE, 0.9, 3)
    verdict = Verdict(f"abc{HOSTILE}", "p", (mark,), 0.9, ((HOSTILE, 1.0),))
    text = render(Inspection("", None, (verdict,), Rejection(HOSTILE, HOSTILE, HOSTILE)), HOSTILE)
    assert not html.fromstring(text).xpath("//script | //img | //b[not(ancestor::summary)]")


def test_every_kind_has_a_colour_of_its_own() -> None:
    hues = dict(re.findall(r"\.k-(\w+) \{ --h: (\d+) \}", CSS))
    assert set(hues) == set(get_args(RemovedKind))
    assert len(set(hues.values())) == len(hues)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_text_is_readable_on_every_colour(scheme: int) -> None:
    """A contrast of 4.5 for text, 3 for edges (WCAG 2.2, 1.4.3 and 1.4.11)."""
    values = dict(re.findall(r"--([a-z-]+): ([^;]+);", re.findall(r":root \{(.*?)\n *\}", CSS, re.DOTALL)[scheme]))
    plain = {name: _hex(values[name]) for name in ("ground", "ink", "dim", "link")}
    assert all(_contrast(plain[name], plain["ground"]) >= 4.5 for name in ("ink", "dim", "link"))
    for hue in map(int, re.findall(r"--h: (\d+)", CSS)):
        tint, edge, word = (
            _oklch(float(values[f"{n}-l"]), float(values[f"{n}-c"]), hue) for n in ("tint", "edge", "word")
        )
        assert min(_contrast(colour, tint) for colour in (plain["ink"], plain["dim"], word)) >= 4.5
        assert min(_contrast(edge, tint), _contrast(edge, plain["ground"])) >= 3


def _hex(colour: str) -> float:
    """Relative luminance."""
    digits = colour.removeprefix("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    return _luminance([part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts])


def _oklch(lightness: float, chroma: float, hue: float) -> float:
    """Relative luminance. Source: CSS Color 4, section 20, OKLab to linear sRGB."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return _luminance([
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    ])  # fmt: skip


def _luminance(parts: list[float]) -> float:
    red, green, blue = (min(max(part, 0.0), 1.0) for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: float, other: float) -> float:
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def test_the_same_page_gives_the_same_bytes() -> None:
    page = page_of(*BODY)
    assert render(inspect_page(page), "x") == render(inspect_page(page), "x")
