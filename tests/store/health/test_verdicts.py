"""What is an alarm, and what is not: histories of invented outlets, judged run by run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from newscrawl.outlets.schema import Expect
from newscrawl.store.health.evidence import (
    DeadSource,
    Episode,
    Evidence,
    chance_of_count,
    chance_of_share,
)
from newscrawl.store.health.tally import Yield, add, batches
from newscrawl.store.health.verdicts import judge
from tests.health import DAY, HOUR, MONDAY, Count, always, by_day, hourly, numbered, run, weekdays

FIVE_WEEKS = MONDAY + 35 * DAY


def one_a_day(at):
    return int(at.hour == 9)


def judged(runs: Sequence[Yield], hours: int = 1, expect: Expect | None = None) -> list[set[str]]:
    """The measures in alarm in the last hours, every sixth and the last, with the alarms of one known to the next."""
    rows = numbered(runs)
    episodes: list[Episode] = []
    found: list[set[str]] = []
    before = None
    for end in [*range(len(rows) - hours, len(rows) - 1, 6), len(rows) - 1]:
        now = rows[end].at
        measures = {finding.measure for finding in judge(Evidence(rows[end::-1], episodes, (), expect or Expect()))}
        standing = {episode.measure: episode for episode in episodes if episode.last_at == before}
        episodes = [episode for episode in episodes if standing.get(episode.measure) != episode]
        episodes += [replace(standing.get(m) or Episode(m, now, now), last_at=now) for m in measures]
        episodes += [episode for m, episode in standing.items() if m not in measures]
        found.append(measures)
        before = now
    return found


@pytest.mark.parametrize("count", [by_day, weekdays, always, one_a_day], ids=lambda count: count.__name__)
def test_nights_weekends_and_single_articles_are_no_alarm(count: Count) -> None:
    week = 7 * 24
    assert set().union(*judged(hourly(MONDAY, FIVE_WEEKS, count), week)) == set()


def test_a_quiet_run_and_a_run_with_one_poor_article_are_no_alarm() -> None:
    usual = hourly(MONDAY, FIVE_WEEKS, always)
    assert judged([*usual, run(FIVE_WEEKS, 0, links=0)]) == [set()]
    assert judged([*usual, run(FIVE_WEEKS, 1, dated=0, authored=0, chars=90, gated=1, cut=0.9, lost=1)]) == [set()]


def test_a_young_outlet_has_no_history_to_fall_short_of() -> None:
    usual = [run(MONDAY + n * HOUR, 50) for n in range(4)]
    assert judged([*usual, run(MONDAY + 4 * HOUR, 50, dated=0, authored=0, chars=200, gated=1, lost=50)]) == [set()]
    assert judged(
        [*hourly(MONDAY, MONDAY + 3 * DAY, always), *hourly(MONDAY + 3 * DAY, MONDAY + 6 * DAY, lambda _: 0)]
    ) == [set()]


def test_days_on_which_the_crawler_stood_still_are_no_alarm() -> None:
    usual = hourly(MONDAY, FIVE_WEEKS, always)
    assert judged([*usual, run(FIVE_WEEKS + 5 * DAY, 10)]) == [set()]
    assert judged([*usual, run(FIVE_WEEKS + 5 * DAY, 0)]) == [set()]


@pytest.mark.parametrize(
    ("fault", "measures"),
    [
        ({"dated": 0.0}, {"dated"}),
        ({"authored": 0.0}, {"authored"}),
        ({"chars": 900}, {"chars"}),
        ({"gated": 0.9}, {"gated"}),
        ({"cut": 0.5}, {"cut"}),
        ({"lost": 2}, {"lost"}),
    ],
    ids=str,
)
@pytest.mark.parametrize("count", [by_day, weekdays], ids=lambda count: count.__name__)
def test_a_drop_in_quality_is_an_alarm_in_two_days(count: Count, fault: dict[str, float], measures: set[str]) -> None:
    runs = [*hourly(MONDAY, FIVE_WEEKS, count), *hourly(FIVE_WEEKS, FIVE_WEEKS + 2 * DAY, count, **fault)]
    assert judged(runs, 48)[-1] == measures


def test_a_site_that_gives_no_article_any_more_is_an_alarm_the_same_day() -> None:
    usual = hourly(MONDAY, FIVE_WEEKS, always)
    refused = [run(FIVE_WEEKS + n * HOUR, 0, lost=2) for n in range(10)]
    assert judged([*usual, *refused]) == [{"lost"}]


@pytest.mark.parametrize(("count", "hours"), [(always, 26), (by_day, 36), (weekdays, 5 * 24 + 12)])
def test_a_feed_that_names_nothing_new_is_an_alarm_when_no_night_or_weekend_explains_it(
    count: Count, hours: int
) -> None:
    usual = hourly(MONDAY, FIVE_WEEKS, count)
    dead = [run(FIVE_WEEKS + n * HOUR, 0, links=0) for n in range(hours)]
    assert judged([*usual, *dead[:10]]) == [set()]
    assert "silence" in judged([*usual, *dead], hours)[-1]


def test_a_part_of_the_sources_that_dried_up_is_an_alarm_within_a_day() -> None:
    usual = hourly(MONDAY, FIVE_WEEKS, always)
    thin = hourly(FIVE_WEEKS, FIVE_WEEKS + DAY, lambda at: int(at.hour % 5 == 0))
    assert judged([*usual, *thin], 24)[-1] == {"articles"}


def test_an_alarm_stands_until_the_outlet_is_well_and_begins_anew_afterwards() -> None:
    usual = hourly(MONDAY, FIVE_WEEKS, always)
    bad = hourly(FIVE_WEEKS, FIVE_WEEKS + 5 * DAY, always, dated=0.0)
    well = hourly(FIVE_WEEKS + 5 * DAY, FIVE_WEEKS + 7 * DAY, always)
    again = hourly(FIVE_WEEKS + 7 * DAY, FIVE_WEEKS + 8 * DAY, always, dated=0.0)
    found = judged([*usual, *bad, *well, *again], 8 * 24)
    days = [found[4 * day + 3] for day in range(8)]
    assert days == [{"dated"}] * 5 + [set()] * 2 + [{"dated"}]


def test_what_lasts_two_weeks_is_how_the_outlet_is_now() -> None:
    usual = hourly(MONDAY, FIVE_WEEKS, always)
    bad = hourly(FIVE_WEEKS, FIVE_WEEKS + 16 * DAY, always, dated=0.0)
    found = judged([*usual, *bad], 16 * 24)
    assert found[12 * 4] == {"dated"}
    assert set().union(*found[15 * 4 :]) == set()


@pytest.mark.parametrize(
    ("expect", "measures"),
    [
        (
            Expect(articles_per_day=40, dated=0.9, authored=0.5, min_chars=500, gated_max=0.1, cut_max=0.3, lost_max=0),
            set(),
        ),
        (Expect(articles_per_day=60), {"articles"}),
        (Expect(authored=0.9), {"authored"}),
        (Expect(min_chars=2001), {"chars"}),
        (Expect(cut_max=0.05), {"cut"}),
    ],
)
def test_what_the_file_expects_needs_no_history(expect: Expect, measures: set[str]) -> None:
    runs = hourly(MONDAY, MONDAY + 8 * DAY, always, authored=0.5)
    assert judged(runs, expect=expect) == [measures]


def test_what_the_file_expects_is_not_judged_by_a_few_articles_or_days() -> None:
    expect = Expect(articles_per_day=500, dated=1, authored=1, min_chars=9000, gated_max=0, cut_max=0, lost_max=0)
    assert judged([run(MONDAY, 19, dated=0.5, lost=0, gated=0.5)], expect=expect) == [set()]


def test_the_message_names_the_files_rule() -> None:
    evidence = Evidence([run(MONDAY, 40, dated=0.5)], expect=Expect(dated=0.9))
    [finding] = judge(evidence)
    assert (finding.rule, finding.expected, finding.got) == ("expect", 0.9, 0.5)
    assert finding.message == "50% of its last 40 articles have a date; its file expects dated: 0.9"


def test_sources_that_fail_are_an_alarm_at_once_where_all_do_and_after_a_day_where_one_does() -> None:
    now = run(MONDAY, 5)
    rss = DeadSource("https://herald.example/rss", MONDAY - 12 * HOUR, 24, "status 503")
    assert [finding.got for finding in judge(Evidence([run(MONDAY, 0, is_readable=False)], dead=[rss]))] == [0]
    assert judge(Evidence([now], dead=[rss])) == []
    [finding] = judge(Evidence([now], dead=[DeadSource(rss.url, MONDAY - 2 * DAY, 96, rss.error)]))
    assert finding.message == "https://herald.example/rss could not be read for 48 hours: status 503"
    assert judge(Evidence([now], dead=[DeadSource(rss.url, MONDAY - 2 * DAY, 2, rss.error)])) == []


def test_batches_hold_enough_and_quiet_runs_change_nothing() -> None:
    runs = [run(MONDAY, count) for count in (0, 3, 0, 2, 9, 1, 1)]
    gathered = list(batches(runs, 5, lambda row: row.stored))
    assert [[row.stored for row in batch] for batch in gathered] == [[0, 3, 0, 2], [9]]


def test_a_median_of_runs_counts_each_as_often_as_it_has_articles() -> None:
    tally = add([run(MONDAY, 1, chars=9000), run(MONDAY, 30, chars=1000), run(MONDAY, 2, chars=4000), run(MONDAY, 0)])
    assert (tally.median_chars, tally.articles) == (1000, 33)
    assert add([run(MONDAY, 0)]).median_chars is None
    assert add([]).dated_share is None


def test_chances_are_those_of_the_textbook() -> None:
    assert chance_of_share(10, 0, 0.3) == pytest.approx(1)
    assert chance_of_share(10, 10, 0.5) == pytest.approx(0.5**10)
    assert chance_of_share(3, 2, 0.5) == pytest.approx(0.5)
    assert chance_of_share(100_000, 50_500, 0.5) < 0.001
    assert chance_of_count(0, 2) == pytest.approx(0.135335, rel=1e-5)
    assert chance_of_count(2, 2) == pytest.approx(0.676676, rel=1e-5)
    assert chance_of_count(0, 0) == 1


def test_a_clock_that_was_set_back_breaks_nothing() -> None:
    rows = numbered([*hourly(MONDAY, FIVE_WEEKS, always), run(MONDAY + timedelta(days=3), 2)])
    assert judge(Evidence(rows[::-1])) == []
