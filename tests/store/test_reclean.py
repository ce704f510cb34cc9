"""Articles once more, and what persons said of their blocks, on both databases."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text

from newscrawl.article import build
from newscrawl.items import Article, Page, PageRules, Rejection, Removed
from newscrawl.store.archive import Archive
from newscrawl.store.engine import StoreError, open_engine
from newscrawl.store.filters import Filter
from newscrawl.store.judgements import labelled_records, mark, restore
from newscrawl.store.locks import LockedError, open_locks, outlet_lock
from newscrawl.store.models import Revision
from newscrawl.store.queries import find_article
from newscrawl.store.reclean import Options, Progress, reclean
from newscrawl.store.records import ArticleRow
from newscrawl.store.repetition import decide, list_suggestions
from newscrawl.store.session import CrawlSession
from newscrawl.strip import splice
from tests.pages import article_page
from tests.records import FEED, HERALD, NOW, TEXT, article, link, page, visit

InSession = Callable[[Callable[[CrawlSession], Awaitable[None]]], None]
FOOT = "Follow the Herald on your phone"
COPYRIGHT = "© 2026 The Herald. All rights reserved."
WORDS = f"{TEXT.strip()}\nShare this article"  # today's rules know the last line


def once(engine: Engine, folder: Path, **options: object) -> Progress:
    """A reclean that builds pages here."""

    def submit(page: Page) -> Future[Article | Rejection]:
        future: Future[Article | Rejection] = Future()
        future.set_result(build(page))
        return future

    return reclean(engine, replace(Options(folder), **options), submit, lambda _: None)


def stored(engine: Engine, article_id: int = 1) -> ArticleRow:
    row = find_article(engine, article_id)
    assert row is not None
    return row


def causes(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.scalars(select(Revision.cause).order_by(Revision.id)))


def write_texts(in_session: InSession, *texts: str, hours: int = 0) -> None:
    async def crawl(session: CrawlSession) -> None:
        await session.claim([(HERALD, [FEED])])
        leases, _ = await session.take("herald", [link(n) for n in range(len(texts))], again=True)
        for number, (lease, told) in enumerate(zip(leases, texts, strict=True)):
            at = NOW + timedelta(hours=hours)
            await session.write(visit(lease, article(number, told, removed=()), fetched_at=at))

    in_session(crawl)


def write_pages(in_session: InSession, folder: Path, *bodies: bytes) -> None:
    """Archived pages, stored with an old version's text."""

    async def crawl(session: CrawlSession) -> None:
        await session.claim([(HERALD, [FEED])])
        leases, _ = await session.take("herald", [link(n) for n in range(len(bodies))])
        archive = Archive(folder)
        for number, (lease, body) in enumerate(zip(leases, bodies, strict=True)):
            one = visit(lease, article(number, f"An old text, number {number}."), page=page(lease, body))
            await session.write(replace(one, archived=archive.put(one)))
        archive.close()

    in_session(crawl)


def test_a_text_without_its_page_gets_todays_cuts_once(in_session: InSession, engine: Engine, tmp_path: Path) -> None:
    write_texts(in_session, WORDS, f"{TEXT.strip()}\nNothing to cut in article two.")
    first = once(engine, tmp_path)
    assert (first.read, first.changed, first.unchanged, first.failed, first.from_text) == (2, 1, 1, 0, 2)
    row = stored(engine)
    assert (row.text, [cut.kind for cut in row.removed]) == (TEXT.strip(), ["share"])
    assert splice(row.text, row.removed) == WORDS
    assert (row.revision, row.fetched_at, causes(engine)) == (2, NOW, ["first", "first", "reclean"])
    assert once(engine, tmp_path).total == 0
    again = once(engine, tmp_path, again=True)
    assert (again.read, again.changed, len(causes(engine))) == (2, 0, 3)


def test_an_archived_page_is_read_anew_and_a_broken_one_costs_itself(
    in_session: InSession, engine: Engine, tmp_path: Path
) -> None:
    html = article_page("The pier is rebuilt").encode()
    write_pages(in_session, tmp_path, html, b"<p>x</p>")
    done = once(engine, tmp_path)
    assert (done.read, done.changed, done.failed, done.from_text) == (2, 1, 1, 0)
    row = stored(engine)
    assert row.text.startswith("The harbour board of Northport said on Tuesday")
    assert (row.headline, row.canonical_url) == ("The pier is rebuilt", link(0).url)
    assert stored(engine, 2).text == "An old text, number 1."
    second = once(engine, tmp_path)
    assert (second.total, second.changed, second.failed) == (1, 0, 1)  # the broken one is tried again


def test_a_story_is_read_again_with_all_its_pages_or_not_at_all(
    in_session: InSession, engine: Engine, tmp_path: Path
) -> None:
    bodies = [f"<p>The {word} page tells of the pier, and of the harbour beside it.</p>" for word in ("first", "last")]
    archives = [Archive(tmp_path / "archive") for _ in bodies]  # a file each

    async def crawl(session: CrawlSession) -> None:
        await session.claim([(HERALD, [FEED])])
        [lease], _ = await session.take("herald", [link(0)])
        one, two = (visit(lease, article(0, "Old."), page=page(lease, html.encode())) for html in bodies)
        one, two = (replace(half, archived=into.put(half)) for half, into in zip((one, two), archives, strict=True))
        await session.write(replace(one, more=(two,)))
        for archive in archives:
            archive.close()

    in_session(crawl)
    file = max((tmp_path / "archive").iterdir())
    away = file.rename(tmp_path / file.name)
    assert once(engine, tmp_path / "archive").from_text == 1  # half a story would replace the whole one
    assert stored(engine).text == "Old."
    away.rename(file)
    assert once(engine, tmp_path / "archive", again=True).from_text == 0
    assert [line[:14] for line in stored(engine).text.split("\n")] == ["The first page", "The last page "]


def test_a_dry_run_says_what_would_change_and_changes_nothing(
    in_session: InSession, engine: Engine, tmp_path: Path
) -> None:
    write_texts(in_session, WORDS)
    before = stored(engine)
    assert once(engine, tmp_path, dry_run=True).changed_articles == [1]
    assert (stored(engine), causes(engine)) == (before, ["first"])
    assert once(engine, tmp_path).changed == 1


def test_what_changes_is_told_by_rule_with_examples(in_session: InSession, engine: Engine, tmp_path: Path) -> None:
    notice = "Subscribe to our newsletter to get the stories of the harbour each morning, before anybody else."
    write_texts(in_session, WORDS, f"{WORDS}\n{notice}", f"The mayor spoke.\n{TEXT.strip()}")
    changes = {change.kind: change for change in once(engine, tmp_path, dry_run=True).changes}
    share, newsletter = changes["share"], changes["newsletter"]
    assert (share.deed, share.blocks, share.articles, share.prose, share.outlets) == ("cut", 2, 2, 0, ["herald"])
    assert [(one.article_id, one.text) for one in share.examples] == [
        (1, "Share this article"),
        (2, "Share this article"),
    ]
    assert (newsletter.blocks, newsletter.prose) == (1, 1)
    assert once(engine, tmp_path).changes == list(changes.values())
    assert once(engine, tmp_path, again=True).changes == []
    restore(engine, 2, len(WORDS.split("\n")), NOW)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM block_labels"))
    [again] = once(engine, tmp_path, again=True).changes
    assert (again.deed, again.rule, again.articles) == ("cut", share.rule, 1)


def test_an_accepted_block_goes_and_comes_back_when_it_is_rejected(
    in_session: InSession, engine: Engine, tmp_path: Path
) -> None:
    write_texts(in_session, *(f"{'x' * n} is told here.\n{TEXT}\n{FOOT}\nThe end of {'x' * n}." for n in range(1, 4)))
    once(engine, tmp_path)
    [found] = [row for row in list_suggestions(engine) if row.text == FOOT]
    for state, is_cut in (("accepted", True), ("rejected", False)):
        with engine.begin() as connection:
            decide(connection, [found.id], state)
        done = once(engine, tmp_path, wanted=Filter(outlets=("herald",)))
        assert (done.changed, FOOT in stored(engine).text) == (3, not is_cut)


def test_one_article_or_outlet_can_be_named(in_session: InSession, engine: Engine, tmp_path: Path) -> None:
    write_texts(in_session, WORDS, f"{WORDS} ")
    assert once(engine, tmp_path, articles=(2,)).changed_articles == [2]
    assert once(engine, tmp_path, articles=(2,)).unchanged == 1
    gazette = Filter(outlets=("gazette",))
    for options in ({"articles": (7,)}, {"wanted": gazette}, {"wanted": gazette, "articles": (1,)}, {"rule": "gossip"}):
        with pytest.raises(StoreError, match=r"article 7|gazette|rule gossip: has cut nothing here; it has share/"):
            once(engine, tmp_path, **options)
    assert once(engine, tmp_path, wanted=Filter(since=NOW + timedelta(days=1)), again=True).total == 0
    assert once(engine, tmp_path, rule="share", again=True).total == 1


def test_an_outlet_at_which_a_run_works_is_left_alone(
    in_session: InSession, engine: Engine, database_url: str, tmp_path: Path
) -> None:
    write_texts(in_session, WORDS)
    other = open_engine(database_url)
    locks = open_locks(other)
    assert locks.take(outlet_lock("herald"))
    with pytest.raises(LockedError, match="herald"):
        once(engine, tmp_path)
    locks.close()
    other.dispose()
    assert once(engine, tmp_path).changed == 1


def test_a_cut_that_was_put_back_stays(in_session: InSession, engine: Engine, tmp_path: Path) -> None:
    write_texts(in_session, WORDS)
    once(engine, tmp_path)
    last = len(WORDS.split("\n"))
    assert restore(engine, 1, last, NOW) == ["Share this article"]
    assert (stored(engine).text, stored(engine).removed) == (WORDS, ())
    assert once(engine, tmp_path, again=True).changed == 0
    write_texts(in_session, f"{WORDS}\nAn update.", hours=1)  # the publisher edits it; the rules cut nothing here
    assert "Share this article" in stored(engine).text
    assert causes(engine) == ["first", "reclean", "reclean", "publisher_edit"]


def test_a_missed_piece_stays_cut_when_the_article_is_fetched_again(
    in_session: InSession, engine: Engine, tmp_path: Path
) -> None:
    text = f"{TEXT.strip()}\n{FOOT}"
    write_texts(in_session, text)
    assert mark(engine, 1, FOOT, "app_promo", NOW) == [FOOT]
    cut = Removed("app_promo", FOOT, "label/mark", 1.0, len(TEXT.strip()) + 1)
    assert (stored(engine).text, stored(engine).removed) == (TEXT.strip(), (cut,))
    once(engine, tmp_path, again=True)
    write_texts(in_session, text, hours=1)
    assert (stored(engine).text, causes(engine)) == (TEXT.strip(), ["first", "reclean"])  # unchanged, not an edit
    write_texts(in_session, f"News.\n{text}", hours=2)
    assert (stored(engine).text, len(stored(engine).removed)) == (f"News.\n{TEXT.strip()}", 1)
    assert restore(engine, 1, None, NOW) == [FOOT]
    assert stored(engine).text == f"News.\n{text}"


def test_the_tail_of_a_block_is_cut_and_comes_back_whole(in_session: InSession, engine: Engine) -> None:
    story = "The council met on Friday, and it voted for the budget after a debate of six hours."
    write_texts(in_session, f"{story} Herald staff\nThe mayor spoke.")
    mark(engine, 1, "Herald staff", "byline", NOW)
    assert stored(engine).text == f"{story}\nThe mayor spoke."
    restore(engine, 1, 1, NOW)
    assert (stored(engine).text, stored(engine).removed) == (f"{story} Herald staff\nThe mayor spoke.", ())


def test_what_cannot_be_judged_is_said(in_session: InSession, engine: Engine) -> None:
    write_texts(in_session, "The council met on Friday.")
    for wrong, fault in [(lambda: restore(engine, 1, 1, NOW), "nothing was cut there"),
                         (lambda: restore(engine, 1, 9, NOW), "blocks 1 to 1"),
                         (lambda: restore(engine, 9, 1, NOW), "article 9: not in"),
                         (lambda: mark(engine, 1, 1, "other", NOW), "nothing would be left"),
                         (lambda: mark(engine, 1, "The mayor", "other", NOW), "no block of article 1"),
                         (lambda: mark(engine, 1, 0, "other", NOW), "blocks 1 to 1")]:  # fmt: skip
        with pytest.raises(StoreError, match=fault):
            wrong()
    assert (causes(engine), list(labelled_records(engine, Path()))) == (["first"], [])


def test_labels_are_training_data(in_session: InSession, engine: Engine, tmp_path: Path) -> None:
    write_pages(in_session, tmp_path, article_page("The pier is rebuilt").encode())
    assert once(engine, tmp_path).total == 1
    assert "Residents had asked" in stored(engine).text
    rules = {"herald": PageRules(cut=(("Residents had asked .*", "related"),))}
    done = once(engine, tmp_path, rules=rules)
    assert (done.total, done.changed) == (1, 1)
    assert [cut.kind for cut in stored(engine).removed if cut.rule == "outlet/cut"] == ["related"]
    assert once(engine, tmp_path, rules=rules).total == 0
    assert once(engine, tmp_path).changed == 1
