import pytest

from newscrawl.fulltext.query import QueryError, fts5_match, parse_query, tsquery

QUERIES = [
    ("council budget", '("council" AND "budget")', "(('council') & ('budget'))"),
    ("council AND budget", '("council" AND "budget")', "(('council') & ('budget'))"),
    ('"city council" -vote', '(("city council") NOT ("vote"))', "(('city' <-> 'council') & !('vote'))"),
    ("a NOT “b c” -d", '(("a") NOT ("b c" OR "d"))', "(('a') & !('b' <-> 'c') & !('d'))"),
    ("a b OR c", '("a" AND "b") OR ("c")', "(('a') & ('b')) | (('c'))"),
    ("budg*", '("budg" *)', "(('budg':*))"),
    ('"new yor*"', '("new yor" *)', "(('new' <-> 'yor':*))"),
    ("l'Europe COVID-19", '("l europe" AND "covid 19")', "(('l' <-> 'europe') & ('covid' <-> '19'))"),
    ("AI芯片", '("ai 芯片")', "(('ai' <-> '芯片'))"),
    ("中央銀行", '("中央 央銀 銀行")', "(('中央' <-> '央銀' <-> '銀行'))"),
    ("股", '("股" *)', "(('股':*))"),
    ("A股", '("a 股" *)', "(('a' <-> '股':*))"),
    ("「日銀」", '("日銀")', "(('日銀'))"),
    ("한국은행", '("한국 국은 은행")', "(('한국' <-> '국은' <-> '은행'))"),
    ("Apple (AAPL)", '("apple" AND "aapl")', "(('apple') & ('aapl'))"),
    ("near(x) ^y {col}:z", '("near x" AND "y" AND "col z")', "(('near' <-> 'x') & ('y') & ('col' <-> 'z'))"),
]
FAULTS = [
    ("", "no word"),
    ("*** … \x00", "no word"),
    ('""', "no word"),
    ("-council", "add a word"),
    ("a OR -b", "add a word"),
    ("a OR", "either side"),
    ("OR b", "either side"),
    ('a "b', "left open"),
    ("(a OR b) c", "a c OR b c"),
    ("x " * 5_000, "5000 words"),
    ("中" * 10_000, "100 at most"),
]


@pytest.mark.parametrize(("text", "fts5", "postgresql"), QUERIES)
def test_a_query_means_the_same_in_both_databases(text: str, fts5: str, postgresql: str) -> None:
    query = parse_query(text)
    assert (fts5_match(query), tsquery(query)) == (fts5, postgresql)


def test_where_places_are_not_known_a_phrase_is_its_words() -> None:
    query = parse_query('"a b" -"c d" -e')
    assert tsquery(query, is_strict=False) == "(('a' & 'b') & !('e'))"


@pytest.mark.parametrize(("text", "advice"), FAULTS)
def test_a_query_that_means_nothing_says_what_to_do(text: str, advice: str) -> None:
    with pytest.raises(QueryError, match=advice):
        parse_query(text)
