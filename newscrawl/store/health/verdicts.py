"""Whether an outlet gives less than it used to, or than its file expects. Pure: rows in, findings out.

Runs in which an alarm stood are no history, so that it stands until the outlet is well again. After two weeks they are:
what lasts so long is how the outlet is now.
"""

from __future__ import annotations

from newscrawl.store.health import qualities, volume
from newscrawl.store.health.evidence import DAY, Evidence, Finding
from newscrawl.store.health.tally import Tally, add
from newscrawl.store.models.health import Measure

EXPECT_DAYS = 7


def judge(evidence: Evidence) -> list[Finding]:
    """What has dropped, at most one finding for each measure: what the file expects goes before the history."""
    found: dict[Measure, Finding] = {}
    for finding in (*_unmet(evidence), *volume.find(evidence), *qualities.find(evidence)):
        found.setdefault(finding.measure, finding)
    return list(found.values())


def _unmet(evidence: Evidence) -> list[Finding]:
    """What the outlet's file expects, and the outlet does not give."""
    expect, rows = evidence.expect, evidence.rows
    found: list[Finding | None] = []
    if expect.articles_per_day and rows[0].at - rows[-1].at >= EXPECT_DAYS * DAY:
        per_day = sum(map(volume.articles, volume.days(rows, EXPECT_DAYS))) / EXPECT_DAYS
        words = f"{per_day:.1f} new articles a day in {EXPECT_DAYS} days"
        found.append(_unless_met("articles", "articles_per_day", expect.articles_per_day, per_day, words))
    if newest := evidence.newest(qualities.size_of("dated")):
        found += _unmet_by_articles(evidence, add(newest))
    if (newest := evidence.newest(qualities.size_of("lost"))) and (share := add(newest).lost_share) is not None:
        words = f"{share:.0%} of its last {add(newest).ended} URLs were rejected or failed"
        found.append(_unless_met("lost", "lost_max", expect.lost_max, share, words))
    return [finding for finding in found if finding]


def _unmet_by_articles(evidence: Evidence, last: Tally) -> list[Finding | None]:
    expect, those = evidence.expect, f"of its last {last.articles} articles"
    dated, authored = last.dated_share or 0.0, last.authored_share or 0.0
    gated, cut, chars = last.gated_share or 0.0, last.cut_share or 0.0, last.median_chars or 0
    return [
        _unless_met("dated", "dated", expect.dated, dated, f"{dated:.0%} {those} have a date"),
        _unless_met("authored", "authored", expect.authored, authored, f"{authored:.0%} {those} have an author"),
        _unless_met("chars", "min_chars", expect.min_chars, chars, f"{chars:,} characters in the median {those}"),
        _unless_met(
            "gated", "gated_max", expect.gated_max, gated, f"{gated:.0%} {those} are behind a wall or cut short"
        ),
        _unless_met("cut", "cut_max", expect.cut_max, cut, f"{cut:.0%} of the text {those} was cut"),
    ]


def _unless_met(measure: Measure, rule: str, bound: float | None, got: float, words: str) -> Finding | None:
    if bound is None or (got <= bound if rule.endswith("_max") else got >= bound):
        return None
    return Finding(measure, "expect", bound, got, f"{words}; its file expects {rule}: {bound:g}")
