from newscrawl.fulltext.vectors import MAX_BYTES, tsvector


def test_the_headline_weighs_more_and_is_apart_from_the_text() -> None:
    assert tsvector(["a", "b"], ["b", "c"]) == ("'a':1A 'b':2A,4 'c':5", True)
    assert tsvector([], []) == ("", True)


def test_places_beyond_what_postgresql_keeps_are_left_out_and_their_words_stay() -> None:
    vector, is_whole = tsvector([], ["the"] * 300)
    assert (vector.count(",") + 1, is_whole) == (255, False)
    vector, is_whole = tsvector([], [str(n) for n in range(20_000)])
    assert vector.endswith(" '19999'")
    assert not is_whole


def test_a_vector_is_never_longer_than_postgresql_takes() -> None:
    vector, is_whole = tsvector([], [f"word{n}" for n in range(300_000)])
    assert MAX_BYTES - 20 < sum(len(word) - 2 for word in vector.split()) <= MAX_BYTES
    assert not is_whole
