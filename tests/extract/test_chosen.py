"""What outlet files say of pages, from the file to the article."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newscrawl.article import build, inspect_page
from newscrawl.items import Article, Page
from newscrawl.outlets.registry import load_file
from newscrawl.strip import splice

FILE = """
slug: herald
name: The Herald
homepage: https://herald.example/
timezone: Europe/London
pages:
"""

PAGE = """<html lang="en"><head><title>Harbour opens - The Herald</title>
<meta name="author" content="Web Desk"><meta property="article:published_time" content="2026-03-02T09:00:00Z"></head>
<body><nav><a href="/">Home</a> <a href="/sport">Sport</a></nav><h1>Harbour opens after six years</h1>
<div class="signed">By <b>Jane Roe</b> and <b>John Smith</b></div>
<span class="when" data-x="1">3 March 2026, 08:15</span>
<div class="story">
<p>The harbour of Northport opened on Friday, six years after the storm that closed it to ferries.</p>
<h2>What changes</h2>
<div>Ferries leave every hour, the council said, and the fish market moves back to the quay.</div>
<div class="box">
<p>Readers liked the pictures of the opening, which our photographers took from the old tower.</p></div>
<ul><li>Tickets cost two pounds.</li></ul>
<p>Sign up for our newsletter</p><p>Herald Extra: the harbour in numbers.</p></div>
<div class="teasers"><p>The council has raised the tax on houses by a tenth, to pay for the road along the coast to the
south.</p><p>The mayor of Southport will not stand again, she told the Herald at the weekend, after twelve years.</p>
<p>The football club lost again, by three goals, and its coach said that he had seen nothing like it before.</p></div>
<div class="stocks"><div>NPT</div><div>HRB</div></div>
<div class="wall"><p>The rest is for members of the Herald club.</p></div>
</body></html>"""


def article(tmp_path: Path, pages: str, html: str = PAGE, day: int = 5) -> Article:
    file = tmp_path / "herald.yaml"
    file.write_text(FILE + "".join(f"  {line}\n" for line in pages.strip().splitlines()), encoding="utf-8")
    fetched_at = datetime(2026, 3, day, 12, tzinfo=UTC)
    page = Page("https://herald.example/1", html.encode(), load_file(file).outlet(), fetched_at)
    found = build(page)
    assert isinstance(found, Article), found
    assert build(page) == found
    spliced = splice(found.text, found.removed)
    assert spliced == "\n".join(verdict.text for verdict in inspect_page(page).verdicts)
    return found


def cuts(found: Article, rule: str) -> list[tuple[str, str]]:
    return [(cut.kind, cut.text) for cut in found.removed if cut.rule == rule]


def test_the_body_is_all_text_of_the_selected_elements(tmp_path: Path) -> None:
    found = article(tmp_path, "body: .story")
    assert found.text.split("\n") == [
        "The harbour of Northport opened on Friday, six years after the storm that closed it to ferries.",
        "What changes",
        "Ferries leave every hour, the council said, and the fish market moves back to the quay.",
        "Readers liked the pictures of the opening, which our photographers took from the old tower.",
        "Tickets cost two pounds.",
        "Herald Extra: the harbour in numbers.",
    ]
    assert [cut.text for cut in found.removed] == ["Sign up for our newsletter"]


def test_a_body_that_is_not_there_is_searched_for(tmp_path: Path) -> None:
    assert article(tmp_path, "body: [.gone, '//main']") == article(tmp_path, "keep: [nothing]")
    assert article(tmp_path, "body: [.gone, \"//div[@class='story']\"]").text.startswith("The harbour of Northport")


def test_rows_of_a_selected_table_are_blocks(tmp_path: Path) -> None:
    table = "<table><tr><th>Day</th><th>Ferries</th></tr><tr><td>Monday</td><td>twelve boats</td></tr></table>"
    found = article(tmp_path, "body: .story", PAGE.replace("<h2>", f"{table}<h2>"))
    assert found.text.split("\n")[1:3] == ["| Day | Ferries |", "| Monday | twelve boats |"]


def test_what_the_file_cuts_stays_visible(tmp_path: Path) -> None:
    found = article(tmp_path, "body: .story\nstrip: {select: .box, kind: caption}\ncut: 'Herald Extra: .*'")
    assert "photographers" not in found.text
    assert cuts(found, "outlet/strip") == [
        ("caption", "Readers liked the pictures of the opening, which our photographers took from the old tower.")
    ]
    assert cuts(found, "outlet/cut") == [("other", "Herald Extra: the harbour in numbers.")]


def test_cuts_of_the_file_need_no_selected_body(tmp_path: Path) -> None:
    found = article(tmp_path, "strip: [.teasers, .wall]")
    assert "council has raised" not in found.text
    assert "mayor of Southport" not in found.text


def test_a_rule_that_the_file_forbids_cuts_nothing(tmp_path: Path) -> None:
    assert "Sign up for our newsletter" in article(tmp_path, "body: .story\nkeep: [newsletter, model]").text
    assert "Sign up" not in article(tmp_path, "body: .story\nkeep: [newsletter/none]").text


def test_byline_and_time_come_from_where_the_file_says(tmp_path: Path) -> None:
    plain = article(tmp_path, "body: .story")
    found = article(tmp_path, "byline: [.nobody, .signed b]\ntime: [.none, .when]")
    assert found.authors == ("Jane Roe", "John Smith")
    assert found.published is not None
    assert (found.published.at.isoformat(), found.published.source) == ("2026-03-03T08:15:00+00:00", "outlet")
    assert plain.published is not None
    assert plain.published.at.isoformat() == "2026-03-02T09:00:00+00:00"
    attribute = article(tmp_path, "time: //meta[@property='article:published_time']/@content\nbyline: .story")
    assert attribute.published is not None
    assert attribute.published.at == plain.published.at


@pytest.mark.parametrize(
    ("day", "is_cut"), [(3, False), (4, True), (6, True), (7, False)], ids=["before", "first", "last", "after"]
)
def test_selectors_hold_on_their_days(tmp_path: Path, day: int, is_cut: bool) -> None:
    found = article(tmp_path, "body: .story\nstrip: {select: .box, since: 2026-03-04, until: 2026-03-06}", day=day)
    assert ("photographers" not in found.text) == is_cut


def test_a_list_of_symbols_and_a_gate_are_known_by_their_selectors(tmp_path: Path) -> None:
    plain = article(tmp_path, "body: .story")
    found = article(tmp_path, "body: .story\ntickers: .stocks\ngate: .wall")
    assert (plain.tickers, plain.access.observed, plain.access.completeness) == ((), "free", "full")
    assert [(ticker.symbol, ticker.origin) for ticker in found.tickers] == [("NPT", "widget"), ("HRB", "widget")]
    assert (found.access.observed, found.access.completeness) == ("subscriber", "teaser")
    without = article(tmp_path, "body: .story\ngate: .wall", PAGE.replace("wall", "hall"))
    assert without.access == plain.access


def test_an_outlet_without_rules_is_read_as_before(tmp_path: Path) -> None:
    found = article(tmp_path, "keep: []")
    assert replace(found, outlet="x") == replace(article(tmp_path, "body: .not-there"), outlet="x")
