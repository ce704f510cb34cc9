import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawl.text import MAX_MARKS, block_key, clean_text, fold, script_of, squeeze

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()))  # lone surrogates too


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("plain", "plain"),
        ("a\x00b\x1b[31mc\x08\x7f\x9b", "ab[31mc"),
        ("tab\tand\nline", "tab\tand\nline"),
        (
            "one\r\ntwo\rthree\x0bfour\x0cfive\x85six\u2028seven\u2029eight",
            "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight",
        ),
        ("lone \ud800 and \udfff", "lone  and "),
        ("pair \ud83d\ude00", "pair \U0001f600"),
        ("pair \ud83d\x00\ude00", "pair \U0001f600"),
        ("user\u202egnp.exe\u202c \u2066x\u2069", "usergnp.exe x"),
        ("\ufeffHead\ufffe\uffff", "Head"),
        ("a\ufdd0\ufdef\U0001fffe\U0010ffffb \U0001f600", "ab \U0001f600"),
        ("Bundes\u00adtag", "Bundestag"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("क्\u200dष", "क्\u200dष"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("کتاب\u200f", "کتاب\u200f"),
        ("nai\u0308ve", "nai\u0308ve"),
        ("a" + "\u0301\u0316" * 500 + "b", "a" + "\u0301\u0316" * (MAX_MARKS // 2) + "b"),
    ],
)
def test_cleans_what_a_store_refuses_and_keeps_what_a_language_needs(raw: str, clean: str) -> None:
    assert clean_text(raw) == clean


@settings(deadline=None)
@given(ANY_TEXT)
def test_cleaning_twice_changes_nothing_and_yields_storable_text(s: str) -> None:
    clean = clean_text(s)
    clean.encode("utf-8")
    assert clean_text(clean) == clean
    assert not {c for c in clean if unicodedata.category(c) in {"Cc", "Cs"}} - {"\n", "\t"}
    assert clean.splitlines() == clean.removesuffix("\n").split("\n") if clean else True


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        ("  a \n\t b\u00a0\u00a0c\u3000d\u2003e ", "a b c d e"),
        ("\u200b\ufeff Head \u200b", "Head"),
        ("\u00a0\u3000", ""),
        ("ไทย\u200bไทย", "ไทย\u200bไทย"),
    ],
)
def test_squeezes_white_space_to_one_line(raw: str, line: str) -> None:
    assert squeeze(raw) == line


@settings(deadline=None)
@given(ANY_TEXT)
def test_squeezing_twice_changes_nothing(s: str) -> None:
    assert squeeze(squeeze(s)) == squeeze(s)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Read More", "READ  more"),
        ("“Don’t”", '"don\'t"'),
        ("«Oui»", '"Oui"'),
        ("2020–2021 — a", "2020-2021 - a"),
        ("ＡＢＣ１２３：", "abc123:"),
        ("ﾆｭｰｽ", "ニュース"),
        ("Straße", "STRASSE"),
        ("Café", "Cafe\u0301"),
        ("می\u200cخواهم", "میخواهم"),
        ("L´auto", "L'auto"),
        ("「新聞」", '"新聞"'),
        ("Wait…", "wait..."),
    ],
)
def test_folds_variants_of_one_text_to_one_form(left: str, right: str) -> None:
    assert fold(left) == fold(right)


def test_folding_keeps_different_letters_apart() -> None:
    assert len({fold(s) for s in ("resume", "résumé", "国", "國", "и", "й")}) == 6


@settings(deadline=None)
@given(ANY_TEXT)
def test_folding_never_raises_and_is_one_line(s: str) -> None:
    assert "\n" not in fold(s)
    assert fold(fold(s)) == fold(s)


def test_a_megabyte_of_marks_takes_no_time() -> None:
    start = time.process_time()
    fold("a" + "\u0301\u0316" * 500_000)
    assert time.process_time() - start < 1


def test_block_key_ignores_numbers_and_case_but_not_words() -> None:
    assert block_key("3 min read") == block_key("12 MIN READ")
    assert block_key("阅读 １２３ 次") == block_key("阅读 9 次")
    assert block_key("3 min read") != block_key("3 min walk")
    assert len(block_key("")) == 32


@settings(deadline=None)
@given(ANY_TEXT)
def test_block_key_is_always_32_hex_digits(s: str) -> None:
    assert len(bytes.fromhex(block_key(s))) == 16


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("The quick brown fox", "Latn"),
        ("Übermäßig naïf đồng", "Latn"),
        ("Правительство одобрило", "Cyrl"),
        ("Η κυβέρνηση", "Grek"),
        ("الحكومة توافق", "Arab"),
        ("دولت می‌خواهد", "Arab"),
        ("הממשלה אישרה", "Hebr"),
        ("सरकार ने", "Deva"),
        ("সরকার", "Beng"),
        ("அரசு", "Taml"),
        ("รัฐบาลไทย", "Thai"),
        ("მთავრობა", "Geor"),
        ("Կառավարություն", "Armn"),
        ("መንግስት", "Ethi"),
        ("រដ្ឋាភិបាល", "Khmr"),
        ("政府批准了新预算", "Hani"),
        ("股價：台積電 TSMC 創新高", "Hani"),
        ("無印良品の新店將於下週在台北信義區正式開幕營業時間為早上十點", "Hani"),
        ("首相、内閣改造を検討", "Jpan"),
        ("ニュース", "Jpan"),
        ("정부가 예산을 승인했다", "Kore"),
        ("삼성전자 AI 반도체", "Kore"),
        ("2026-11-21 — 12:30 %", None),
        ("😀", None),
        ("", None),
    ],
)
def test_names_the_dominant_script(text: str, script: str | None) -> None:
    assert script_of(text) == script


@settings(deadline=None)
@given(ANY_TEXT)
def test_script_never_raises(s: str) -> None:
    script_of(s)
