"""`newscrawl inspect`: what was cut from a page and why, as a page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newscrawl.cli.database import reading
from newscrawl.cli.options import AllowPrivate, Archive, Charset, Contact, Database, OutletFolders, PageUrl, Proxy
from newscrawl.cli.pages import build_apart, fetch_page, file_page, page_rules
from newscrawl.cli.terminal import CommandError, moment, say, warn
from newscrawl.cli.words import reason_text
from newscrawl.items import Page, Rejection

if TYPE_CHECKING:
    from newscrawl.article import Inspection
    from newscrawl.store.queries import ArticleRow

EPILOG = "Example: newscrawl inspect page.html --url https://www.example.com/2026/story -o story.html"


def inspect(
    source: Annotated[
        str, typer.Argument(metavar="FILE|URL|ARTICLE", help="The page; ARTICLE is the number of a stored one.")
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="OUT.html", help="File to write; - is the standard output.")
    ] = Path("inspect.html"),
    url: PageUrl = "",
    charset: Charset = None,
    db: Database = None,
    archive: Archive = None,
    outlets: OutletFolders = None,
    proxy: Proxy = None,
    allow_private: AllowPrivate = False,
    contact: Contact = None,
) -> None:
    """Write an HTML page that shows what was cut from a page, and why.

    It shows the blocks in order, the cuts in the colour of their kind, each block with its score, its rule and what
    speaks for and against a cut, and what else was found: headline, authors, times, language, access. It needs no
    network and no script.

    A stored article is read again from the archive; where its page is not there, the stored text and cuts are shown.
    """
    if Path(source).exists() and out.exists() and out.samefile(source):
        raise CommandError(f"{out}: is the page itself; name another file with -o")
    if source.isdecimal():
        inspection, origin = _stored(int(source), db, archive, outlets)
    else:
        is_url = source.startswith(("http://", "https://"))
        if is_url:
            page = fetch_page(source, proxy, allow_private, contact, outlets)
        else:
            page = file_page(source, url, charset, outlets)
        fetched = f"{page.url}, fetched {moment(page.fetched_at)}"
        inspection, origin = _inspected(page), fetched if is_url else f"File {source}"
    _write(inspection, origin, out)


def _inspected(page: Page) -> Inspection:
    """A page's inspection, if a process of its own has survived the page."""
    from newscrawl.article import Inspection, inspect_page

    result = build_apart(page)
    if isinstance(result, Rejection) and not result.final:
        return Inspection(page.url, None, (), result)
    return inspect_page(page)


def _stored(
    article_id: int, db: str | None, archive: Path | None, outlets: list[Path] | None
) -> tuple[Inspection, str]:
    """The inspection of a stored article, and where its page comes from in words."""
    from newscrawl.store.archive import archive_folder
    from newscrawl.store.queries import find_article
    from newscrawl.store.stored import archived_page

    with reading(db) as engine:
        row = find_article(engine, article_id)
        if row is None:
            raise CommandError(
                f"{article_id}: no such article in this database; newscrawl why URL says what became of a URL"
            )
        folder = archive_folder(str(archive) if archive else None, str(engine.url))
        page = archived_page(engine, article_id, folder, page_rules(outlets))
        if page is None and row.archived is not None:
            warn(f"{folder / row.archived.file}: the page is not there; the stored text is shown, without evidence")
    name = f"Article {row.id}"
    if page is not None:
        return _inspected(page), f"{name}, page from the archive, fetched {moment(page.fetched_at)}"
    return _recalled(row), f"{name}, revision {row.revision} of {moment(row.fetched_at)}, as it is stored"


def _recalled(row: ArticleRow) -> Inspection:
    """What the store knows of an article, as an inspection."""
    from newscrawl.article import Inspection
    from newscrawl.strip import recall_verdicts

    article = row.article(next(iter(row.urls), row.canonical_url))
    return Inspection(article.url, None, recall_verdicts(row.text, row.removed), article)


def _write(inspection: Inspection, origin: str, out: Path) -> None:
    from newscrawl.cli.inspection import render

    html = render(inspection, origin)
    if str(out) == "-":
        typer.echo(html)
        return
    try:
        out.write_text(html, encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{out}: cannot be written ({error.strerror}); name another file with -o") from error
    cut = sum(bool(verdict.cuts) for verdict in inspection.verdicts)
    say(f"{out}: {len(inspection.verdicts)} blocks, {cut} cut whole or in part. Open it in a browser.")
    if isinstance(inspection.result, Rejection):
        say(f"There is no article: {reason_text(inspection.result.reason, inspection.result.detail)}.")
