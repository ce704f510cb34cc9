"""`newscrawl outlets`: a site that is added, tested, looked after, and brought in from elsewhere."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from subprocess import CompletedProcess

import pytest
import yaml

from tests.commands import run
from tests.web import Answer, Web, serve

HOME = "http://www.tagespost.de"
FOLDERS = ("lokales", "politik", "sport")
WORDS = ("rathaus-beschliesst-den-haushalt", "neuer-radweg-am-fluss-eroeffnet", "schulen-bekommen-neue-daecher")


def story_path(number: int) -> str:
    return f"/{FOLDERS[number % 3]}/{WORDS[number % 3]}-{7_130_000 + number}.html"


def story(number: int) -> str:
    paragraph = (
        "Der Stadtrat hat am Montag nach langer Aussprache beschlossen, dass die Brücke im kommenden Jahr erneuert "
        "wird. Die Arbeiten sollen im Frühling beginnen und bis zum Herbst dauern, sagte die Bürgermeisterin."
    )
    return f"""<html lang="de-DE"><head><title>Beschluss {number} - Tagespost</title>
<meta property="og:type" content="article">
<meta property="article:published_time" content="2026-11-{number % 20 + 1:02}T09:30:00+01:00">
<meta name="author" content="Anna Brandt"></head><body><nav><a href="/">Start</a></nav>
<article><h1>Beschluss {number}: Die Brücke wird erneuert</h1>
<p>{paragraph} Das war Beschluss Nummer {number}.</p><p>{paragraph}</p><p>Die Kosten trägt das Land.</p>
<p>Abonnieren Sie unseren Newsletter und verpassen Sie nichts mehr.</p></article></body></html>"""


def site(count: int = 24) -> dict[str, Answer]:
    paths = [story_path(number) for number in range(count)]
    links = "".join(f'<h2><a href="{path}">Der Stadtrat beschließt heute wieder etwas Neues</a></h2>' for path in paths)
    menu = "".join(f'<a href="/{name}">{name}</a>' for name in (*FOLDERS, "kultur", "impressum", "kontakt", "wetter"))
    items = "".join(
        f"<item><title>Beschluss {n}</title><link>{HOME}{path}</link>"
        f"<pubDate>Sat, {n % 20 + 1:02} Nov 2026 08:30:00 GMT</pubDate></item>"
        for n, path in enumerate(paths)
    )
    feed = f'<rss version="2.0"><channel><title>T</title><language>de</language>{items}</channel></rss>'
    front = (
        '<html lang="de"><head><title>Tagespost</title><link rel="alternate" type="application/rss+xml" href="/rss">'
        f"</head><body><nav>{menu}</nav>{links}</body></html>"
    )
    answers = {"/": Answer(front), "/rss": Answer(feed, headers={"Content-Type": "application/rss+xml"})}
    answers |= {path: Answer(story(number)) for number, path in enumerate(paths)}
    return {HOME + path: answer for path, answer in answers.items()}


@dataclass(frozen=True)
class Added:
    """A site that was added once, for all tests."""

    web: Web
    options: tuple[str, ...]
    folder: Path
    done: CompletedProcess[str]


@pytest.fixture(scope="module")
def added(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Added]:
    folder = tmp_path_factory.mktemp("outlets")
    with serve() as web:
        web.answers.update(site())
        options = ("--proxy", web.url(""), "--allow-private", "--delay", "0")
        yield Added(web, options, folder, run("outlets", "add", f"{HOME}/", "--slug", "post", *options, cwd=folder))


def written(added: Added) -> dict[str, object]:
    return yaml.safe_load((added.folder / "outlets" / "post.yaml").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def changed(added: Added, folder: Path, **fields: object) -> Path:
    """A folder with the outlet's file, changed, and its pages."""
    (folder / "outlets" / "post.pages").mkdir(parents=True)
    for page in (added.folder / "outlets" / "post.pages").iterdir():
        (folder / "outlets" / "post.pages" / page.name).write_bytes(page.read_bytes())
    text = yaml.safe_dump({**written(added), **fields}, allow_unicode=True)
    (folder / "outlets" / "post.yaml").write_text(text, encoding="utf-8")
    return folder


def test_a_draft_has_what_the_site_shows(added: Added) -> None:
    assert added.done.returncode == 0, added.done.stderr
    file = written(added)
    assert file["sources"] == [{"kind": "rss", "url": f"{HOME}/rss"}]
    assert (file["languages"], file["country"], file["timezone"]) == (["de"], "de", "Europe/Berlin")
    assert file["allow"] == [r"[-_.]\d{5,}(?:\.\w+)?/?$"] or file["allow"] == [r"\d{5,}"]
    assert "domains" not in file


def test_a_draft_says_what_it_rests_on(added: Added) -> None:
    text = (added.folder / "outlets" / "post.yaml").read_text(encoding="utf-8")
    for printed in (text, added.done.stdout):
        assert "country: de, sure (domain .de)" in printed
    assert "sure: matches 24 of 24 articles, and 0 of 7 other links" in added.done.stdout


def test_articles_are_shown_as_a_crawl_would_store_them_and_saved(added: Added) -> None:
    assert "Anna Brandt" in added.done.stdout
    assert "Beschluss 8: Die Brücke wird erneuert" in added.done.stdout
    saved = sorted((added.folder / "outlets" / "post.pages").iterdir())
    assert [gzip.decompress(page.read_bytes()).decode() for page in saved] == [story(n) for n in (0, 8, 16)]
    asked = [path for path in added.web.paths() if path.endswith(".html")]
    assert len(asked) <= 3 * (1 + asked.count(asked[0]))  # three pages, whatever other tests add


def test_a_saved_page_that_comes_to_something_else_fails(added: Added, tmp_path: Path) -> None:
    first, second, third = written(added)["tests"]  # type: ignore[misc]
    tests = [first | {"headline": "Another"}, second | {"page": "post.pages/9.html.gz"}, third]
    done = run("outlets", "test", "post", "--outlets", "outlets", cwd=changed(added, tmp_path, tests=tests))
    assert done.returncode == 1
    assert "post: post.pages/1.html.gz: headline: expected 'Another', got 'Beschluss 0" in done.stderr
    assert "9.html.gz cannot be read: No such file" in done.stderr
    assert "1 of 3 tests" in done.stdout


def test_the_doctor_finds_a_well_outlet_well(added: Added) -> None:
    done = run("outlets", "doctor", "post", "--outlets", "outlets", *added.options, cwd=added.folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 of 1 outlets are well" in done.stdout


def test_the_doctor_says_what_is_wrong_and_what_to_do(added: Added, tmp_path: Path) -> None:
    gone, empty, forbidden = f"{HOME}/gone", f"{HOME}/empty", "http://forbidden.tagespost.de/rss"
    robots = Answer("User-agent: *\nDisallow: /", headers={"Content-Type": "text/plain"})
    added.web.answers["http://forbidden.tagespost.de/robots.txt"] = robots
    added.web.answers[empty] = Answer("<html><body>Nothing</body></html>")
    sources = [{"kind": "rss", "url": url} for url in (f"{HOME}/rss", gone, empty, forbidden)]
    folder = changed(added, tmp_path, sources=sources, allow=["/news/"])
    done = run("outlets", "doctor", "post", "--outlets", "outlets", "--json", *added.options, cwd=folder)
    assert done.returncode == 3
    (record,) = json.loads(done.stdout)
    told = {one["where"]: f"{one['message']}; {one['advice']}" for one in record["complaints"]}
    assert "0 of its 24 links are taken for articles; allow refuses 24, such as" in told[f"{HOME}/rss"]
    assert told[gone].startswith("status 404; newscrawl outlets fix")
    assert "web page instead of a feed" in told[empty]
    assert "its robots.txt forbids it: take it out" in told[forbidden]
    assert [source["taken"] for source in record["sources"]] == [0, 0, 0, 0]


def test_feeds_of_one_site_come_into_one_file(tmp_path: Path) -> None:
    outlines = "".join(
        f'<outline text="{title}" xmlUrl="{url}" htmlUrl="{HOME}/"/>'
        for title, url in (("Tagespost", f"{HOME}/rss"), ("Tagespost Sport", "https://feeds.example/sport/atom"))
    )
    (tmp_path / "list.opml").write_text(f"<opml><body><outline text='de'>{outlines}</outline></body></opml>")
    done = run("outlets", "import-opml", "list.opml", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    file = yaml.safe_load((tmp_path / "outlets" / "tagespost.de.yaml").read_text())
    assert file["name"] == "Tagespost"
    assert [source["kind"] for source in file["sources"]] == ["rss", "atom"]
    (tmp_path / "list.opml").write_text('<!DOCTYPE o [<!ENTITY a "b">]><opml/>')
    assert "list.opml: declares XML entities" in run("outlets", "import-opml", "list.opml", cwd=tmp_path).stderr


def test_a_site_without_feeds_is_followed_through_its_front_page(tmp_path: Path) -> None:
    with serve() as web:
        answers = site()
        answers[f"{HOME}/"] = replace(answers[f"{HOME}/"], body=str(answers[f"{HOME}/"].body).replace("/rss", "/x"))
        del answers[f"{HOME}/rss"]
        web.answers.update(answers)
        options = ("--proxy", web.url(""), "--allow-private", "--delay", "0", "--samples", "0", "--json")
        done = run("outlets", "add", f"{HOME}/", *options, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (record,) = json.loads(done.stdout)
    assert record["file"] == "outlets/tagespost.de.yaml"
    assert [one["field"] for one in record["evidence"]] == ["languages", "country", "timezone"]
    (source,) = yaml.safe_load((tmp_path / record["file"]).read_text(encoding="utf-8"))["sources"]
    assert source["kind"] == "section"
    assert source["link_pattern"] == record["pattern"]["patterns"][0]
