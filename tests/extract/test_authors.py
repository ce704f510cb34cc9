"""Persons out of bylines."""

from __future__ import annotations

import pytest

from newscrawl.extract.authors import named_in, names_of

SITES = ("Harbour Post", "harbourpost.example", "harbourpost")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Jane Roe", ["Jane Roe"]),
        ("By Jane Roe and John Doe", ["Jane Roe", "John Doe"]),
        (
            "Von Birgit Muster, Hans von der Heide und Eva Maria Beispiel",
            ["Birgit Muster", "Hans von der Heide", "Eva Maria Beispiel"],
        ),
        ("Par Claire Dupont (Brest, correspondante)", ["Claire Dupont"]),
        ("JANE ROE AP Business Writer", ["Jane Roe"]),
        ("Jane Roe, Staff Writer", ["Jane Roe"]),
        ("Jane Roe in Leeds", ["Jane Roe"]),
        ("Jane Roe | Harbour Post", ["Jane Roe"]),
        ("Jane Roe; jane.roe@harbourpost.example", ["Jane Roe"]),
        ("Conor O'Brien & Sinéad Ní Laoghaire", ["Conor O'Brien", "Sinéad Ní Laoghaire"]),
        ("Jane Roe, JANE ROE", ["Jane Roe"]),
        ("記者王大明", ["王大明"]),
        ("文／陳小美", ["陳小美"]),
        ("张三丰 李四光", ["张三丰", "李四光"]),
        ("大野 美咲", ["大野 美咲"]),
        ("김철수 기자", ["김철수"]),
        ("Иван Петров", ["Иван Петров"]),
        ("Jane Roe, Leeds", ["Jane Roe"]),
        ("Emily Co", ["Emily Co"]),
        ("jane roe", ["Jane Roe"]),
        ("Staff Writer Jane Roe", ["Jane Roe"]),
        ("Rechtsanwältin Eva Muster", ["Eva Muster"]),
        ("Eva Muster Stand: 5. Mai", ["Eva Muster"]),
        ("Par Jeanne Dupont le 12 mai", ["Jeanne Dupont"]),
        ("Autorin/Autor Eva Muster", ["Eva Muster"]),
        ("Erstellt von Eva Muster", ["Eva Muster"]),
        ("Harbour Staff Report", []),
        ("No Author", []),
        ("Anadolu Ajansı", []),
        ("Deutscher Ruder Bund", []),
        ("Endlich mehr Tiefgang!", []),
        ("항만포털", []),
        ("Reuters", []),
        ("Harbour Post", []),
        ("HarbourPost Staff", []),
        ("Redaktion", []),
        ("Jane Roe and Reuters", ["Jane Roe"]),
        ("Ellery Bells, Inc.", []),
        ("Deutsche Welle (www.dw.com)", []),
        ("https://www.facebook.com/jane.roe", []),
        ("admin", []),
        ("新華社", []),
        ("편집국", []),
        ("", []),
    ],
)
def test_names_are_persons(text: str, names: list[str]) -> None:
    assert list(names_of([text], SITES)) == names


@pytest.mark.parametrize(
    "text", ["Shipping", "Ships wait longer", "read more here", "The channel is too shallow for them"]
)
def test_a_line_that_only_looks_like_a_byline_needs_a_whole_name(text: str) -> None:
    assert names_of([text], SITES, stated=False) == ()


@pytest.mark.parametrize(
    ("line", "byline"),
    [
        ("By Jane Roe", "By Jane Roe"),
        ("Posted on May 5, 2024 by Jane Roe in News", "Jane Roe"),
        ("yas! | By Jane Roe | April 13", "Jane Roe"),
        ("（中央社記者方遠山高雄9日電）港務局", "方遠山"),
        ("(부산=연합뉴스) 강하늘 기자 = 항만청은", "강하늘"),
        ("Eine Kolumne von Eva Muster", "Eva Muster"),
        ("Blog Beitrag von Eva Muster", "Eva Muster"),
        ("An opinion by Jane Roe", "Jane Roe"),
        ("Foto: Jane Roe", None),
        ("© Jane Roe", None),
        ("The vote was won by one voice.", None),
        ("Shipping", None),
    ],
)
def test_a_line_names_its_writer(line: str, byline: str | None) -> None:
    assert named_in(line) == byline
