"""A spooled visit comes back whole: its bodies, all of them, from the archive."""

from dataclasses import replace
from datetime import UTC, datetime

from newscrawl.items import Page
from newscrawl.store.archive import Archive
from newscrawl.store.spool import Spool, read_spool, with_body
from newscrawl.visits import Lease, Visit
from tests.records import HERALD

BODIES = ("<p>Über die Brücke.</p>".encode("latin-1"), b"<p>Page two \xff.</p>", b"<p>Page three.</p>")


def test_a_story_on_several_pages_comes_back_with_all_of_them(tmp_path):
    lease = Lease(1, "https://herald.example/a", "herald")
    now = datetime.now(UTC)
    archive = Archive(tmp_path / "archive")
    visits = []
    for number, body in enumerate(BODIES):
        page = Page(f"https://herald.example/a?page={number}", body, HERALD, now, "latin-1")
        visit = Visit(lease, now, page.url, 200, {"content-type": "text/html"}, page=page)
        visits.append(replace(visit, archived=archive.put(visit)))
    archive.close()
    first, *more = visits
    whole = first.followed_by(tuple(more))
    spool = Spool(tmp_path / "archive", f"sqlite:///{tmp_path}/a.db", 1)
    spool.add(whole)
    spool.close()
    ((_, read),) = read_spool(spool.path)
    assert with_body(read, tmp_path / "archive") == whole
