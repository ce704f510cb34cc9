"""`newscrawl outlets doctor`: whether the sources of outlets work, what the files take of them, and what to do."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from newscrawl.cli.options import AllowPrivate, AsJson, Contact, Database, Delay, OutletFolders, Proxy
from newscrawl.cli.outlettests import find_outlets
from newscrawl.cli.terminal import CommandError, line, moment, print_json, say, table, warn

if TYPE_CHECKING:
    from newscrawl.outlets.schema import OutletConfig
    from newscrawl.spiders.checkup import SourceCheck
    from newscrawl.spiders.diagnosis import Complaint
    from newscrawl.store.health.report import OutletHealth

EPILOG = "Example: newscrawl outlets doctor bbc guardian"
DEGRADED = 3  # exit status, DESIGN.md


def doctor(
    slugs: Annotated[list[str] | None, typer.Argument(metavar="[SLUG...]", help="Outlets; without, all.")] = None,
    outlets: OutletFolders = None,
    db: Database = None,
    json: AsJson = False,
    delay: Delay = None,
    proxy: Proxy = None,
    allow_private: AllowPrivate = False,
    contact: Contact = None,
) -> int:
    """Ask for every source of the outlets once, and say what is wrong and what to do; exit status 3 if something is.

    Looked at are robots.txt, status and readability, the number of links, how many of them the file's domains, allow
    and deny take, and the date of the newest. Where there is a database, the alarms that stand are told, too. Nothing
    is stored.
    """
    from newscrawl.outlets.registry import load_outlets, user_folders
    from newscrawl.spiders.diagnosis import diagnose
    from newscrawl.spiders.launch import CrawlError, CrawlOptions, check_sources

    configs = find_outlets(load_outlets(user_folders(outlets or []), slugs or ()), slugs)
    options = CrawlOptions(proxy=proxy, allow_private=allow_private, delay_s=delay, contact=contact, log_level="ERROR")
    try:
        checks = check_sources(configs, options)
    except CrawlError as error:
        raise CommandError(str(error)) from error
    now = datetime.now(UTC)
    stored = _stored(db, [config.slug for config in configs], now)
    found = {
        config.slug: diagnose(config, checks[config.slug], now) + _alarms(stored.get(config.slug)) for config in configs
    }
    if json:
        print_json([_record(config, checks[config.slug], found[config.slug]) for config in configs])
    else:
        _print(configs, checks, found)
    return DEGRADED if any(one.level == "wrong" for of in found.values() for one in of) else 0


def _stored(db: str | None, slugs: list[str], now: datetime) -> dict[str, OutletHealth]:
    """What the store knows of the outlets; nothing where there is none, unless it was named."""
    from newscrawl.cli.database import reading
    from newscrawl.store.health.report import read_health

    try:
        with reading(db) as engine:
            return {health.outlet: health for health in read_health(engine, slugs, 7, now)}
    except CommandError:
        if db is not None:
            raise
        return {}


def _alarms(health: OutletHealth | None) -> list[Complaint]:
    from newscrawl.spiders.diagnosis import Complaint

    advice = f"newscrawl outlets health {health.outlet} shows its days" if health else ""
    return [Complaint(alarm.measure, "wrong", alarm.message, advice) for alarm in (health.alarms if health else ())]


def _print(
    configs: list[OutletConfig], checks: dict[str, list[SourceCheck]], found: dict[str, list[Complaint]]
) -> None:
    from newscrawl.spiders.diagnosis import admitted, newest

    rows = [
        (
            config.slug, check.source.kind, check.status or check.reason or "no answer", len(check.links),
            admitted(config, check), moment(newest(check)), check.source.url,
        )
        for config in configs for check in checks[config.slug]
    ]  # fmt: skip
    table(["outlet", "kind", "status", ">links", ">taken", "newest", "source"], rows)
    for slug, complaints in found.items():
        for complaint in complaints:
            warn(f"{slug}: {'' if complaint.level == 'wrong' else 'note: '}{line(complaint)}")
    sick = sum(any(one.level == "wrong" for one in of) for of in found.values())
    say(f"{len(configs) - sick} of {len(configs)} outlets are well")


def _record(config: OutletConfig, checks: list[SourceCheck], found: list[Complaint]) -> dict[str, object]:
    from newscrawl.spiders.diagnosis import admitted, newest

    return {
        "outlet": config.slug,
        "file": config.path,
        "is_well": not any(one.level == "wrong" for one in found),
        "sources": [
            {
                "kind": check.source.kind,
                "url": check.source.url,
                "final_url": check.final_url or None,
                "status": check.status,
                "reason": check.reason,
                "error": check.error,
                "links": len(check.links),
                "taken": admitted(config, check),
                "children": check.children,
                "newest": newest(check),
            }
            for check in checks
        ],
        "complaints": found,
    }
