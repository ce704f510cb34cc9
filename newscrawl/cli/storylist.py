"""`newscrawl stories`, `show`, `update` and `rebuild`: the stories of the store."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from newscrawl.cli.database import reading, writing
from newscrawl.cli.options import AsJson, Database
from newscrawl.cli.summary import ProgressPrinter
from newscrawl.cli.terminal import CommandError, clip, line, moment, print_json, say, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import Connection, Engine

    from newscrawl.store.records import OriginRow
    from newscrawl.store.stories.reading import StoryLine, StoryRecord

LIST_EPILOG = "Example: newscrawl stories --since 7d --min-independent 3"
SHOW_EPILOG = "Example: newscrawl stories show 1"
UPDATE_EPILOG = "Example: newscrawl stories update"
REBUILD_EPILOG = "Example: newscrawl stories rebuild"
RELATIONS = {
    "wire_copy": "copy of",
    "edited_copy": "edited copy of",
    "rewrite": "in its own words after",
    "translation": "translation",
    "press_release": "press release by",
    "cites": "cites",
}
HEADLINE = 100  # columns


def list_(
    context: typer.Context,
    since: Annotated[
        str | None, typer.Option("--since", metavar="DAY", help="Told then or later: 2026-06-01, 7d")
    ] = None,
    min_independent: Annotated[
        int, typer.Option("--min-independent", min=1, metavar="N", help="With so many independent sources.")
    ] = 1,
    outlet: Annotated[
        list[str] | None, typer.Option("--outlet", metavar="SLUG", help="That this outlet tells; repeatable.")
    ] = None,
    ticker: Annotated[
        list[str] | None, typer.Option("--ticker", metavar="SYMBOL", help="With this symbol, or MIC:SYMBOL.")
    ] = None,
    alone: Annotated[bool, typer.Option("--alone", help="Also those that one article alone tells.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, metavar="N", help="Stories to show.")] = 20,
    db: Database = None,
    json: AsJson = False,
) -> None:
    """List stories that several articles tell, the one told last first.

    Articles of any outlet and language that tell one event are one story. Its independent sources are those that are
    no copy and no translation of another: a wire's copies count once.
    """
    if context.invoked_subcommand is not None:
        return
    from newscrawl.store.filters import Filter, FilterError, check, parse_time
    from newscrawl.store.stories.reading import list_stories

    try:
        wanted = Filter(
            outlets=tuple(outlet or ()), tickers=tuple(ticker or ()), since=parse_time(since) if since else None
        )
    except FilterError as error:
        raise CommandError(f"--since: {error}") from error
    with reading(db) as engine:
        with engine.connect() as connection:
            check(connection, wanted)
        found = list_stories(engine, wanted, limit=limit + 1, min_independent=min_independent, alone=alone)
        left = _waiting(engine)
    if json:
        print_json(found[:limit])
        return
    _print_list(found[:limit], has_more=len(found) > limit, limit=limit)
    if left:
        say(f"{left} articles wait to be tied: newscrawl stories update, or the next crawl.", style="dim")


def show(
    story: Annotated[int, typer.Argument(metavar="ID", help="Its number, as newscrawl stories lists it.")],
    db: Database = None,
    json: AsJson = False,
) -> None:
    """Show one story as a timeline: who was first, and who copied, translated or credited whom, by what evidence."""
    from newscrawl.store.stories.reading import read_story

    with reading(db) as engine:
        found = read_story(engine, story)
    if found is None:
        advice = "newscrawl stories lists them, newscrawl show names the story of an article"
        raise CommandError(f"{story}: no such story in this database; {advice}")
    if json:
        print_json(found)
        return
    _print_story(found)


def update(db: Database = None, json: AsJson = False) -> None:
    """Tie the articles that wait: crawls do it as they go, 2,000 at their end.

    Each batch is committed by itself: a call that was broken off loses nothing, and the next one goes on.
    """
    _tie(db, rebuild=False, json=json)


def rebuild(db: Database = None, json: AsJson = False) -> None:
    """Tie all articles anew, in the order in which they were tied: the stories are the same, unless this version
    reads texts otherwise than the one that made them.

    Each batch is committed by itself: a call that was broken off loses nothing, and the next crawl or
    `newscrawl stories update` goes on. Until then, later articles have no story.
    """
    _tie(db, rebuild=True, json=json)


def _tie(db: str | None, *, rebuild: bool, json: bool) -> None:
    from newscrawl.store.stories.tying import Tying, begin_rebuild

    with writing(db) as engine, ProgressPrinter() as printer:
        if rebuild:
            with engine.begin() as connection:
                if not begin_rebuild(connection):
                    raise CommandError("another process is tying articles; run again when it has ended")
        total = _waiting(engine)

        def transact(work: Callable[[Connection, bool], int]) -> int:
            with engine.begin() as connection:
                return work(connection, False)

        tied = Tying().run(transact, tell=lambda done: printer.tell(f"{done:,} of {total:,} articles tied"))
        left = _waiting(engine)
    if json:
        print_json({"tied": tied, "left": left})
        return
    say(f"{tied:,} articles tied{f'; {left:,} are left to another process, which is at it' if left else ''}")


def _waiting(engine: Engine) -> int:
    from newscrawl.store.stories.tying import waiting

    with engine.connect() as connection:
        return waiting(connection)


def _print_list(found: Sequence[StoryLine], *, has_more: bool, limit: int) -> None:
    if not found:
        say("No such story; --min-independent 1, an earlier --since or --alone shows more.")
        return
    columns = ["story", ">sources", ">articles", ">outlets", ">languages", "last told", "first told by", "headline"]
    table(columns, [
        (
            one.id, one.independent, one.articles, one.outlets, one.languages, moment(one.last_at), one.first_outlet,
            one.headline or "(no headline)",
        )
        for one in found
    ])  # fmt: skip
    if has_more:
        say(f"There are more; --limit {2 * limit} shows them.", style="dim")
    say(f"newscrawl stories show {found[0].id} shows who told the first one when.", style="dim")


def _print_story(found: StoryRecord) -> None:
    story = found.story
    say(line(story.headline) or "(no headline)", style="bold")
    say(f"Story {story.id}: {counts_text(story)}", style="dim")
    say()
    for number, one in enumerate(found.articles):
        facts = [one.language, one.wire, "first" if number == 0 else _later(one.at, story.first_at)]
        say(f"{moment(one.at)}  {one.outlet} ({', '.join(filter(None, facts))}), article {one.id}")
        say(f"    {clip(line(one.headline) or '(no headline)', HEADLINE)}")
        for text in origin_texts(one.origins):
            say(f"    {text}", style="dim")


def counts_text(story: StoryLine) -> str:
    """How many tell a story, in words."""
    sources = f"{story.independent} independent source{'' if story.independent == 1 else 's'}"
    articles = f"{story.articles} article{'' if story.articles == 1 else 's'}"
    outlets = f"{story.outlets} outlet{'' if story.outlets == 1 else 's'}"
    languages = f"{story.languages} language{'' if story.languages == 1 else 's'}"
    return f"{sources}, {articles} of {outlets} in {languages}"


def origin_texts(origins: Sequence[OriginRow]) -> Iterator[str]:
    """What an article derives from, a line each, with the evidence."""
    for origin in origins:
        whom = f"{origin.source_outlet}, article {origin.source_id}" if origin.source_id else origin.source_name or ""
        joint = " of" if origin.relation == "translation" and whom else ""
        evidence = f" ({'; '.join(_evidence(origin.evidence))})" if origin.evidence else ""
        yield line(f"{RELATIONS[origin.relation]}{joint} {whom}{evidence}")


def _evidence(found: dict[str, object]) -> Iterator[str]:
    """The evidence in words."""
    if words := found.get("words"):
        yield f'"{words}"'
    if notice := found.get("notice"):
        yield f'"{notice}"'
    if credit := found.get("credit"):
        yield f"credit: {credit}"
    for name, what in (("shared_runs", "text"), ("shared_numbers", "figures"), ("shared_sentences", "sentences")):
        share = found.get(name)
        if isinstance(share, (int, float)):
            yield f"{share:.0%} of the {what}"


def _later(at: datetime, first: datetime) -> str:
    minutes = round((at - first).total_seconds() / 60)
    return f"{minutes // 60}:{minutes % 60:02d} h later"
