"""Outlets as cards: their figures, alarms and small charts of their last runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from newscrawl.cli.browse.shown import Time, in_utc
from newscrawl.store.health.alarms import Alarm
from newscrawl.store.health.report import OutletHealth, OutletRun

WIDTH, HEIGHT = 240.0, 44.0
MAX_BAR = 12.0


@dataclass(frozen=True, slots=True)
class Bar:
    """A run in a chart."""

    x: float
    y: float
    width: float
    height: float
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A measure over the last runs, the newest at the right."""

    title: str
    newest: str
    summary: str  # in words, for those who do not see it
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """An outlet."""

    slug: str
    name: str
    last_run: Time
    last_run_id: int
    last_new: Time | None
    figures: tuple[tuple[str, str], ...]
    alarms: tuple[Alarm, ...]
    charts: tuple[Chart, ...]


def outlet_cards(found: Sequence[OutletHealth], runs: Mapping[str, Sequence[OutletRun]]) -> Iterator[Card]:
    """Those with alarms first."""
    for outlet in sorted(found, key=lambda outlet: (not outlet.alarms, outlet.outlet)):
        tally = outlet.tally
        of = runs.get(outlet.outlet, ())
        chars = "–" if tally.median_chars is None else f"{tally.median_chars:,} characters"
        yield Card(
            slug=outlet.outlet,
            name=outlet.name,
            last_run=in_utc(outlet.last_run_at),
            last_run_id=outlet.last_run,
            last_new=in_utc(outlet.last_new_at) if outlet.last_new_at else None,
            figures=(
                ("New a day", f"{outlet.articles_per_day:.1f}"),
                ("With a date", _percent(tally.dated_share)),
                ("With an author", _percent(tally.authored_share)),
                ("Median length", chars),
                ("Behind a wall, or cut short", _percent(tally.gated_share)),
                ("Cut as boilerplate", _percent(tally.cut_share)),
                ("Rejected or failed", _percent(tally.lost_share)),
            ),
            alarms=outlet.alarms,
            charts=(
                _counts("New articles a run", of),
                _shares("Cut as boilerplate", of, [run.tally.cut_share for run in of]),
                _shares("With a date", of, [run.tally.dated_share for run in of]),
            ),
        )


def _counts(title: str, runs: Sequence[OutletRun]) -> Chart:
    values = [run.tally.stored for run in runs]
    most = max(values, default=0)
    texts = [f"{value:,}" for value in values]
    return _chart(title, runs, [value / most if most else 0.0 for value in values], texts)


def _shares(title: str, runs: Sequence[OutletRun], shares: Sequence[float | None]) -> Chart:
    return _chart(title, runs, shares, [_percent(share) for share in shares])


def _chart(title: str, runs: Sequence[OutletRun], parts: Sequence[float | None], texts: Sequence[str]) -> Chart:
    """Bars from values of 0 to 1, the oldest first; a run of which nothing can be told has none."""
    step = min(WIDTH / max(len(runs), 1), MAX_BAR)
    bars = [
        Bar(
            x=round(WIDTH - (len(runs) - number) * step, 1),
            y=round(HEIGHT - max(part * HEIGHT, 1.0), 1),
            width=round(step * 0.8, 1),
            height=round(max(part * HEIGHT, 1.0), 1),
            label=f"run {run.run_id}, {in_utc(run.at).words}: {text}",
        )
        for number, (run, part, text) in enumerate(zip(runs, parts, texts, strict=True))
        if part is not None
    ]
    known = [text for text, part in zip(texts, parts, strict=True) if part is not None]
    newest = known[-1] if known else "–"
    summary = f"{title}, last {len(runs)} runs, oldest first: {', '.join(texts)}"
    return Chart(title, newest, summary, tuple(bars))


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"
