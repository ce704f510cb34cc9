"""`newscrawl outlets add`: from a site's address to its outlet file, with saved pages to test it on."""

from __future__ import annotations

import gzip
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newscrawl.cli.options import AllowPrivate, AsJson, Contact, Delay, Proxy
from newscrawl.cli.terminal import CommandError, fail, line, print_json, say, table

if TYPE_CHECKING:
    from newscrawl.outlets.schema import OutletConfig
    from newscrawl.spiders.draft import Sample, SiteDraft

EPILOG = "Example: newscrawl outlets add https://www.example.com/"
DEFAULT_FOLDER = "outlets"

Into = Annotated[
    Path | None,
    typer.Option(
        "--into", metavar="DIR", help="Folder for the files. (default: first of NEWSCRAWL_OUTLETS, else outlets)"
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Write over a file that is there.")]


def add(
    urls: Annotated[list[str], typer.Argument(metavar="URL...", help="Home pages.")],
    into: Into = None,
    slug: Annotated[str | None, typer.Option("--slug", help="In place of the one made of the domain; one URL.")] = None,
    name: Annotated[str | None, typer.Option("--name", help="In place of the site's own name; one URL.")] = None,
    samples: Annotated[
        int,
        typer.Option(
            "--samples", min=0, max=10, metavar="N", help="Articles of each that are fetched.", show_default=True
        ),
    ] = 3,
    force: Force = False,
    json: AsJson = False,
    delay: Delay = None,
    proxy: Proxy = None,
    allow_private: AllowPrivate = False,
    contact: Contact = None,
) -> int:
    """Visit sites, find out what a crawl needs to know of them, and write a file for each.

    Found are feeds and sitemaps, what the articles' URLs have in common, language, country and time zone, each with
    what it rests on and how sure it is; what is not sure is told, and not written. Some articles are fetched, shown as
    a crawl would store them, and saved in SLUG.pages, with tests for newscrawl outlets test.

    The file is yours: read it, and change what is wrong. newscrawl crawl SLUG --outlets DIR reads it.
    """
    from newscrawl.spiders.launch import CrawlError, CrawlOptions, probe_sites

    if len(urls) > 1 and (slug or name):
        raise CommandError(f"--slug and --name go with one URL, got {len(urls)}")
    options = CrawlOptions(proxy=proxy, allow_private=allow_private, delay_s=delay, contact=contact, log_level="ERROR")
    try:
        drafts = probe_sites(urls, options, samples)
    except CrawlError as error:
        raise CommandError(str(error)) from error
    written = _write([_renamed(draft, slug, name) for draft in drafts], into or default_folder(), force, json)
    return 0 if written and len(drafts) == len(urls) else 1


def _write(drafts: list[SiteDraft], folder: Path, force: bool, json: bool) -> bool:
    """Write and print drafts; whether all could be written."""
    written = [_add(draft, folder, force, json) for draft in drafts]
    if json:
        print_json([_record(draft, path) for draft, path in zip(drafts, written, strict=True)])
    else:
        _print_samples(drafts)
        if any(written):
            tell_folder(folder)
    return all(written)


def default_folder() -> Path:
    """Where outlet files are written that have no folder named."""
    folders = [folder for folder in os.environ.get("NEWSCRAWL_OUTLETS", "").split(os.pathsep) if folder]
    return Path(folders[0] if folders else DEFAULT_FOLDER)


def tell_folder(folder: Path) -> None:
    """Say how a crawl finds the files of a folder, where it does not do so by itself."""
    if str(folder) not in os.environ.get("NEWSCRAWL_OUTLETS", "").split(os.pathsep):
        say(f"Crawl with --outlets {folder}, or set NEWSCRAWL_OUTLETS={folder.resolve()}")


def write_outlet(config: OutletConfig, folder: Path, force: bool, remarks: tuple[str, ...] = ()) -> Path | None:
    """Write an outlet file with remarks above it; None, and why, where one is there already."""
    from newscrawl.outlets.registry import dump_outlet

    path = folder / f"{config.slug}.yaml"
    if path.exists() and not force:
        fail(f"{path}: is there already; --force writes over it, --slug NAME gives another name")
        return None
    folder.mkdir(parents=True, exist_ok=True)
    above = "".join(f"# {line(remark)}\n" for remark in remarks)
    path.write_text(above + dump_outlet(config), encoding="utf-8")
    return path


def sources_line(config: OutletConfig) -> str:
    """How many sources of each kind a file has."""
    kinds: dict[str, int] = {}
    for source in config.sources:
        kinds[source.kind] = kinds.get(source.kind, 0) + 1
    return ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in kinds.items()) or "no source"


def _add(draft: SiteDraft, folder: Path, force: bool, quiet: bool) -> Path | None:
    for note in () if quiet else draft.notes:
        say(f"{line(draft.url)}: {line(note)}")
    config = draft.config
    if config is None:
        fail(f"{line(draft.url)}: {line(draft.problem) or 'nothing found'}")
        return None
    bodies, config = _with_tests(config, draft.samples)
    path = write_outlet(config, folder, force, tuple(map(str, draft.evidence)))
    if path is None:
        return None
    for file, body in bodies.items():
        (folder / file).parent.mkdir(exist_ok=True)
        (folder / file).write_bytes(gzip.compress(body, mtime=0))
    if not quiet:
        tests = f", {len(config.tests)} test pages" if config.tests else ""
        say(f"{path}: {line(config.name)}, {sources_line(config)}{tests}")
    return path


def _with_tests(config: OutletConfig, samples: tuple[Sample, ...]) -> tuple[dict[str, bytes], OutletConfig]:
    """The pages to be saved, by their file below the folder, and the file with a test for each."""
    from newscrawl.spiders.samples import test_of

    bodies: dict[str, bytes] = {}
    tests = []
    for number, sample in enumerate(samples, 1):
        file = f"{config.slug}.pages/{number}.html.gz"
        if sample.page is not None and (test := test_of(sample, file)):
            bodies[file] = sample.page.body
            tests.append(test)
    return bodies, config.model_copy(update={"tests": tuple(tests)})


def _renamed(draft: SiteDraft, slug: str | None, name: str | None) -> SiteDraft:
    """The draft with what the user wants otherwise."""
    if draft.config is None or not (slug or name):
        return draft
    from newscrawl.outlets.schema import OutletConfig

    fields = draft.config.model_dump(mode="json")
    fields |= {"slug": slug or draft.config.slug, "name": name or draft.config.name}
    try:
        return replace(draft, config=OutletConfig.model_validate(fields))
    except ValueError as error:
        raise CommandError(f"--slug, --name: {error}") from error


def _print_samples(drafts: list[SiteDraft]) -> None:
    rows = [_row(draft, sample) for draft in drafts for sample in draft.samples]
    if rows:
        columns = ["outlet", "published", ">chars", ">cuts", "access", "authors", "headline"]
        table(columns, rows, title="What a crawl would store of some articles")


def _row(draft: SiteDraft, sample: Sample) -> tuple[object, ...]:
    from newscrawl.cli.records import stamp
    from newscrawl.items import Rejection

    slug, result = draft.config.slug if draft.config else draft.url, sample.result
    if isinstance(result, Rejection):
        return (slug, "", "", "", "", "", f"no article: {result.reason}: {result.url}")
    cuts, access = len(result.removed), f"{result.access.observed}, {result.access.completeness}"
    authors = ", ".join(result.authors)
    return (slug, stamp(result.published), f"{len(result.text):,}", cuts, access, authors, result.headline)


def _record(draft: SiteDraft, path: Path | None) -> dict[str, object]:
    from newscrawl.cli.records import article_record, rejection_record
    from newscrawl.items import Rejection

    outlet = draft.config.outlet() if draft.config else None
    results = [sample.result for sample in draft.samples]
    return {
        "url": draft.url,
        "file": path,
        "problem": draft.problem,
        "outlet": draft.config.model_dump(mode="json", exclude={"tests"}) if draft.config else None,
        "evidence": draft.evidence,
        "pattern": draft.pattern,
        "notes": draft.notes,
        "samples": [
            rejection_record(result, outlet) if isinstance(result, Rejection) else article_record(result)
            for result in results
            if outlet is not None
        ],
    }
