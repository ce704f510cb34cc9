"""Whose copy an article is."""

from __future__ import annotations

import pytest

from newscrawl.describe.agencies import agency_in, is_agency
from newscrawl.describe.wire import WireEvidence, identify_wire


@pytest.mark.parametrize(
    ("opening", "wire"),
    [
        ("LISBON, March 9 (Reuters) - The board met.", "Reuters"),
        ("PORT ELLERY (AP) — The board met.", "Associated Press"),
        ("PARIS (AFP) - Le conseil s'est réuni.", "AFP"),
        ("(ANSA) - ROMA, 5 MAR - Il consiglio.", "ANSA"),
        ("(Bloomberg) -- The board met.", "Bloomberg"),
        ("EMDEN (dpa-AFX) - Der Hafenrat tagte.", "dpa-AFX"),
        ("STAVANGER, Norway--(BUSINESS WIRE)--Ellery Marine today announced", "Business Wire"),
        ("PORT ELLERY, Maine, March 9, 2026 (GLOBE NEWSWIRE) -- Ellery Marine", "GlobeNewswire"),
        ("OSLO, May 12, 2026 /PRNewswire/ -- Ellery Marine", "PR Newswire"),
        ("SAKATA, Japan, March 9, Kyodo - The board met.", "Kyodo News"),
        ("新华社大连3月9日电（记者方远）港务局", "Xinhua"),
        ("（中央社記者方遠高雄9日電）港務局", "Central News Agency"),
        ("(부산=연합뉴스) 강하늘 기자 = 항만청은", "Yonhap"),
        ("(ABM FN) De havenraad vergaderde.", "ABM Financial News"),
        ("Reuters reported on Monday that the board met.", None),
        ("The board (see AP, page 4) met.", None),
        ("The port (which belongs to the state) will be deepened, Reuters said.", None),
    ],
)
def test_a_dateline_names_the_agency(opening: str, wire: str | None) -> None:
    assert identify_wire(WireEvidence(first_blocks=(opening,))) == wire


@pytest.mark.parametrize(
    ("trailer", "wire"),
    [
        ("(END) Dow Jones Newswires", "Dow Jones Newswires"),
        ("Copyright (c) 2026 Dow Jones & Company, Inc.", "Dow Jones Newswires"),
        ("Copyright 2025 The Associated Press. All rights reserved.", "Associated Press"),
        ("©2026 Bloomberg L.P.", "Bloomberg"),
        ("(c) Agencia EFE", "EFE"),
        ("Copyright ⓒ 연합뉴스. All rights reserved.", "Yonhap"),
        ("AXC0031 2026-03-09/08:15", "dpa-AFX"),
        ("Door: ABM Financial News.", "ABM Financial News"),
        ("Our Standards: The Thomson Reuters Trust Principles.", "Reuters"),
        ("==Kyodo", "Kyodo News"),
        ("© 2026 Harbour Post. Prices by Bloomberg.", None),
        ("Mit Material von dpa", None),
        ("Jane Roe of Reuters contributed to this report", None),
    ],
)
def test_a_trailer_names_its_owner(trailer: str, wire: str | None) -> None:
    assert identify_wire(WireEvidence(trailers=(trailer,))) == wire


@pytest.mark.parametrize(
    ("line", "wire"),
    [
        ("AFP", "AFP"),
        ("Agencia EFE | Vigo, 9 mar 2026", "EFE"),
        ("dpa-AFX 09.03.2026, 08:15 Uhr", None),
        ("配信元：Kyodo News", "Kyodo News"),
        ("来源：新华网", "Xinhua"),
        ("By JANE ROE AP Business Writer", "Associated Press"),
        ("Foto: AFP", None),
        ("mit Material von dpa", None),
        ("Jane Roe", None),
        ("Apa itu kanal?", None),
    ],
)
def test_a_line_beside_the_headline_names_the_source(line: str, wire: str | None) -> None:
    assert identify_wire(WireEvidence(around=(line,))) == wire


def test_a_mark_on_the_headline_is_enough() -> None:
    assert identify_wire(WireEvidence(headline_mark="WSJ")) == "Dow Jones Newswires"
    assert identify_wire(WireEvidence(headline_mark="updated")) is None


def test_no_evidence_is_no_wire() -> None:
    assert identify_wire(WireEvidence()) is None


@pytest.mark.parametrize(
    ("text", "name"), [("(AP)", "Associated Press"), ("ap", None), ("REUTERS", "Reuters"), ("dpa/afp", None)]
)
def test_a_whole_text_is_an_agencys_name(text: str, name: str | None) -> None:
    assert is_agency(text) == name


def test_short_names_are_told_from_words_by_their_case() -> None:
    assert agency_in("tt is no agency, ATS is") == "Keystone-SDA"
