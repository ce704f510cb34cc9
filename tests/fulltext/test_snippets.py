import pytest

from newscrawl.fulltext.query import parse_query
from newscrawl.fulltext.snippets import find_marks, make_snippet

FILLER = "The mayor spoke at length about many other things. " * 10


def shown(query: str, text: str) -> str:
    snippet = make_snippet(parse_query(query), text)
    parts, done = [], 0
    for start, end in snippet.marks:
        parts += [snippet.text[done:start], "[", snippet.text[start:end], "]"]
        done = end
    return "".join([*parts, snippet.text[done:]])


TEXTS = [
    ("budget", "The budget.\nIt passed.", "The [budget]. It passed."),
    (
        '"city council" vote*',
        "Council of a city. The City Council voted.",
        "Council of a city. The [City Council] [voted].",
    ),
    ("größe OR strasse", "Die Größe der Straße", "Die [Größe] der [Straße]"),
    ("economie", "L’économie va mal", "L’[économie] va mal"),
    ("芯片", "买AI芯片了", "买AI[芯片]了"),
    ("AI 芯片", "买AI芯片了", "买[AI芯片]了"),
    ("股", "买股了，A股", "买[股]了，A[股]"),
    ("한국은행", "어제 한국은행이", "어제 [한국은행]이"),
    ("น้ำท่วม", "เกิดน้ำท่วมใน", "เกิด[น้ำท่วม]ใน"),
    ("اقتصاد*", "نمو اقتصادُنا", "نمو [اقتصادُنا]"),
    ("nowhere", "Not here.", "Not here."),
    ("nowhere", "", ""),
]


@pytest.mark.parametrize(("query", "text", "expected"), TEXTS)
def test_words_are_marked_where_they_stand(query: str, text: str, expected: str) -> None:
    assert shown(query, text) == expected


def test_the_part_with_the_most_words_is_shown() -> None:
    text = f"The budget.\n{FILLER}\nThe council voted for the budget by nine to four.\n{FILLER}"
    part = shown("council budget", text)
    assert "The [council] voted for the [budget] by nine" in part
    assert part.startswith("… ")
    assert part.endswith(" …")
    assert len(part) < 220


def test_chinese_takes_two_columns_and_the_end_is_filled_from_before() -> None:
    text = "市场人士认为公司将受益。" * 40 + "人工智能芯片"
    part = shown("芯片", text)
    assert part.endswith("人工智能[芯片]")
    assert 90 < len(part) < 110


def test_a_word_in_every_line_costs_no_time() -> None:
    query, text = parse_query("的 a*"), "的a " * 5_000
    assert 0 < len(find_marks(query, text)) <= 100
    assert len(make_snippet(query, text).text) < 220
