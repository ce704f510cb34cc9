"""`newscrawl outlets health`: what the outlets give, and which give less than they used to."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from newscrawl.cli.database import reading
from newscrawl.cli.options import AsJson, Database
from newscrawl.cli.summary import alarm_text
from newscrawl.cli.terminal import CommandError, moment, print_json, say, table, warn

if TYPE_CHECKING:
    from newscrawl.store.health.report import OutletDay, OutletHealth
    from newscrawl.store.health.tally import Tally

EPILOG = "Example: newscrawl outlets health bbc --days 30"
MEASURED = [">new", ">dated", ">authored", ">chars", ">gated", ">cut", ">lost"]


def health(
    slugs: Annotated[list[str] | None, typer.Argument(metavar="[SLUG...]", help="Outlets; without, all.")] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=3650, metavar="N", help="Days to look back.")] = 7,
    db: Database = None,
    json: AsJson = False,
) -> None:
    """Show what the outlets gave in the last days, and the alarms that stand; of a named outlet, each day.

    new: new articles (of all outlets: a day). Of the articles stored and updated: dated, authored: with a date, with an
    author. chars: median length. gated: for logins or subscribers, or cut short. cut: share of the text that was cut as
    boilerplate. lost: share of the fetched URLs that were rejected or failed.
    """
    from newscrawl.store.health.report import read_days, read_health

    now = datetime.now(UTC)
    with reading(db) as engine:
        found = read_health(engine, slugs or [], days, now)
        by_day = {slug: read_days(engine, slug, days, now) for slug in slugs or []}
    missing = sorted(set(slugs or []) - {outlet.outlet for outlet in found})
    if missing:
        raise CommandError(f"{', '.join(missing)}: no run of it here; newscrawl runs list shows the runs")
    if json:
        print_json([_record(outlet, days, by_day.get(outlet.outlet)) for outlet in found])
        return
    if not found:
        say("No outlet was crawled yet; newscrawl crawl SLUG does.")
        return
    _print_outlets(found, days)
    for slug, of in by_day.items():
        say()
        table(["day (UTC)", ">runs", ">links", *MEASURED], [_day(day) for day in of], title=slug)


def _print_outlets(found: list[OutletHealth], days: int) -> None:
    rows = [
        (
            outlet.outlet, moment(outlet.last_run_at), moment(outlet.last_new_at), f"{outlet.articles_per_day:.1f}",
            *_shares(outlet.tally), ", ".join(alarm.measure for alarm in outlet.alarms),
        )
        for outlet in found
    ]  # fmt: skip
    columns = ["outlet", "last run", "last new", ">new a day", *MEASURED[1:], "alarms"]
    table(columns, rows, title=f"The last {days} days" if days > 1 else "The last 24 hours")
    for alarm in (alarm for outlet in found for alarm in outlet.alarms):
        warn(alarm_text(alarm))


def _day(of: OutletDay) -> tuple[object, ...]:
    return (of.day, of.tally.runs, of.tally.links, of.tally.stored, *_shares(of.tally))


def _shares(tally: Tally) -> list[object]:
    """The measures as cells; what cannot be told is empty."""

    def percent(share: float | None) -> str:
        return "" if share is None else f"{share:.0%}"

    chars = "" if tally.median_chars is None else f"{tally.median_chars:,}"
    dated, authored = percent(tally.dated_share), percent(tally.authored_share)
    return [dated, authored, chars, *map(percent, (tally.gated_share, tally.cut_share, tally.lost_share))]


def _record(outlet: OutletHealth, days: int, by_day: list[OutletDay] | None) -> dict[str, object]:
    record: dict[str, object] = {
        "outlet": outlet.outlet,
        "name": outlet.name,
        "last_run": outlet.last_run,
        "last_run_at": outlet.last_run_at,
        "last_new_at": outlet.last_new_at,
        "days": days,
        "articles_per_day": outlet.articles_per_day,
        **_measures(outlet.tally),
        "alarms": outlet.alarms,
    }
    return record if by_day is None else record | {"by_day": [{"day": str(d.day)} | _measures(d.tally) for d in by_day]}


def _measures(tally: Tally) -> dict[str, object]:
    return {
        "runs": tally.runs,
        "links": tally.links,
        "found": tally.found,
        "stored": tally.stored,
        "articles": tally.articles,
        "dated_share": tally.dated_share,
        "authored_share": tally.authored_share,
        "median_chars": tally.median_chars,
        "gated_share": tally.gated_share,
        "removed_share": tally.cut_share,
        "lost_share": tally.lost_share,
    }
