"""A small news web on this machine: hand-made pages of invented outlets, behind a proxy for their hosts."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from string import Template
from types import TracebackType
from urllib.parse import urlsplit

import yaml

PAGES = Path(__file__).parent / "demo_web"
OUTLETS = Path(__file__).parent / "demo_outlets"
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Site:
    """An invented outlet, as its `site.yaml` says."""

    host: str
    name: str
    language: str
    feeds: Mapping[str, str]  # kind of source -> path
    charset: str = "utf-8"
    disallow: tuple[str, ...] = ()
    redirects: Mapping[str, str] = field(default_factory=dict)  # path -> path
    also_listed: tuple[Mapping[str, str], ...] = ()  # path and headline of what the feed lists besides the stories


@dataclass(frozen=True, slots=True)
class Story:
    """A hand-made page: the lines above its HTML."""

    path: str
    headline: str
    published: datetime
    body: str = field(repr=False)
    author: str = ""
    modified: datetime | None = None
    section: str = ""
    description: str = ""
    access: str = "free"
    kind: str = "article"  # og:type
    listed_as: str = ""  # path under which the feed lists it, where that is another


@dataclass(frozen=True, slots=True)
class Answer:
    """What the web says to a request."""

    status: int
    content_type: str
    body: bytes = b""
    location: str | None = None


class DemoWeb:
    """Serves the pages in a thread of its own, from entering the context to leaving it."""

    def __init__(self, port: int = 0) -> None:
        """Bind the port.

        Args:
            port: Port on the loopback address; 0 takes a free one.

        Raises:
            OSError: The port is taken.
        """
        self.answers = load_web()
        self._server = _Server((LOOPBACK, port), _Handler)
        self._server.answers = self.answers
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def proxy(self) -> str:
        """URL to be given as a proxy."""
        return f"http://{LOOPBACK}:{self._server.server_address[1]}"

    @property
    def hosts(self) -> list[str]:
        """The hosts it answers for."""
        return sorted({urlsplit(url).netloc for url in self.answers})

    def __enter__(self) -> DemoWeb:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def load_web(folder: Path = PAGES) -> dict[str, Answer]:
    """Every page of the demo web by its URL."""
    answers: dict[str, Answer] = {}
    for site_file in sorted(folder.glob("*/site.yaml")):
        site = _load_site(site_file)
        layout = Template((site_file.parent / "layout.html").read_text(encoding="utf-8"))
        stories = [_load_story(path) for path in site_file.parent.glob("*.html") if path.name != "layout.html"]
        stories.sort(key=lambda story: story.published, reverse=True)
        answers |= {f"http://{site.host}{path}": answer for path, answer in _answers(site, layout, stories).items()}
    return answers


def _load_site(path: Path) -> Site:
    facts = yaml.safe_load(path.read_text(encoding="utf-8"))
    for key in ("disallow", "also_listed"):
        facts[key] = tuple(facts.get(key, ()))
    return Site(**facts)


def _load_story(path: Path) -> Story:
    _, facts, body = path.read_text(encoding="utf-8").split("---\n", 2)
    return Story(body=body, **yaml.safe_load(facts))


def _answers(site: Site, layout: Template, stories: Sequence[Story]) -> dict[str, Answer]:
    found = {"/robots.txt": Answer(200, "text/plain; charset=utf-8", _robots(site).encode())}
    for story in stories:
        found[story.path] = _page(site, layout, story)
    listed = [story for story in stories if story.kind == "article"]
    front = Story("/", site.name, listed[0].published, _list_of_links(listed), kind="website")
    found["/"] = _page(site, layout, front)
    for source, target in site.redirects.items():
        found[source] = Answer(302, "text/html", location=f"http://{site.host}{target}")
    for kind, path in site.feeds.items():
        found[path] = _FEEDS[kind](site, stories) if kind in _FEEDS else _page(site, layout, front)
    return found


def _page(site: Site, layout: Template, story: Story) -> Answer:
    values = {
        "site": escape(site.name),
        "language": site.language,
        "charset": site.charset,
        "url": f"http://{site.host}{story.path}",
        "headline": escape(story.headline),
        "author": escape(story.author),
        "description": escape(story.description),
        "published": story.published.isoformat(),
        "kind": story.kind,
        "json_ld": _json_ld(site, story) if story.kind == "article" else "",
    }
    # A body holds no values but these two; `$` there is money.
    body = story.body.replace("$headline", values["headline"]).replace("$published", values["published"])
    html = layout.substitute(values, body=body)
    return Answer(200, f"text/html; charset={site.charset}", html.encode(site.charset, "xmlcharrefreplace"))


def _json_ld(site: Site, story: Story) -> str:
    facts: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": story.headline,
        "datePublished": story.published.isoformat(),
        "author": {"@type": "Person", "name": story.author},
        "publisher": {"@type": "Organization", "name": site.name},
        "articleSection": story.section,
        "isAccessibleForFree": story.access == "free",
    }
    if story.modified:
        facts["dateModified"] = story.modified.isoformat()
    return f'<script type="application/ld+json">{json.dumps(facts, ensure_ascii=False)}</script>'


def _list_of_links(stories: Sequence[Story]) -> str:
    rows = [f'<li><a href="{story.path}">{escape(story.headline)}</a></li>' for story in stories]
    return "<ul>" + "\n".join(rows) + "</ul>"


def _robots(site: Site) -> str:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in site.disallow or ("",))]
    if sitemap := site.feeds.get("news_sitemap"):
        lines.append(f"Sitemap: http://{site.host}{sitemap}")
    return "\n".join(lines) + "\n"


def _rss(site: Site, stories: Sequence[Story]) -> Answer:
    listed = [(story.listed_as or story.path, story.headline, story.published) for story in stories]
    listed += [(entry["path"], entry["headline"], stories[0].published) for entry in site.also_listed]
    items = [
        f"<item><title>{escape(headline)}</title><link>http://{site.host}{path}</link>"
        f"<pubDate>{format_datetime(published)}</pubDate></item>"
        for path, headline, published in listed
    ]
    head = f"<title>{escape(site.name)}</title><link>http://{site.host}/</link><description>News</description>"
    text = f'<rss version="2.0"><channel>{head}{"".join(items)}</channel></rss>'
    return Answer(200, "application/rss+xml", text.encode())


def _atom(site: Site, stories: Sequence[Story]) -> Answer:
    entries = [
        f'<entry><title>{escape(story.headline)}</title><link href="http://{site.host}{story.path}"/>'
        f"<id>http://{site.host}{story.path}</id><updated>{story.published.isoformat()}</updated></entry>"
        for story in stories
    ]
    head = f"<title>{escape(site.name)}</title><id>http://{site.host}/</id>"
    text = f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{site.language}">{head}{"".join(entries)}</feed>'
    return Answer(200, "application/atom+xml", text.encode())


def _json_feed(site: Site, stories: Sequence[Story]) -> Answer:
    items = [
        {
            "id": story.path,
            "url": f"http://{site.host}{story.path}",
            "title": story.headline,
            "date_published": story.published.isoformat(),
        }
        for story in stories
    ]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": site.name, "language": site.language}
    return Answer(200, "application/feed+json", json.dumps(feed | {"items": items}, ensure_ascii=False).encode())


def _news_sitemap(site: Site, stories: Sequence[Story]) -> Answer:
    rows = [
        f"<url><loc>http://{site.host}{story.path}</loc><news:news><news:publication><news:name>{escape(site.name)}"
        f"</news:name><news:language>{site.language}</news:language></news:publication>"
        f"<news:publication_date>{story.published.isoformat()}</news:publication_date>"
        f"<news:title>{escape(story.headline)}</news:title></news:news></url>"
        for story in stories
        if story.kind == "article"
    ]
    spaces = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    return Answer(200, "application/xml", f"<urlset {spaces}>{''.join(rows)}</urlset>".encode())


_FEEDS = {"rss": _rss, "atom": _atom, "jsonfeed": _json_feed, "news_sitemap": _news_sitemap}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    answers: Mapping[str, Answer]


class _Handler(BaseHTTPRequestHandler):
    """A proxy's side of a request: the whole URL stands in the first line."""

    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        if urlsplit(self.path).netloc:
            answer = self.server.answers.get(self.path, Answer(404, "text/html", b"<h1>404 Not Found</h1>"))
        else:
            answer = _directory(self.server.answers)
        tag = f'"{hashlib.sha256(answer.body).hexdigest()[:16]}"'
        if answer.status == 200 and self.headers.get("If-None-Match") == tag:
            answer = Answer(304, answer.content_type)
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        if answer.status in (200, 304):
            self.send_header("ETag", tag)
        if answer.location:
            self.send_header("Location", answer.location)
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the crawl says what it fetched."""


def _directory(answers: Mapping[str, Answer]) -> Answer:
    hosts = sorted({urlsplit(url).netloc for url in answers})
    text = "This is the proxy of newscrawl's demo web. It answers for:\n" + "".join(
        f"http://{host}/\n" for host in hosts
    )
    return Answer(200, "text/plain; charset=utf-8", text.encode())
