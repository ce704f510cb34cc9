"""`newscrawl browse`: real pages of a real store, by HTTP and in a real Chromium."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import socket
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from lxml import html
from sqlalchemy import insert

from newscrawl.cli.browse.metadata import queries
from newscrawl.cli.demoweb import OUTLETS
from newscrawl.items import Access, Article, Language, Moment, Removed, Ticker
from newscrawl.store import migrate
from newscrawl.store.engine import open_engine
from newscrawl.store.models import OutletAlarm
from newscrawl.store.session import CrawlSession
from tests.commands import COMMAND, ENVIRONMENT, run, run_anew
from tests.devtools import Tab, chromium
from tests.health import always, hourly, write_history
from tests.records import FEED, HERALD, article, link, rich_article, source_visit, visit

HOSTILE = "</title></script><script>window.ran=1</script><img src=http://leak.example/x onerror=window.ran=1>"
PERSIAN = "می‌خواهم از پل نو بگویم که شهر را به دو نیم کرده بود.\nشورای شهر جمعه رأی داد. (ایرنا)"
README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
HOSTILE_ID, PERSIAN_ID, CHINESE_ID = 1, 2, 3
PAGES = [
    "/", "/?q=ferry", f"/-/article/{HOSTILE_ID}?cuts=1", f"/-/article/{PERSIAN_ID}?cuts=1", "/-/outlets",
    "/-/stories", f"/-/story/{HOSTILE_ID}",
    "/newscrawl", "/newscrawl/clean_articles", "/newscrawl/what-is-new", "/newscrawl/removed_text",
    f"/newscrawl/articles/{HOSTILE_ID}", "/newscrawl?sql=select+headline+from+clean_articles",
]  # fmt: skip
OWN_PAGES = PAGES[:7]


def hostile_article() -> Article:
    hostile = rich_article(1)
    return replace(
        hostile,
        headline=f"Ferry {HOSTILE}",
        text=f"{HOSTILE}\nThe ferry sailed.",
        authors=(HOSTILE,),
        tags=(HOSTILE,),
        section=HOSTILE,
        wire=HOSTILE,
        tickers=(Ticker(HOSTILE, "body"),),
        canonical_url="https://herald.example/story/1",
        language=Language("en", 0.99, "langdetect", HOSTILE),
        access=Access("metered", None, "truncated", HOSTILE),
        removed=(
            Removed("newsletter", f"Sign up {HOSTILE}", f"rule {HOSTILE}", 0.9, 0),
            Removed("wire_trailer", f" ({HOSTILE})", "wire_trailer/x", 0.95, len(f"{HOSTILE}\nThe ferry sailed.")),
        ),
    )


def persian_article() -> Article:
    tehran = datetime.fromisoformat("2026-11-20T09:05:00+03:30")
    return article(
        2, PERSIAN, headline="پل نو", authors=("مریم احمدی",), published=Moment(tehran, "minute", "json-ld", "x"),
        language=Language("fa", 0.99, "script", "fa"), removed=(Removed("share", "هم‌رسانی کنید", "share/fa", 0.9, 0),),
    )  # fmt: skip


async def write(url: str, *articles: Article) -> None:
    session = await CrawlSession.open(url, command="test")
    await session.claim([(HERALD, [FEED])])
    await session.discover(source_visit(*(link(int(one.url.rsplit("/", 1)[1])) for one in articles)))
    leases = {lease.url: lease for lease in await session.lease({"herald": 9})}
    for one in articles:
        await session.write(visit(leases[one.url], one))
    await session.assess({})
    await session.close("finished", "ok", 0)


@pytest.fixture(scope="module")
def store(web: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that was crawled, with articles that mean harm or run from right to left, and an outlet in decline."""
    path = tmp_path_factory.mktemp("browse") / "news.db"
    url = f"sqlite:///{path}"
    migrate.upgrade(url)
    chinese = article(3, "颱風季節提早到來。" * 40, headline="颱風", language=Language("zh-Hant", 1.0, "script", None))
    asyncio.run(write(url, hostile_article(), persian_article(), chinese))
    done = run("crawl", "harborcourier", "--outlets", str(OUTLETS), "--delay", "0", "--db", url, *web, cwd=path.parent)
    assert done.returncode == 0, done.stderr
    engine = open_engine(url)
    now = datetime.now(UTC).replace(minute=0)
    with engine.begin() as connection:
        write_history(connection, "gazette", hourly(now - timedelta(days=2), now, always, cut=0.3))
        run_id = connection.exec_driver_sql("SELECT MAX(run_id) FROM outlet_yields").scalar_one()
        outlet_id = connection.exec_driver_sql("SELECT id FROM outlets WHERE slug = 'gazette'").scalar_one()
        alarm = {"measure": "dated", "rule": "history", "expected": 0.9, "got": 0.2, "message": f"20 % {HOSTILE}"}
        connection.execute(
            insert(OutletAlarm),
            alarm | {"run_id": run_id, "outlet_id": outlet_id, "began_at": now, "told_at": now, "is_told": True},
        )
    engine.dispose()
    return path


@contextmanager
def browsing(*arguments: str, cwd: Path) -> Iterator[str]:
    """The command on a free port, until SIGTERM; its URL, without the slash at the end."""
    command = [COMMAND, "browse", "--port", "0", "--no-open", *arguments]
    environment = {**ENVIRONMENT, "TMPDIR": str(cwd)}
    with subprocess.Popen(command, cwd=cwd, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            said = ""
            while not (found := re.search(r"^(http://\S+)/ shows ", said, re.MULTILINE)):
                line = process.stdout.readline()
                assert line, said
                said += line
            yield found[1]
        finally:
            process.terminate()
            assert process.wait(30) == 0


@pytest.fixture(scope="module")
def site(store: Path) -> Iterator[str]:
    with browsing("--db", str(store), cwd=store.parent) as url:
        yield url


@pytest.fixture(scope="module")
def tab() -> Iterator[Tab]:
    with chromium() as opened:
        yield opened


def get(url: str, **headers: str) -> tuple[int, str, dict[str, str]]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=60) as answer:
            return (
                answer.status,
                answer.read().decode(),
                {name.lower(): value for name, value in answer.headers.items()},
            )
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), {}


def lines(text: str, path: str) -> list[str]:
    return [" ".join(element.text_content().split()) for element in html.fromstring(text).xpath(path)]


def headlines(url: str) -> list[str]:
    return lines(get(url)[1], "//ol[@class='list']/li/h3")


def test_every_link_of_the_pages_leads_somewhere(site: str) -> None:
    waiting, seen = ["/"], set()
    while waiting and len(seen) < 200:
        path = waiting.pop(0)
        parts = urllib.parse.urlsplit(path)
        key = (parts.path, tuple(sorted(urllib.parse.parse_qs(parts.query))))
        if key in seen:
            continue
        seen.add(key)
        status, text, headers = get(site + path)
        assert status == 200, path
        if not headers["content-type"].startswith("text/html"):
            continue
        tree = html.fromstring(text)
        assert all(src.startswith("/") for src in tree.xpath("//@src | //link/@href[not(starts-with(., 'data:'))]"))
        tree.make_links_absolute(site + path)
        own = [href for href in tree.xpath("//a/@href") if href.startswith(f"{site}/")]
        waiting += [href.removeprefix(site).partition("#")[0] for href in own]
    assert {("/-/outlets", ()), ("/newscrawl/clean_articles", ()), ("/newscrawl/what-is-new", ())} <= seen
    assert len(seen) > 60


def test_an_article_is_read_with_its_facts_and_its_cuts_in_their_places(site: str) -> None:
    text = get(f"{site}/-/article/{HOSTILE_ID}")[1]
    tree = html.fromstring(text)
    assert lines(text, "//article//h1") == [f"Ferry {HOSTILE}"]
    assert "20 November 2026, 18:30 UTC+09:00, changed 21 November 2026; in en" in lines(text, "//header/p")
    assert tree.xpath("//header//time/@datetime") == ["2026-11-20T18:30+09:00", "2026-11-21"]
    story = tree.xpath("//div[@class='story']/*")
    assert [part.get("class") for part in story] == ["cut block k-newsletter", None, None]
    assert story[2].text == "The ferry sailed."
    assert [cut.get("class") for cut in story[2]] == ["cut tail k-wire_trailer"]
    facts = dict(zip(lines(text, "//aside//dt"), lines(text, "//aside//dd"), strict=True))
    assert facts["Published"] == "2026-11-20 18:30+09:00 (to the minute, from json-ld)"
    assert facts["Access"] == "metered (declared: nothing)"
    assert facts["Reserved"] == "noarchive, tdm, tdm-policy:https://herald.example/tdm.json, robots:ai"
    assert "https://herald.example/story/1" in tree.xpath("//aside//a/@href")
    assert get(f"{site}/-/article/987654")[0] == 404


def test_languages_are_set_as_they_are_read(site: str, tab: Tab) -> None:
    tab.open(f"{site}/-/article/{PERSIAN_ID}")
    assert tab.run("getComputedStyle(document.querySelector('.story p:not(.why)')).direction") == "rtl"
    assert tab.run("document.querySelector('.story').lang") == "fa"
    assert "20 November 2026, 09:05 UTC+03:30" in tab.run("document.querySelector('header .note').innerText")
    width = "document.querySelector('.story').clientWidth / "
    tab.open(f"{site}/-/article/{CHINESE_ID}")  # its letters are as wide as high, if there is a font that has them
    height = "parseFloat(getComputedStyle(document.querySelector('.story > p')).fontSize)"
    assert int(tab.run(width + height)) in range(30, 42)
    tab.open(f"{site}/-/article/{HOSTILE_ID}")
    sample = "The ferry sailed at ten. "
    ruler = (
        f"const ruler = document.createElement('span'); ruler.textContent = '{sample}'.repeat(10); "
        "ruler.style.whiteSpace = 'pre'; document.querySelector('.story > p').append(ruler); "
        f"const each = ruler.getBoundingClientRect().width / {10 * len(sample)}; ruler.remove(); return each"
    )
    assert int(tab.run(f"{width} (() => {{ {ruler} }})()")) in range(60, 85)


@pytest.mark.parametrize("path", PAGES)
def test_nothing_that_a_page_of_an_outlet_says_is_run(path: str, site: str, tab: Tab) -> None:
    tab.complaints.clear()
    tab.hosts.clear()
    tab.open(site + path)
    assert tab.run("window.ran") is None
    assert (tab.complaints, tab.hosts) == ([], {"127.0.0.1"})
    policy = get(site + path)[2]["content-security-policy"]
    assert policy.startswith("default-src 'none';")
    assert ("script-src" in policy) == (path not in OWN_PAGES)


# Text nodes with the colour they have and the one they stand on, as the browser paints them.
CONTRASTS = """(() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const paint = (...colours) => {
    canvas.clearRect(0, 0, 1, 1);
    for (const colour of colours) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); }
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const light = (data) => [...data].slice(0, 3).map((v) => v / 255)
    .map((v) => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility() || element.closest('script, style')) continue;
    const grounds = [];
    for (let at = element; at; at = at.parentElement) grounds.unshift(getComputedStyle(at).backgroundColor);
    const ground = light(paint('Canvas', ...grounds));
    const ink = light(paint('Canvas', ...grounds, getComputedStyle(element).color));
    const ratio = (Math.max(ground, ink) + .05) / (Math.min(ground, ink) + .05);
    const text = walker.currentNode.data.trim().slice(0, 40);
    if (ratio < 4.5) found.push(`${ratio.toFixed(2)} ${element.tagName} ${text}`);
  }
  return found;
})()"""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("path", [*PAGES, "/-/article/987654"])
def test_text_is_readable_and_fits_a_phone(path: str, dark: bool, site: str, tab: Tab) -> None:
    tab.open(site + path, 360, 740, dark=dark)
    assert tab.run("document.documentElement.scrollWidth") <= 360
    assert tab.run(CONTRASTS) == []
    ground = tab.run("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", ground)[:3])) < 200) == dark


@pytest.mark.parametrize("path", OWN_PAGES)
def test_headings_and_names_tell_the_page(path: str, site: str) -> None:
    tree = html.fromstring(get(site + path)[1])
    levels = [int(heading.tag[1]) for heading in tree.xpath("//*[self::h1 or self::h2 or self::h3 or self::h4]")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert tree.get("lang") == "en"
    fields = tree.xpath("//input[not(@type='hidden')]/@id | //select/@id")
    assert set(fields) <= set(tree.xpath("//label/@for"))


def test_the_keyboard_reaches_everything_and_shows_where_it_is(site: str, tab: Tab) -> None:
    tab.open(f"{site}/-/article/{HOSTILE_ID}")
    tab.press("Tab")
    assert tab.run("document.activeElement.className") == "skip"
    assert tab.run("document.activeElement.getBoundingClientRect().left") >= 0
    tab.press("Enter")
    assert tab.run("document.activeElement.id || location.hash") in ("main", "#main")
    tab.press("Tab")
    assert tab.run("document.activeElement.closest('main') !== null")
    tab.open(f"{site}/-/article/{HOSTILE_ID}")
    reachable = tab.run("document.querySelectorAll('a, input, button, select').length")
    focused = []
    for _ in range(reachable):
        tab.press("Tab")
        style = "const style = getComputedStyle(document.activeElement)"
        shown = f"(() => {{ {style}; return style.outlineStyle + ' ' + style.outlineWidth }})()"
        focused.append(tab.run("document.activeElement.id || document.activeElement.textContent.trim()"))
        assert tab.run(shown) == "solid 3px", focused
        if focused[-1] == "cuts":
            assert not tab.run("document.querySelector('.story .block').checkVisibility()")
            tab.press(" ")
            assert tab.run("document.querySelector('.story .block').checkVisibility()")
    assert "cuts" in focused
    assert len(focused) == reachable


def test_the_search_finds_words_of_any_language(site: str) -> None:
    assert headlines(f"{site}/?q=ferry+sailed") == [f"Ferry {HOSTILE}"]
    assert headlines(f"{site}/?q={urllib.parse.quote('季節')}") == ["颱風"]
    assert f"Ferry {HOSTILE}" not in headlines(f"{site}/?q=ferry&outlet=harborcourier")
    assert "Inside the shipyard deal: the eleven days that saved 600 jobs" in headlines(
        f"{site}/?q=shipyard&access=subscriber"
    )
    marks = lines(get(f"{site}/?q=ferry")[1], "//ol[@class='list']//mark")
    assert {mark.lower() for mark in marks} >= {"ferry"}
    assert "a quotation mark is left open" in get(f"{site}/?q=%22ferry")[1]
    assert lines(get(f"{site}/?q=https://herald.example/story/2")[1], "//h1") == ["پل نو"]
    assert lines(get(f"{site}/?q=&language=fa")[1], "//ol[@class='list']/li/h3") == ["پل نو"]


def test_datasettes_search_box_and_facets_use_the_same_index(site: str) -> None:
    found = json.loads(get(f"{site}/newscrawl/clean_articles.json?_search={urllib.parse.quote('季節')}")[1])
    assert [row[3] for row in found["rows"]] == ["颱風"]
    assert json.loads(get(f"{site}/newscrawl/clean_articles.json?_search=%22")[1])["rows"] == []
    facets = json.loads(get(f"{site}/newscrawl/clean_articles.json")[1])["facet_results"]
    assert set(facets) == {"outlet", "language", "wire", "access"}
    assert {k: facets["language"]["results"][1][k] for k in ("value", "count")} == {"value": "fa", "count": 1} or any(
        one["value"] == "fa" and one["count"] == 1 for one in facets["language"]["results"]
    )


def test_outlets_show_alarms_and_charts(site: str) -> None:
    text = get(f"{site}/-/outlets")[1]
    assert lines(text, "//h2")[0] == "gazette"  # whose alarm stands
    assert f"Alarm, dated: 20 % {HOSTILE}" in lines(text, "//section[1]/p[@class='problem']")
    charts = html.fromstring(text).xpath("//section[1]//svg")
    assert [len(chart.xpath("./rect")) > 1 for chart in charts] == [True, True, True]
    assert charts[1].get("aria-label").startswith("Cut as boilerplate, last 40 runs, oldest first: ")
    assert "30%" in charts[1].get("aria-label")


def test_the_store_is_read_and_never_written(store: Path, site: str) -> None:
    asyncio.run(write(f"sqlite:///{store}", article(40, headline="Written meanwhile")))
    assert "Written meanwhile" in headlines(site)  # beside a crawl, without a restart
    before = hashlib.sha256(store.read_bytes()).hexdigest()
    for path in PAGES:
        assert get(site + path)[0] == 200
    for statement in ("delete from articles", "with x as (select 1) delete from articles", "pragma query_only = off"):
        query = urllib.parse.urlencode({"sql": statement})
        assert get(f"{site}/newscrawl.json?{query}")[0] == 400
    assert get(f"{site}/newscrawl.db")[0] == 403
    assert hashlib.sha256(store.read_bytes()).hexdigest() == before
    assert "Written meanwhile" in headlines(site)


def test_a_page_of_another_site_cannot_read_it_under_another_name(site: str) -> None:
    assert get(site, Host="news.attacker.example")[0] == 421
    port = urllib.parse.urlsplit(site).port
    assert get(f"http://localhost:{port}/", Host=f"localhost:{port}")[0] == 200


def test_what_cannot_be_done_comes_with_advice(store: Path, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = run("browse", "--port", port, "--no-open", "--db", str(store), cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"--port {port}: Address already in use; --port 0 takes a free one" in done.stderr
    missing = 'raise ModuleNotFoundError("No module named \'datasette\'", name="datasette")'
    (tmp_path / "datasette.py").write_text(missing)
    done = run_anew("browse", "--no-open", cwd=tmp_path, PYTHONPATH=f"{tmp_path}:{ENVIRONMENT.get('PYTHONPATH', '')}")
    assert done.returncode == 1
    assert "pip install 'newscrawl[browse]'" in " ".join(done.stderr.split())


def test_postgresql_is_shown_as_a_copy_of_its_newest_articles(postgres_database: str, tmp_path: Path) -> None:
    asyncio.run(write(postgres_database, hostile_article(), persian_article()))
    with browsing("--db", postgres_database, "--newest", "1", cwd=tmp_path) as url:
        text = get(url)[1]
        assert lines(text, "//h1") == ["1 article"]
        assert headlines(url) == ["پل نو"]
        assert "a copy of the newest 1 articles of postgresql" in lines(text, "//footer")[0]
        assert get(f"{url}/-/article/2")[0] == get(f"{url}/-/outlets")[0] == 200
        assert headlines(f"{url}/?q={urllib.parse.quote('شورای')}") == ["پل نو"]
        assert [path.name.rsplit("-", 1)[0] for path in tmp_path.iterdir()] == ["newscrawl-browse"]
    assert list(tmp_path.iterdir()) == []


def test_the_canned_queries_are_the_readmes() -> None:
    written = "".join(re.findall(r"^```sql\n(.*?)^```$", README, re.MULTILINE | re.DOTALL))
    statements = re.findall(r"^(?!-- )(.+?);$", re.sub(r"^-- .*\n", "", written, flags=re.MULTILINE), re.M | re.DOTALL)
    assert [query["sql"] for query in queries().values()] == statements
