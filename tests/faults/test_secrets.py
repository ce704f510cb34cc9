"""Passwords of the database and of a proxy are in no log and no output, whatever goes wrong."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, make_url, text

from newscrawl.cli import app
from newscrawl.cli.terminal import CommandError
from tests.commands import run
from tests.crawling import Crawler
from tests.pages import article_page
from tests.web import Answer, serve

SECRET = "hunter2-pa55"
# What a user may have mistyped, or a server that is not there.
BAD_URLS = [
    f"postgresql://me:{SECRET}@127.0.0.1:1/news", f"postgresql://me:{SECRET}@host:port/news",
    f"postgresql:/me:{SECRET}@host/news", f"me:{SECRET}@host/news", f"mysql://me:{SECRET}@host/news",
    f"sqlite://me:{SECRET}@host/news.db", f"postgresql://me:{SECRET}@[::1/news", f"postgres:me:{SECRET}@host",
    f"postgresql+nothing://me:{SECRET}@host/news", f"postgresql://me@/news?host=/nowhere&password={SECRET}",
    f"postgresql://me:{SECRET}@/news?host=/nowhere&sslpassword={SECRET}", f"sqlite:///nowhere/x.db?pass={SECRET}",
]  # fmt: skip


@pytest.fixture
def web():
    with serve() as web:
        web.answers["/2026/pier"] = Answer(article_page("Pier to be rebuilt"))
        yield web


def with_password(url: str) -> str:
    """The URL of the tests' server, which believes everybody, with a password to be kept."""
    return make_url(url).set(password=SECRET).render_as_string(hide_password=False)


def crawl(folder: Path, *arguments: str) -> str:
    """All that a crawl says in its log and to its user."""
    done = run("crawl", *arguments, "--allow-private", "--log-file", "log.txt", cwd=folder)
    assert done.returncode in (2, 3), done.stderr
    assert done.stderr
    log = (folder / "log.txt").read_text()
    assert log
    return done.stdout + done.stderr + log


@pytest.mark.parametrize("url", BAD_URLS)
@pytest.mark.parametrize("command", [["runs", "list"], ["show", "1"], ["why", "https://a.example/"], ["db", "status"]])
def test_a_wrong_url_is_not_shown_with_its_password(command, url, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CommandError) as refused:
        app([*command, "--db", url], standalone_mode=False)
    printed = capsys.readouterr()
    assert SECRET not in f"{refused.value}{printed.out}{printed.err}"


def test_a_server_that_is_away_does_not_show_the_password(tmp_path, web):
    said = crawl(tmp_path, "--url", web.url("/2026/pier"), "--db", BAD_URLS[0])
    assert "Connection refused" in said
    assert SECRET not in said


def test_a_wrong_password_is_not_shown(tmp_path, web, postgres_url):
    engine = create_engine(postgres_url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        rules = Path(connection.scalar(text("SHOW hba_file")))
        if not rules.exists():
            pytest.skip("the server is on another machine")
        connection.execute(text("CREATE ROLE newscrawl_locked LOGIN PASSWORD 'right'"))
        before = rules.read_text()
        try:
            rules.write_text(f"local all newscrawl_locked scram-sha-256\n{before}")
            connection.execute(text("SELECT pg_reload_conf()"))
            url = make_url(postgres_url).set(username="newscrawl_locked").render_as_string(hide_password=False)
            said = crawl(tmp_path, "--url", web.url("/2026/pier"), "--db", with_password(url))
        finally:
            rules.write_text(before)
            connection.execute(text("DROP ROLE newscrawl_locked"))
            connection.execute(text("SELECT pg_reload_conf()"))
    assert "password authentication failed" in said
    assert SECRET not in said


def test_a_schema_of_another_version_does_not_show_the_password(tmp_path, web, postgres_database):
    engine = create_engine(postgres_database, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'unknown'"))
    said = crawl(tmp_path, "--url", web.url("/2026/pier"), "--db", with_password(postgres_database))
    assert "unknown" in said
    assert SECRET not in said


def test_a_statement_that_fails_does_not_show_the_password(tmp_path, web, postgres_database):
    engine = create_engine(postgres_database, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE pages RENAME TO pages_gone"))
    said = crawl(tmp_path, "--url", web.url("/2026/pier"), "--db", with_password(postgres_database))
    assert "pages" in said
    assert SECRET not in said
    assert "Engineers found" not in said  # nor is the story of the page in the log


def test_a_proxy_gets_its_password_and_the_log_does_not(tmp_path, web):
    """The server plays the proxy, which is asked for whole URLs."""
    page, refused = "http://harbour.example/2026/pier", "http://harbour.example/2026/refused"
    web.answers[page] = web.answers["/2026/pier"]
    web.answers[refused] = Answer("who are you?", 407)
    proxy = f"http://me:{SECRET}@127.0.0.1:{web.port}"
    Crawler(tmp_path).run("urls", f"urls={page} {refused}", LOG_LEVEL="DEBUG", NEWSCRAWL_PROXY=proxy)
    expected = f"Basic {base64.b64encode(f'me:{SECRET}'.encode()).decode()}"
    assert {asked.headers["Proxy-Authorization"] for asked in web.asked} == {expected}
    assert page in web.paths()
    log = (tmp_path / "log.txt").read_text()
    assert "407" in log
    assert SECRET not in log
    assert expected.removeprefix("Basic ") not in log


def test_a_proxy_that_is_away_does_not_show_its_password(tmp_path):
    said = crawl(tmp_path, "--url", "http://harbour.example/2026/pier", "--proxy", f"http://me:{SECRET}@127.0.0.1:1")
    assert "robots_unreachable" in said
    assert SECRET not in said
