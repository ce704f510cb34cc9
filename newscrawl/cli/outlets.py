"""`newscrawl outlets`: the outlets that can be crawled, and their files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newscrawl.cli.options import AsJson, OutletFolders
from newscrawl.cli.terminal import CommandError, fail, print_json, say, table, warn

if TYPE_CHECKING:
    from newscrawl.outlets.registry import Registry

EPILOG = "Example: newscrawl outlets list"


def list_(outlets: OutletFolders = None, json: AsJson = False) -> None:
    """List the outlets: the packaged ones and those of your folders."""
    registry = _registry(outlets)
    configs = sorted(registry.outlets.values(), key=lambda config: config.slug)
    if json:
        print_json([config.model_dump(mode="json") for config in configs])
    else:
        columns = ["slug", "name", "country", "languages", "kind", ">sources", "homepage"]
        rows = [(c.slug, c.name, c.country, " ".join(c.languages), c.kind, len(c.sources), c.homepage) for c in configs]
        table(columns, rows)
    for fault in registry.faults:
        warn(str(fault))


def show(
    slug: Annotated[str, typer.Argument(metavar="SLUG")], outlets: OutletFolders = None, json: AsJson = False
) -> None:
    """Print the file of an outlet as it is understood."""
    from newscrawl.outlets.registry import dump_outlet

    registry = _registry(outlets)
    if slug not in registry.outlets:
        for fault in registry.faults:
            fail(str(fault))
        raise CommandError(f"{slug}: no such outlet; newscrawl outlets list shows them")
    config = registry.outlets[slug]
    if json:
        print_json(config.model_dump(mode="json"))
    else:
        say(dump_outlet(config).rstrip())


def lint(outlets: OutletFolders = None) -> int:
    """Check all outlet files and print every fault; exit status 1 if there is one."""
    from newscrawl.outlets.registry import lint as run
    from newscrawl.outlets.registry import user_folders

    faults = run(user_folders(outlets or []))
    for fault in faults:
        fail(str(fault))
    if not faults:
        say(f"{len(_registry(outlets).outlets)} outlets, no fault")
    return 1 if faults else 0


def _registry(folders: list[Path] | None) -> Registry:
    from newscrawl.outlets.registry import load_outlets, user_folders

    return load_outlets(user_folders(folders or []))
