"""`newscrawl outlets import-opml` and `import-ftr`: what other programs know of sites, as outlet files."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from newscrawl.cli.adding import Force, Into, default_folder, sources_line, tell_folder, write_outlet
from newscrawl.cli.options import AsJson
from newscrawl.cli.terminal import CommandError, fail, line, print_json, say

if TYPE_CHECKING:
    from newscrawl.discover.opml import ListedFeed
    from newscrawl.outlets.schema import OutletConfig

FTR_EPILOG = "Example: newscrawl outlets import-ftr site_config/standard/example.com.txt --into outlets"
EPILOG = "Example: newscrawl outlets import-opml subscriptions.opml --into outlets"


def import_opml(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="OPML, as feed readers export it.")],
    into: Into = None,
    force: Force = False,
    json: AsJson = False,
) -> int:
    """Write an outlet file for each site whose feeds an OPML file lists; feeds of one site go into one file.

    Nothing is fetched: newscrawl outlets doctor tries the feeds.
    """
    from newscrawl.discover.opml import OpmlError, parse_opml

    try:
        feeds = parse_opml(file.read_bytes())
    except OSError as error:
        raise CommandError(f"{file}: cannot be read: {error.strerror}") from error
    except OpmlError as error:
        raise CommandError(f"{file}: {error}") from error
    if not feeds:
        raise CommandError(f"{file}: no feed in it: no <outline> has an xmlUrl with an http(s) URL")
    folder = into or default_folder()
    configs = outlets_of(feeds)
    written = [(config, write_outlet(config, folder, force)) for config in configs]
    if json:
        print_json([
            {"outlet": config.slug, "file": path, "sources": len(config.sources)} for config, path in written
        ])  # fmt: skip
    else:
        for config, path in written:
            if path:
                say(f"{path}: {line(config.name)}, {sources_line(config)}")
        say(f"{sum(path is not None for _, path in written)} files for {len(feeds)} feeds")
        tell_folder(folder)
    return 0 if all(path for _, path in written) else 1


def import_ftr(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Site configurations, named HOST.txt.")],
    into: Into = None,
    force: Force = False,
    json: AsJson = False,
) -> int:
    """Write outlet files with the selectors of Full-Text RSS site configurations, and name the lines left out.

    Body, author, date, strip, strip_id_or_class and next_page_link are read. The files have no sources: newscrawl
    outlets add finds those, and the selectors can be put into its file.
    """
    from newscrawl.outlets.ftr import FtrError, parse_ftr

    folder = into or default_folder()
    records: list[dict[str, object]] = []
    for file in files:
        try:
            site = parse_ftr(_read_text(file), file.name)
        except FtrError as error:
            fail(f"{file}: {error}")
            records.append({"from": file, "file": None, "problem": str(error)})
            continue
        path = write_outlet(site.config, folder, force, tuple(f"left out, {line}" for line in site.left_out))
        records.append({"from": file, "file": path, "left_out": site.left_out, "test_urls": site.test_urls})
        for left in () if json else site.left_out:
            say(f"{file}: {line(left)}")
        if path and not json:
            say(f"{path}: {len(site.left_out)} lines left out; sources are missing")
    if json:
        print_json(records)
    elif any(record["file"] for record in records):
        tell_folder(folder)
    return 0 if all(record["file"] for record in records) else 1


def _read_text(file: Path) -> str:
    from newscrawl.outlets.ftr import MAX_FTR

    try:
        body = file.read_bytes()
    except OSError as error:
        raise CommandError(f"{file}: cannot be read: {error.strerror}") from error
    if len(body) > MAX_FTR:
        raise CommandError(f"{file}: {len(body):,} bytes; a site configuration has at most {MAX_FTR:,}")
    return body.decode("utf-8", "replace")


def outlets_of(feeds: tuple[ListedFeed, ...]) -> list[OutletConfig]:
    """Outlet files of listed feeds, one for each site; what cannot be one is told."""
    from pydantic import ValidationError

    from newscrawl.outlets.schema import OutletConfig
    from newscrawl.urls import host_of, registered_domain

    sites: dict[str, list[ListedFeed]] = defaultdict(list)
    for feed in feeds:
        sites[registered_domain(feed.homepage or feed.url) or host_of(feed.homepage or feed.url)].append(feed)
    configs = []
    for domain, listed in sites.items():
        try:
            configs.append(OutletConfig.model_validate(_fields(domain, listed)))
        except ValidationError as error:
            fail(f"{domain}: {error.errors()[0]['msg']}")
    return configs


def _fields(domain: str, feeds: list[ListedFeed]) -> dict[str, object]:
    parts = urlsplit(feeds[0].url)
    homepage = next((feed.homepage for feed in feeds if feed.homepage), f"{parts.scheme}://{parts.netloc}/")
    languages = dict.fromkeys(feed.language for feed in feeds if feed.language)
    name = feeds[0].title if len(feeds) == 1 else min((feed.title for feed in feeds if feed.title), key=len, default="")
    return {
        "slug": domain.strip("[]").replace(":", "-"),
        "name": name or domain,
        "homepage": homepage,
        "domains": [domain],
        "languages": list(languages),
        "sources": [{"kind": _kind(feed.url), "url": feed.url} for feed in feeds],
        "checked": f"never; imported on {datetime.now(UTC):%Y-%m-%d} from a list of feeds",
    }


def _kind(url: str) -> str:
    """The kind that a feed's address names; the parser reads each of them under any."""
    path = urlsplit(url).path.lower()
    return "jsonfeed" if path.endswith(".json") else "atom" if "atom" in path else "rss"
