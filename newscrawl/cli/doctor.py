"""`newscrawl outlets doctor`: whether the sources of outlets work, what the files take of them, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newscrawl.cli.options import AllowPrivate, Archive, AsJson, Contact, Database, Delay, OutletFolders, Proxy
from newscrawl.cli.outlettests import find_outlets, saved_pages
from newscrawl.cli.terminal import CommandError, line, moment, print_json, say, table, warn

if TYPE_CHECKING:
    from newscrawl.extract.wear import Worn
    from newscrawl.items import Page
    from newscrawl.outlets.schema import OutletConfig
    from newscrawl.spiders.checkup import SourceCheck
    from newscrawl.spiders.diagnosis import Complaint
    from newscrawl.spiders.launch import CrawlOptions
    from newscrawl.spiders.probe import Site
    from newscrawl.store.health.report import OutletHealth

EPILOG = "Example: newscrawl outlets doctor bbc guardian"
DEGRADED = 3  # exit status, DESIGN.md
NEWEST = 20  # stored pages of an outlet that its selectors are tried on

Slugs = Annotated[list[str] | None, typer.Argument(metavar="[SLUG...]", help="Outlets; without, all.")]


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found out about an outlet."""

    config: OutletConfig
    checks: list[SourceCheck]
    worn: list[Worn]
    complaints: list[Complaint]
    site: Site | None = None  # None: it was not visited

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong; there may be notes."""
        return not any(one.level == "wrong" for one in self.complaints)


def doctor(
    slugs: Slugs = None,
    outlets: OutletFolders = None,
    db: Database = None,
    archive: Archive = None,
    json: AsJson = False,
    delay: Delay = None,
    proxy: Proxy = None,
    allow_private: AllowPrivate = False,
    contact: Contact = None,
) -> int:
    """Ask for every source of the outlets once, and say what is wrong and what to do; exit status 3 if something is.

    Looked at are robots.txt, status and readability, the number of links, how many of them the file's domains, allow
    and deny take, the date of the newest, and whether the selectors of the file still find something on its test pages
    and the newest stored ones. Where there is a database, the alarms that stand are told, too. Nothing is stored.
    """
    from newscrawl.spiders.launch import CrawlOptions

    configs = find_outlets(slugs, outlets)
    options = CrawlOptions(proxy=proxy, allow_private=allow_private, delay_s=delay, contact=contact, log_level="ERROR")
    found = examine(configs, options, db, archive)
    if json:
        print_json([record(one) for one in found])
    else:
        _print(found)
    return 0 if all(one.is_well for one in found) else DEGRADED


def examine(
    configs: Sequence[OutletConfig],
    options: CrawlOptions,
    db: str | None,
    archive: Path | None,
    *,
    visit: bool = False,
) -> list[Examined]:
    """Look at outlets: their sources, their selectors, their alarms and, with `visit`, the sites of the sick ones.

    Raises:
        CrawlError: The settings are wrong.
    """
    from newscrawl.extract.wear import worn_selectors
    from newscrawl.spiders.diagnosis import diagnose
    from newscrawl.spiders.launch import CrawlError, check_sources
    from newscrawl.spiders.remedy import ON_SITE

    now = datetime.now(UTC)

    def is_sick(config: OutletConfig, checks: Sequence[SourceCheck]) -> bool:
        return visit and any(one.fault in ON_SITE for one in diagnose(config, checks, now))

    try:
        checks, sites = check_sources(configs, options, is_sick)
    except CrawlError as error:
        raise CommandError(str(error)) from error
    healths, stored = _stored(db, archive, configs, now)
    found = []
    for config in configs:
        slug = config.slug
        worn = worn_selectors(config.pages.item(), [*saved_pages(config), *stored.get(slug, ())])
        complaints = (
            diagnose(config, checks[slug], now) + [_of_worn(config, one) for one in worn] + _alarms(healths.get(slug))
        )
        found.append(Examined(config, checks[slug], worn, complaints, sites.get(slug)))
    return found


def _stored(
    db: str | None, archive: Path | None, configs: Sequence[OutletConfig], now: datetime
) -> tuple[dict[str, OutletHealth], dict[str, list[Page]]]:
    """What the store knows of the outlets, and pages of those with selectors; nothing where none is, unless named."""
    from newscrawl.cli.database import reading
    from newscrawl.store.archive import archive_folder
    from newscrawl.store.health.report import read_health
    from newscrawl.store.stored import newest_pages

    try:
        with reading(db) as engine:
            healths = {health.outlet: health for health in read_health(engine, [one.slug for one in configs], 7, now)}
            folder = archive_folder(str(archive) if archive else None, str(engine.url))
            selecting = [one.slug for one in configs if one.pages.has_selectors]
            return healths, {slug: newest_pages(engine, slug, folder, NEWEST) for slug in selecting}
    except CommandError:
        if db is not None:
            raise
        return {}, {}


def _of_worn(config: OutletConfig, worn: Worn) -> Complaint:
    from newscrawl.spiders.diagnosis import Complaint

    select = getattr(config.pages, worn.field)[worn.index].select
    before = f", but did on {worn.found} of {worn.before} before" if worn.before else ""
    message = f"{select} finds nothing on the {worn.misses} newest pages{before}; the newest is {worn.example}"
    advice = f"mend it; newscrawl outlets fix closes it with until: {worn.until}"
    return Complaint(worn.where, "wrong" if worn.is_sure else "note", message, advice, "selector")


def _alarms(health: OutletHealth | None) -> list[Complaint]:
    from newscrawl.spiders.diagnosis import Complaint

    advice = f"newscrawl outlets health {health.outlet} shows its days" if health else ""
    return [Complaint(alarm.measure, "wrong", alarm.message, advice) for alarm in (health.alarms if health else ())]


def _print(found: Sequence[Examined]) -> None:
    from newscrawl.spiders.diagnosis import admitted, newest

    rows = [
        (
            one.config.slug, check.source.kind, check.status or check.reason or "no answer", len(check.links),
            admitted(one.config, check), moment(newest(check)), check.source.url,
        )
        for one in found for check in one.checks
    ]  # fmt: skip
    table(["outlet", "kind", "status", ">links", ">taken", "newest", "source"], rows)
    for one in found:
        print_complaints(one)
    say(f"{sum(one.is_well for one in found)} of {len(found)} outlets are well")


def print_complaints(one: Examined) -> None:
    """What stands out at an outlet, a line each."""
    for complaint in one.complaints:
        warn(f"{one.config.slug}: {'' if complaint.level == 'wrong' else 'note: '}{line(complaint)}")


def record(one: Examined) -> dict[str, object]:
    """What was found out about an outlet, for programs."""
    from newscrawl.spiders.diagnosis import admitted, newest

    return {
        "outlet": one.config.slug,
        "file": one.config.path,
        "is_well": one.is_well,
        "sources": [
            {
                "kind": check.source.kind,
                "url": check.source.url,
                "final_url": check.final_url or None,
                "moved": check.moved,
                "status": check.status,
                "reason": check.reason,
                "error": check.error,
                "links": len(check.links),
                "taken": admitted(one.config, check),
                "children": check.children,
                "newest": newest(check),
            }
            for check in one.checks
        ],
        "complaints": one.complaints,
    }
