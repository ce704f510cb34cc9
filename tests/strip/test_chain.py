"""The chain as a whole: what bounds it, what it is told, what it leaves alone."""

from __future__ import annotations

import re
from pickle import dumps, loads

import pytest

from newscrawl.items import Block, BlockTag
from newscrawl.strip import rules_version, strip_blocks

STORY = [
    Block(
        "The ferry company will cut its winter timetable by half, it said on Wednesday, after a year in which fuel "
        "became dearer and the number of passengers fell for the third time in a row."
    ),
    Block(
        "Islanders called the decision a disaster. The mayor of the largest island said that the hospital could not be "
        "reached by night, and asked the ministry to pay for a boat of its own."
    ),
]


def kept(*blocks: Block, headline: str | None = None, site_name: str | None = None) -> list[str]:
    stripped = strip_blocks([*STORY, *blocks], headline=headline, site_name=site_name)
    return [block.text for block in stripped.kept[len(STORY) :]]


def test_leaves_nothing_of_nothing() -> None:
    assert strip_blocks([]).kept == ()


def test_keeps_the_prose_of_a_page_that_is_all_notice() -> None:
    notice = Block(
        "You have reached your limit of free articles. Subscribe now to continue reading and get unlimited access to "
        "all our stories, on every device, for as little as $1 a week. Cancel anytime."
    )
    stripped = strip_blocks([Block("Log in"), notice])
    assert (stripped.kept, stripped.bounded) == ((notice,), True)


def test_makes_no_unsure_cut_when_they_would_take_too_much() -> None:
    # a page of linked briefs: the links are the story
    briefs = [Block(f"The town of Nr. {n} has voted for the new road to the coast", link_share=0.7) for n in range(12)]
    stripped = strip_blocks([STORY[0], *briefs, STORY[1]])
    assert (len(stripped.kept), stripped.bounded) == (14, True)


def test_says_nothing_of_bounds_where_it_may_cut_all() -> None:
    assert strip_blocks([*STORY, Block("Share this article")]).bounded is False


def test_cuts_a_repeated_headline_with_or_without_its_agency_mark() -> None:
    blocks = [Block("Ferry company halves its timetable -- Update"), *STORY]
    stripped = strip_blocks(blocks, headline="Ferry company halves its timetable")
    assert [removed.kind for removed in stripped.removed] == ["navigation"]


def test_keeps_a_standfirst_that_only_shares_words_with_the_headline() -> None:
    blocks = [Block("Ferry company halves its timetable and angers the islands"), *STORY]
    assert len(strip_blocks(blocks, headline="Ferry company halves its timetable").kept) == 3


def test_cuts_a_line_that_is_the_name_of_the_site() -> None:
    blocks = [*STORY, Block("The Island Post")]
    named = strip_blocks(blocks, site_name="The Island Post").removed
    assert [removed.rule for removed in named] == ["navigation/site_name"]
    assert "navigation/site_name" not in {removed.rule for removed in strip_blocks(blocks).removed}


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("The vote is on Monday. (Reporting by Jane Doe; editing by John Roe)", "The vote is on Monday."),
        ("Il voto è previsto per domani. (ANSA).", "Il voto è previsto per domani."),
        ("Indaga la procura di Siena. (ANSA). © RIPRODUZIONE RISERVATA", "Indaga la procura di Siena."),
        ("案件正在进一步调查中。(本文来自某某新闻，更多资讯请下载“某某新闻”APP)", "案件正在进一步调查中。"),
        ("The ship is due on Friday. (END) Dow Jones Newswires", "The ship is due on Friday."),
        ("Śledztwo prowadzi prokuratura w Gdyni. (PAP)", "Śledztwo prowadzi prokuratura w Gdyni."),
        ("警察が原因を調べている。（共同）", "警察が原因を調べている。"),
        ("Der Prozess wird am Montag fortgesetzt. (dpa)", "Der Prozess wird am Montag fortgesetzt."),
    ],
)
def test_trims_credits_off_the_last_sentence(text: str, left: str) -> None:
    assert [block.text for block in strip_blocks([Block(text)]).kept] == [left]


@pytest.mark.parametrize(
    "text",
    [
        "TOKYO (Reuters) - The yen fell on Tuesday to its lowest in a month.",
        "（中央社記者王小明台北5日電）颱風今晚登陸，東部各縣市停班停課。",
        "Police ask anyone who saw the car to call 555 0100.",
        "Das teilte die Deutsche Presse-Agentur (dpa) mit.",
        "Results",
        "What happens next?",
        "She holds 4% of the shares, down from 9% in May.",
    ],
)
def test_leaves_what_belongs_to_a_story(text: str) -> None:
    stripped = strip_blocks([STORY[0], Block(text), STORY[1]])
    assert [block.text for block in stripped.kept[1:-1]] == [text]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("NVDA 176.24 -0.32%", "ticker_list"),
        ("騰訊控股 00700 642.00 +1.15%", "ticker_list"),
        ("jmb/lqt/abr", "wire_trailer"),
        ("ISIN DE000ABC1000", "wire_trailer"),
        ("AFP / dpa", "wire_trailer"),
        ("jane.doe@news.example", "contact"),
        ("03.04.2026, 10:15 Uhr", "timestamp"),
        ("5 分鐘前", "timestamp"),
        ("3 ore fa", "timestamp"),
        ("47", "navigation"),
        ("請登入後查看全文", "paywall"),
    ],
)
def test_knows_lines_by_their_shape_after_a_story(text: str, kind: str) -> None:
    assert [removed.kind for removed in strip_blocks([*STORY, Block(text)]).removed] == [kind]


@pytest.mark.parametrize("tag", ["row", "h2", "quote"])
def test_keeps_a_number_in_a_table_but_not_a_counter(tag: BlockTag) -> None:
    assert (kept(Block("47", "row")), kept(Block("47"))) == (["47"], [])
    assert kept(Block("A line that nobody knows", tag)) == ["A line that nobody knows"]


def test_cuts_the_portal_s_own_script_around_a_foreign_story() -> None:
    assert kept(Block("港股行情中心與新股專區")) == []
    names = Block("Gżira, Ħamrun")
    assert strip_blocks([STORY[0], names, STORY[1]]).kept[1] == names


def test_scores_lie_between_nothing_and_certainty() -> None:
    blocks = [*STORY, Block("© 2026 Example. All rights reserved."), Block("Share"), Block("Read more", link_share=1.0)]
    assert all(0.7 <= removed.score <= 1 for removed in strip_blocks(blocks).removed)


def test_records_go_to_another_process() -> None:
    stripped = strip_blocks([*STORY, Block("Share this article")])
    assert loads(dumps(stripped)) == stripped


def test_has_a_version_of_its_rules() -> None:
    assert re.fullmatch("[0-9a-f]{16}", rules_version())
    assert rules_version() == rules_version()
