"""The commands that change what is cut: rules, reclean, restore, mark."""

from __future__ import annotations

import asyncio
import base64
import json
import shutil
from pathlib import Path

import pytest

from newscrawl.cli.demoweb import OUTLETS, DemoWeb
from newscrawl.store.session import CrawlSession
from tests.commands import run
from tests.records import FEED, HERALD, TEXT, article, link, visit

KELP = "http://www.jinhai-caijing.example/news/detail/2026060488213"
LEAD = "Halden Kelp Power plans"


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database of one outlet."""
    folder = tmp_path_factory.mktemp("original")
    with DemoWeb() as served:
        options = ["--outlets", str(OUTLETS), "--delay", "0", "--proxy", served.proxy, "--allow-private"]
        done = run("crawl", "jinhai", *options, cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def crawled(original: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return shutil.copytree(original, tmp_path / "crawled")


def cuts(folder: Path) -> dict[str, tuple[str, str]]:
    article = json.loads(run("show", KELP, "--json", cwd=folder).stdout)
    return {cut["text"]: (cut["kind"], cut["rule"]) for cut in article["removed"]}


def test_a_cut_is_put_back_a_missed_one_made_and_both_stay(crawled: Path) -> None:
    before = cuts(crawled)
    shown = run("show", KELP, "--removed", cwd=crawled).stdout.splitlines()
    number, lead = next(line.split(maxsplit=1) for line in shown if LEAD in line)
    wrong = next(line.split(maxsplit=1)[0] for line in shown if "[-wire_trailer: (END)" in line)
    assert "put back: " in run("restore", KELP, "--block", wrong, cwd=crawled).stdout
    marked = run("mark", KELP, "--block", number, "--kind", "other", cwd=crawled)
    assert marked.stdout.startswith(f"cut: {LEAD}"), marked.stderr
    now = cuts(crawled)
    assert now.keys() - before.keys() == {lead}
    assert now[lead] == ("other", "label/mark")
    again = run("reclean", "--again", "--json", cwd=crawled)
    assert json.loads(again.stdout)["changed"] == 0, again.stderr
    assert cuts(crawled) == now
    [line] = run("rules", "labels", cwd=crawled).stdout.splitlines()
    record = json.loads(line)
    assert {block["text"]: block["kind"] for block in record["blocks"] if block["label"] == "boilerplate"} == {
        lead: "other"
    }
    assert b"<html" in base64.b64decode(record["html_b64"])
    assert "put back" in run("restore", KELP, cwd=crawled).stdout
    assert cuts(crawled) == {}


def test_reclean_says_what_it_did(crawled: Path) -> None:
    dry = run("reclean", "--dry-run", cwd=crawled).stdout
    assert "(0 without an archived page), 0 would change" in dry
    assert "0 changed" in run("reclean", "--outlet", "jinhai", cwd=crawled).stdout
    assert "Nothing to read" in run("reclean", cwd=crawled).stdout
    text_only = run("reclean", "--article", "1", "--archive", "elsewhere", cwd=crawled).stdout
    assert "1 read (1 without an archived page), 0 changed" in text_only


@pytest.mark.parametrize(
    ("command", "advice"),
    [
        (["restore", "999"], "newscrawl why URL"),
        (["restore", "1", "--block", "99"], "newscrawl show 1 --removed numbers them"),
        (["mark", "1", "--kind", "other"], "name its text, or --block N"),
        (["mark", "1", "…", "--kind", "other"], "expected a text with letters"),
        (["mark", "1", "Not in there", "--kind", "other"], "newscrawl show 1 --removed"),
        (["reclean", "--outlet", "nobody"], "nobody: no outlet of this database; it has jinhai"),
        (["reclean", "--rule", "newsleter"], "rule newsleter: has cut nothing here; "),
        (["reclean", "--article", "99"], "article 99"),
        (["reclean", "--db", "none.db"], "crawl first"),
        (["rules", "accept", "jinhai:00000000"], "newscrawl rules suggest"),
    ],
)
def test_what_cannot_be_done_comes_with_advice(command: list[str], advice: str, original: Path) -> None:
    done = run(*command, cwd=original)
    assert done.returncode in (1, 2)
    assert advice in done.stderr
    assert "Traceback" not in done.stderr


FOOT = "Follow the Herald on your phone"


async def fill(url: str) -> None:
    """Four articles that close with one line."""
    session = await CrawlSession.open(url, command="test")
    await session.claim([(HERALD, [FEED])])
    leases, _ = await session.take("herald", [link(n) for n in range(4)])
    for number, lease in enumerate(leases):
        told = f"Story {'x' * (number + 1)}.\n{TEXT}\n{FOOT}"
        await session.write(visit(lease, article(number, told, removed=())))
    await session.close("finished", "ok", 0)


def test_what_was_learnt_is_listed_and_decided(sqlite_database: str, tmp_path: Path) -> None:
    assert "Nothing yet" in run("rules", "suggest", cwd=tmp_path).stdout
    asyncio.run(fill(sqlite_database))
    found = {row["text"]: row for row in json.loads(run("rules", "suggest", "--json", cwd=tmp_path).stdout)}
    foot = found[FOOT]
    assert (foot["outlet"], foot["articles"], foot["share"], foot["state"]) == ("herald", 4, 1.0, "automatic")
    shown = run("rules", "suggest", "--outlet", "herald", cwd=tmp_path).stdout
    assert f"{foot['id']}         4   100%     100%  automatic  {FOOT}" in shown
    assert shown.splitlines()[-1] == f"{len(found)} blocks: 1 automatic, {len(found) - 1} undecided"
    accepted = run("rules", "accept", foot["id"], cwd=tmp_path).stdout
    assert f"accepted: {foot['id']}  {FOOT}" in accepted
    assert "newscrawl reclean --outlet herald" in accepted
    assert "4 changed" in run("reclean", "--outlet", "herald", cwd=tmp_path).stdout
    run("rules", "reject", foot["id"], cwd=tmp_path)
    assert "4 changed" in run("reclean", cwd=tmp_path).stdout
    assert FOOT in run("show", "1", cwd=tmp_path).stdout
