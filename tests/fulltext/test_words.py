import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawl.fulltext.words import MAX_WORD, placed_words, words

RUNS = [
    ("Don't panic: COVID-19, U.S., 3.5%", "don t panic covid 19 u s 3 5"),
    ("Größe, Straße, STRASSE, Müller", "grosse strasse strasse muller"),
    ("L’économie française, cœur, cafe\u0301", "l economie francaise coeur cafe"),
    ("İstanbul ısı, Łódź, Ørsted, Đorđe", "istanbul isi lodz orsted dorde"),
    ("Ёлка и ИЙ за\u0301мок", "елка и ий замок"),
    ("Ελλάς Αθήνα", "ελλασ αθηνα"),
    ("الاقتصادُ الأوروبي ٣ كتاب", "الاقتصاد الاوروبي 3 كتاب"),
    ("می\u200cخواهم کتاب ی", "ميخواهم كتاب ي"),
    ("हिन्दी ज़मीन १२३", "हिन्दी जमीन 123"),
    ("中央銀行，利率", "中央 央銀 銀行 行 利率 率"),
    ("AI芯片、A股 5G", "ai 芯片 片 a 股 5g"),
    ("ＡＢＣ ｶﾞｽ 東京タワー", "abc ガス ス 東京 京タ タワ ワー ー"),
    ("한국은행이 금리를", "한국 국은 은행 행이 이 금리 리를 를"),
    (unicodedata.normalize("NFD", "한국 é"), "한국 국 e"),
    ("葛\U000e0100城", "葛城 城"),
    ("𠮷野家", "𠮷野 野家 家"),
    ("foo_bar ½ ﬁne ❤️ \x00 … ́", "foo bar 1 2 fine"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "expected"), RUNS)
def test_a_text_has_these_words(text: str, expected: str) -> None:
    assert words(text) == expected.split()


def test_a_word_stands_where_its_letters_do() -> None:
    for text, word, place in [
        ("Die Straße.", "strasse", "Straße"),
        ("Un cafe\u0301 noir", "cafe", "cafe\u0301"),
        ("買AI芯片了", "芯片", "芯片"),
        ("｢ｶﾞｽ｣", "ガス", "ｶﾞｽ"),
        ("ใกล้น้ำท่วม", "ท่", "ท่"),
        ("می\u200cخواهم", "ميخواهم", "می\u200cخواهم"),
    ]:
        assert [text[at.start : at.end] for at in placed_words(text) if at.word == word] == [place]


def test_a_word_without_end_is_cut() -> None:
    assert words("x" * 10_000 + "é") == ["x" * MAX_WORD]
    assert [len(word) for word in words("x" * 10_000)] == [MAX_WORD]


@given(st.text(st.characters(max_codepoint=0x323AF), max_size=60))
def test_words_with_and_without_their_places_are_the_same(text: str) -> None:
    placed = list(placed_words(text))
    assert [one.word for one in placed] == words(text)
    assert all(0 <= one.start < one.end <= len(text) for one in placed)


def test_words_of_latin_script_are_the_same_taken_at_once() -> None:
    for point in (*range(0x180), *range(0x2010, 0x2030), 0x20AC, 0x2122):
        text = f"é a{chr(point)}b {chr(point)}1{chr(point)} {chr(point) * 2}"
        assert words(text) == [one.word for one in placed_words(text)]


def test_words_hold_nothing_that_a_query_language_reads() -> None:
    everything = " ".join(f"a{chr(point)}b" for point in range(0x3400))
    assert all(word.isascii() is False or word.isalnum() for word in words(everything))
    assert not set("'\"\\ :*|&!()<>\n\0").intersection("".join(words(everything)))
