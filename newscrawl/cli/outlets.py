"""`newscrawl outlets`: the outlets that can be crawled, and their files."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newscrawl.cli.options import AllowPrivate, AsJson, Contact, OutletFolders, Proxy
from newscrawl.cli.terminal import CommandError, fail, line, print_json, say, table, warn

if TYPE_CHECKING:
    from newscrawl.outlets.registry import Registry
    from newscrawl.outlets.schema import OutletConfig
    from newscrawl.spiders.launch import SiteDraft

EPILOG = "Example: newscrawl outlets add https://www.example.com/"
DEFAULT_FOLDER = "outlets"


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


def add(
    urls: Annotated[list[str], typer.Argument(metavar="URL...", help="Home pages.")],
    into: Annotated[
        Path | None,
        typer.Option(
            "--into", metavar="DIR", help="Folder for the files. (default: first of NEWSCRAWL_OUTLETS, else outlets)"
        ),
    ] = None,
    slug: Annotated[str | None, typer.Option("--slug", help="In place of the one made of the domain; one URL.")] = None,
    name: Annotated[str | None, typer.Option("--name", help="In place of the site's own name; one URL.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
    proxy: Proxy = None,
    allow_private: AllowPrivate = False,
    contact: Contact = None,
) -> int:
    """Visit sites, find their name, language, feeds and sitemaps, and write a file for each.

    The file is yours: read it, and change what is wrong. newscrawl crawl SLUG --outlets DIR reads it.
    """
    from newscrawl.spiders.launch import CrawlError, CrawlOptions, probe_sites

    if len(urls) > 1 and (slug or name):
        raise CommandError(f"--slug and --name go with one URL, got {len(urls)}")
    options = CrawlOptions(proxy=proxy, allow_private=allow_private, contact=contact, log_level="ERROR")
    try:
        drafts = probe_sites(urls, options)
    except CrawlError as error:
        raise CommandError(str(error)) from error
    folder = into or _default_folder()
    written = [_write(_renamed(draft, slug, name), folder, force) for draft in drafts]
    if any(written) and str(folder) not in os.environ.get("NEWSCRAWL_OUTLETS", "").split(os.pathsep):
        say(f"Crawl with --outlets {folder}, or set NEWSCRAWL_OUTLETS={folder.resolve()}")
    return 0 if all(written) and len(drafts) == len(urls) else 1


def _write(draft: SiteDraft, folder: Path, force: bool) -> bool:
    from newscrawl.outlets.registry import dump_outlet

    for note in draft.notes:
        say(f"{line(draft.url)}: {line(note)}")
    config = draft.config
    if config is None:
        fail(f"{line(draft.url)}: {line(draft.problem) or 'nothing found'}")
        return False
    path = folder / f"{config.slug}.yaml"
    if path.exists() and not force:
        fail(f"{path}: is there already; --force writes over it, --slug NAME gives another name")
        return False
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(dump_outlet(config), encoding="utf-8")
    say(f"{path}: {line(config.name)}, {_sources(config)}")
    return True


def _renamed(draft: SiteDraft, slug: str | None, name: str | None) -> SiteDraft:
    """The draft with what the user wants otherwise."""
    if draft.config is None or not (slug or name):
        return draft
    from newscrawl.outlets.schema import OutletConfig

    fields = draft.config.model_dump()
    fields |= {"slug": slug or draft.config.slug, "name": name or draft.config.name}
    try:
        return replace(draft, config=OutletConfig.model_validate(fields))
    except ValueError as error:
        raise CommandError(f"--slug, --name: {error}") from error


def _sources(config: OutletConfig) -> str:
    kinds: dict[str, int] = {}
    for source in config.sources:
        kinds[source.kind] = kinds.get(source.kind, 0) + 1
    return ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in kinds.items()) or "no source"


def _default_folder() -> Path:
    folders = [folder for folder in os.environ.get("NEWSCRAWL_OUTLETS", "").split(os.pathsep) if folder]
    return Path(folders[0] if folders else DEFAULT_FOLDER)


def _registry(folders: list[Path] | None) -> Registry:
    from newscrawl.outlets.registry import load_outlets, user_folders

    return load_outlets(user_folders(folders or []))
