"""Dates as pages write them; cases from the wild carry where they were seen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newscrawl.extract.dates import Clock, best_of, parse_moment, read_date, with_zone
from newscrawl.items import Moment

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
CLOCK = Clock(NOW)


@pytest.mark.parametrize(
    ("raw", "at", "precision"),
    [
        ("2026-05-12T20:05:00.000Z", "2026-05-12T20:05:00+00:00", "second"),
        ("2026-05-12T20:05+09:00", "2026-05-12T20:05:00+09:00", "minute"),
        ("2024-05-12 20:05:00 +0200", "2024-05-12T20:05:00+02:00", "second"),
        ("2022-1-26T14:32:06+02:00", "2022-01-26T14:32:06+02:00", "second"),
        ("2026-05-12", "2026-05-12T00:00:00+00:00", "day"),
        ("20260512", "2026-05-12T00:00:00+00:00", "day"),
        ("2026-03-05T00:00:00+01:00", "2026-03-05T00:00:00+00:00", "day"),  # midnight: a mere day
        ("2026-05-12T20:05:00", "2026-05-12T00:00:00+00:00", "day"),  # no zone: the hour says nothing
        ("1588888888", "2020-05-07T22:01:28+00:00", "second"),
        ("1588888888000", "2020-05-07T22:01:28+00:00", "second"),
        ("Thu, 05 Mar 2026 10:00:00 GMT", "2026-03-05T10:00:00+00:00", "second"),
        ("Tue Nov 05 2019 10:00:00 GMT+0100 (CET)", "2019-11-05T10:00:00+01:00", "second"),
        ("July 09, 2026 15:44 ET (19:44 GMT)", "2026-07-09T15:44:00-04:00", "minute"),  # a wire trailer; summer time
        ("January 04, 2026 15:44 ET (20:44 GMT)", "2026-01-04T15:44:00-05:00", "minute"),
        ("April 08, 2026 — 09:25 am EDT", "2026-04-08T09:25:00-04:00", "minute"),
        ("Published: 10/23/2025 9:42 PM ET", "2025-10-23T21:42:00-04:00", "minute"),
        ("2026/03/27 16:30 (HKT)", "2026-03-27T16:30:00+08:00", "minute"),
        ("09.03.2026, 08:15 Uhr", "2026-03-09T00:00:00+00:00", "day"),
        ("입력2026.03.09. 오후 6:00", "2026-03-09T00:00:00+00:00", "day"),
        ("２０１２年１０月９日　１６：３０", "2012-10-09T00:00:00+00:00", "day"),
        ("Publié le 2 avril 2026 à 07h10, modifié le 3 avril 2026", "2026-04-02T00:00:00+00:00", "day"),
        ("1 września 2023", "2023-09-01T00:00:00+00:00", "day"),
        ("12. März 2024", "2024-03-12T00:00:00+00:00", "day"),
        ("3 de mayo de 2024", "2024-05-03T00:00:00+00:00", "day"),
        ("19 февраля 2023 г.", "2023-02-19T00:00:00+00:00", "day"),
        ("31/01/2026 à 18:10", "2026-01-31T00:00:00+00:00", "day"),
        ("03/04/2026", "2026-04-03T00:00:00+00:00", "day"),
        ("03/04/2026 4:05:00 PM", "2026-03-04T00:00:00+00:00", "day"),  # half days: an American wrote it
        ("(RADIOCOR) 09-03-26 11:20:05 (0101)", "2026-03-09T00:00:00+00:00", "day"),
        ("Mo 25.05.26 | Eva Muster", "2026-05-25T00:00:00+00:00", "day"),
        ("Eva Muster 4. 2. 2026.", "2026-02-04T00:00:00+00:00", "day"),
    ],
)
def test_reads(raw: str, at: str, precision: str) -> None:
    moment = parse_moment(raw, "meta", CLOCK)
    assert moment is not None
    assert (moment.at.isoformat(), moment.precision, moment.source) == (at, precision, "meta")


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "soon",
        "2026",
        "May 2026",
        "2026-05",
        "2026-13-45",
        "13.45.2020",
        "1234567",
        "1.2.3",
        "99999999999999",
        "0000-00-00",
    ],
)
def test_is_no_date(raw: str) -> None:
    assert parse_moment(raw, "meta", CLOCK) is None


@pytest.mark.parametrize("days", [3, 30, 4000])
def test_a_date_after_the_fetch_is_refused_and_not_moved(days: int) -> None:
    assert parse_moment((NOW + timedelta(days=days)).isoformat(), "meta", CLOCK) is None


def test_the_day_after_tomorrow_is_refused_at_any_hour() -> None:
    clock = Clock(datetime(2026, 11, 21, 23, 50, tzinfo=UTC))
    assert parse_moment("2026-11-22", "meta", clock) is not None
    assert parse_moment("2026-11-23", "meta", clock) is None


@pytest.mark.parametrize(
    ("at", "shown", "expected"),
    [
        ("2026-05-04T06:12:31+00:00", "4 May 2026, 08:12", "2026-05-04T08:12:31+02:00"),
        ("2026-05-04T02:12:31+00:00", "May 3, 2026 at 9:12 p.m.", "2026-05-03T21:12:31-05:00"),
        ("2026-05-04T06:12:31+00:00", "4 May 2026, 08:10", "2026-05-04T06:12:31+00:00"),  # another time
        ("2026-05-04T06:12:31+00:00", "5 May 2026, 23:12", "2026-05-04T06:12:31+00:00"),  # no zone is so far
        ("2026-05-04T06:12:31+00:00", "4 May 2026", "2026-05-04T06:12:31+00:00"),
        ("2026-05-04T06:12:31+03:00", "4 May 2026, 08:12", "2026-05-04T06:12:31+03:00"),  # known
    ],
)
def test_the_time_as_shown_tells_the_offset_of_one_in_utc(at: str, shown: str, expected: str) -> None:
    moment = with_zone(parse_moment(at, "json-ld", CLOCK), shown, CLOCK)
    assert moment is not None
    assert moment.at.isoformat() == expected


def test_of_two_statements_of_one_instant_the_one_with_an_offset_is_taken() -> None:
    utc, local = (parse_moment(text, "x", CLOCK) for text in ("2026-05-04T06:12Z", "2026-05-04T08:12+02:00"))
    assert best_of([utc, local]) == local


def test_tomorrow_is_believed_as_zones_reach_there() -> None:
    moment = parse_moment("2026-11-22T01:29:00+09:00", "meta", CLOCK)
    assert moment is not None
    assert moment.at.isoformat() == "2026-11-22T01:29:00+09:00"


def test_a_time_without_zone_is_in_the_outlets() -> None:
    moment = parse_moment("2026-07-12 20:05", "meta", Clock(NOW, "Asia/Hong_Kong"))
    assert moment is not None
    assert (moment.at.isoformat(), moment.precision) == ("2026-07-12T20:05:00+08:00", "minute")


def test_month_first_is_read_where_the_page_is_american() -> None:
    moment = read_date("Posted 3/4/2026", "headline", Clock(NOW, month_first=True))
    assert moment is not None
    assert moment.at.date().isoformat() == "2026-03-04"


def test_the_first_candidate_takes_the_time_that_a_later_one_tells_for_its_day() -> None:
    day = Moment(datetime(2026, 5, 12, tzinfo=UTC), "day", "json-ld", "2026-05-12")
    time = Moment(datetime(2026, 5, 12, 8, 30, tzinfo=UTC), "minute", "meta", "…")
    other = Moment(datetime(2026, 5, 13, 8, 30, tzinfo=UTC), "minute", "meta", "…")
    assert best_of([None, day, other, time]) == time
    assert best_of([day, other]) == day
    assert best_of([None]) is None
