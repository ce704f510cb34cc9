"""`newscrawl show` and `newscrawl why`: one article, and what became of one URL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from newscrawl.cli.database import reading
from newscrawl.cli.marks import marked
from newscrawl.cli.options import Archive, AsJson, Database, OutletFolders
from newscrawl.cli.records import facts
from newscrawl.cli.revisions import print_diff, print_revisions, write_raw
from newscrawl.cli.storylist import origin_texts
from newscrawl.cli.terminal import CommandError, clip, console, fail, line, moment, print_json, say
from newscrawl.cli.words import CAUSES, NOT_ASKED, explained, state_text

if TYPE_CHECKING:
    from newscrawl.store.queries import ArticleRow, FetchRow, RevisionRow, UrlTrace

SHOW_EPILOG = "Example: newscrawl show 1 --removed"
WHY_EPILOG = "Example: newscrawl why https://www.example.com/2026/story"


def show(
    wanted: Annotated[str, typer.Argument(metavar="ID|URL", help="Its number, or a URL that led to it.")],
    removed: Annotated[bool, typer.Option("--removed", help="Show the cuts in their places.")] = False,
    revisions: Annotated[bool, typer.Option("--revisions", help="List the texts it has had, and why.")] = False,
    diff: Annotated[
        tuple[int, int] | None, typer.Option("--diff", metavar="A B", help="Show what changed between two revisions.")
    ] = None,
    raw: Annotated[bool, typer.Option("--raw", help="Write the archived response's body, byte for byte.")] = False,
    part: Annotated[int, typer.Option("--part", metavar="N", help="With --raw: of a story on several pages.")] = 0,
    archive: Archive = None,
    db: Database = None,
    json: AsJson = False,
) -> None:
    """Show an article as one reads it, with its facts, and where each comes from."""
    from newscrawl.store.archive import archive_folder
    from newscrawl.store.queries import find_article

    if sum((removed, revisions, diff is not None, raw)) > 1 or (raw and json):
        raise CommandError("one at a time: --removed, --revisions, --diff or --raw; --raw takes no --json")
    with reading(db) as engine:
        article = find_article(engine, wanted)
        if article is None:
            advice = "newscrawl why URL says what became of a URL"
            raise CommandError(f"{wanted}: no such article in this database; {advice}")
        if diff is not None:
            print_diff(engine, article, diff, json=json)
        elif raw:
            folder = archive_folder(str(archive) if archive else None, str(engine.url))
            write_raw(engine, article, part, folder)
    if revisions:
        print_revisions(article, json=json)
    elif json and diff is None:
        print_json(article)
    elif diff is None and not raw:
        _print(article, removed=removed)


def _print(article: ArticleRow, *, removed: bool) -> None:
    out = console()
    say(line(article.headline) or "(no headline)", style="bold")
    for name, value in [*facts(article), *_story(article), *_history(article)]:
        say(f"{name + ': ':<11}{value}", style="dim")
    say()
    if removed:
        out.print(marked(article.text, article.removed, colour=out.is_terminal), end="")
        return
    say(article.text.replace("\n", "\n\n"))
    if article.removed:
        say()
        say(f"{_count(len(article.removed), 'cut')}; newscrawl show {article.id} --removed shows them.", style="dim")


def _story(article: ArticleRow) -> list[tuple[str, str]]:
    """Which story it tells, and what it derives from."""
    shows = f"{article.story_id}; newscrawl stories show {article.story_id} shows who else tells it"
    rows = [("Story", shows)] if article.story_id is not None else []
    return rows + [("Origin", text) for text in origin_texts(article.origins)]


def _history(article: ArticleRow) -> list[tuple[str, str]]:
    """How an article came into the store, and what became of it then."""
    found = article.archived
    page = f", page in {found.file} at byte {found.offset}" if found else ", page not archived"
    rows = [
        ("Stored", f"{moment(article.first_seen_at)}, revision {article.revision}, article {article.id}"),
        ("Fetched", f"{moment(article.fetched_at)}{line(page)}"),
    ]
    if article.last_seen_at > article.fetched_at:
        rows.append(("Last seen", moment(article.last_seen_at)))
    if article.gone_at:
        rows.append(("Gone", f"its page, since {moment(article.gone_at)}"))
    return rows + [(f"Revision {row.revision}", _revision(row)) for row in article.revisions if row.revision > 1]


def _revision(row: RevisionRow) -> str:
    changed = "" if row.change_ratio is None else f", {row.change_ratio:.1%} changed"
    notice = f': "{clip(line(row.correction), 200)}"' if row.correction else ""
    return f"{moment(row.fetched_at)}, {CAUSES[row.cause]}{changed}{notice}"


def why(
    url: Annotated[str, typer.Argument(metavar="URL")],
    db: Database = None,
    outlets: OutletFolders = None,
    json: AsJson = False,
) -> int:
    """Say what happened to a URL, step by step. Exit status 1 if it is not known."""
    from newscrawl.store.queries import trace

    with reading(db) as engine:
        found = trace(engine, url)
    if found is None:
        if json:
            print_json(None)
        fail(f"{url}: not in this database. {_advice(url, outlets)}")
        return 1
    if json:
        print_json(found)
        return 0
    for text in _steps(found):
        say(text)
    return 0


def _steps(found: UrlTrace) -> list[str]:
    """The story of a URL, a sentence a line."""
    announced = f', as "{line(found.headline)}"' if found.headline else ""
    origin = f"in {found.source}{announced}" if found.source else "by hand, or in an archive"
    steps = [
        line(found.url),
        f"Found {moment(found.found_at)} by run {found.found_run_id} of outlet {found.outlet}, {line(origin)}.",
    ]
    for fetch in found.fetches:
        steps += _fetch_steps(found.url, fetch)
    steps.append(state_text(found))
    if found.article_id is not None:
        steps.append(f"It is article {found.article_id}: newscrawl show {found.article_id} --removed")
    return steps


def _fetch_steps(url: str, fetch: FetchRow) -> list[str]:
    when = moment(fetch.fetched_at or fetch.taken_at)
    if fetch.status is None:
        answer = "not asked for" if fetch.reason in NOT_ASKED else "no answer"
    else:
        answer = f"the server answered {fetch.status}"
        answer += "" if fetch.elapsed_ms is None else f" after {fetch.elapsed_ms} ms"
    steps = [f"Run {fetch.run_id} took it {when}: {answer}."]
    if fetch.final_url and fetch.final_url != url:
        steps.append(f"  It led to {line(fetch.final_url)}")
    if fetch.archived:
        steps.append(f"  The raw response lies in {fetch.archived.file} at byte {fetch.archived.offset}.")
    if fetch.further_pages:
        steps.append(f"  The story goes on for {_count(fetch.further_pages, 'page')}, archived too.")
    steps.append(f"  {explained(fetch.outcome, fetch.reason, line(fetch.detail))}")
    return steps


def _advice(url: str, folders: OutletFolders) -> str:
    """What may be the reason that a URL is not known, and what to do."""
    from newscrawl.outlets.registry import load_outlets, outlet_for, user_folders
    from newscrawl.urls import safe_url

    if safe_url(url) is None:
        return "It is no http(s) URL that could be fetched."
    config = outlet_for(url, load_outlets(user_folders(folders or [])).outlets)
    if config is None:
        return "No outlet has its domain: newscrawl outlets add URL, or newscrawl crawl --url URL for this page alone."
    if not config.admits(url):
        return f"Outlet {config.slug} does not admit it (domains, allow, deny): newscrawl outlets show {config.slug}"
    return f"No source of outlet {config.slug} has announced it: newscrawl crawl --url URL fetches it."


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
