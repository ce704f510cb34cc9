"""Own cookies in a crawl: sent to their outlet, kept from every other host, and written nowhere."""

import gzip
from pathlib import Path

from newscrawl.store.engine import open_engine
from newscrawl.store.queries import list_articles
from tests import commands
from tests.crawling import Crawler
from tests.pages import article_page, rss
from tests.web import Answer, serve

SECRET = "s3cr3t-of-the-login"


def test_own_cookies_reach_their_outlet_alone_and_are_written_nowhere(tmp_path: Path) -> None:
    crawler = Crawler(tmp_path)
    with serve() as web, serve() as other:
        fresh = {"Set-Cookie": f"login={SECRET}-renewed; Path=/"}
        web.answers["/2026/pier"] = Answer(article_page("The pier is closed"), headers=fresh)
        web.answers["/2026/away"] = Answer(
            status=302, headers={"Location": other.url("/2026/away", "localhost"), **fresh}
        )
        other.answers["/2026/away"] = Answer(article_page("The pier is elsewhere", place="Elsewhere"))
        other.answers["/2026/quay"] = Answer(article_page("The quay is open", place="Quay"))
        web.answers["/feed"] = Answer(rss([web.url("/2026/pier"), web.url("/2026/away")]))
        other.answers["/feed"] = Answer(rss([other.url("/2026/quay", "localhost")]))
        crawler.outlet(web.url("/"), ("rss", web.url("/feed")), more="cookies: harbour.txt")
        home = other.url("/", "localhost")
        crawler.outlet(home, ("rss", f"{home}feed"), slug="quay", more="cookies: missing.txt")
        line = "\t".join(["127.0.0.1", "FALSE", "/", "FALSE", "4102444800", "login", SECRET])
        jar = tmp_path / "outlets" / "harbour.txt"
        jar.write_text(f"# Netscape HTTP Cookie File\n{line}\n", encoding="utf-8")
        both = crawler.newscrawl("--log-file", "log.txt", slugs=("harbour", "quay"))
        done = commands.run(*both[1:], cwd=tmp_path)

    sent = {asked.path: asked.headers.get("Cookie") for asked in web.asked}
    assert sent == {"/robots.txt": None} | dict.fromkeys(("/feed", "/2026/pier", "/2026/away"), f"login={SECRET}")
    assert {asked.headers.get("Cookie") for asked in other.asked} <= {None}
    engine = open_engine(crawler.database_url, read_only=True)
    assert [line.headline for line in list_articles(engine, 10)] == ["The pier is closed"]
    engine.dispose()

    assert done.returncode == 3
    missing = tmp_path / "outlets" / "missing.txt"
    assert f"quay: not crawled: {missing}: cannot be read" in " ".join(done.stderr.split()).replace("- ", "-")
    written = [path for path in tmp_path.rglob("*") if path.is_file() and path != jar]
    assert any(path.suffix == ".gz" for path in written)
    why = commands.run("why", web.url("/2026/pier"), "--db", crawler.database_url, cwd=tmp_path)
    for text in (done.stdout, done.stderr, why.stdout, *map(_content, written)):
        assert SECRET not in text


def _content(path: Path) -> str:
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return raw.decode("utf-8", "replace")
