"""`newscrawl outlets fix`: a file that was right once, a site that has changed since."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml

from newscrawl.cli.doctor import Examined
from newscrawl.cli.fixing import Fix, fix_of, write_fix
from newscrawl.extract.wear import Worn
from newscrawl.outlets.registry import PACKAGED, load_file, load_outlets
from tests.cli.test_outlets import HOME, site, story
from tests.commands import run
from tests.web import Answer, Web, serve

FILE = f"""\
# made by hand
slug: post
name: Tagespost          # as it writes itself
homepage: {HOME}/
country: de
languages: [de]
sources:
  # the whole paper
  - {{kind: rss, url: {HOME}/old/rss}}    # since 2019

  - kind: rss
    url: "{HOME}/sport.xml"   # football
  - {{kind: atom, url: {HOME}/moved}}
allow: ['/artikel/']   # no videos
pages:
  byline: .who
  body: article
"""
TESTS = """\
tests:
{tests}
"""
TEST = "  - {{page: 'post.pages/{n}.html', url: '{home}/{n}', fetched: '2026-{month:02}-01'}}"


@dataclass(frozen=True)
class Sick:
    """An outlet with about everything wrong that there is."""

    web: Web
    folder: Path
    options: tuple[str, ...]

    @property
    def file(self) -> Path:
        return self.folder / "outlets" / "post.yaml"

    def fix(self, *arguments: str) -> tuple[int, str, str]:
        done = run("outlets", "fix", "post", "--outlets", "outlets", *arguments, *self.options, cwd=self.folder)
        return done.returncode, done.stdout, done.stderr


@pytest.fixture
def sick(web: Web, tmp_path: Path) -> Sick:
    (tmp_path / "outlets" / "post.pages").mkdir(parents=True)
    for n in range(6):  # three pages with a byline, then three without
        page = story(n).replace("<p>", "<p class=who>Von Anna Brandt</p><p>", 1) if n < 3 else story(n)
        (tmp_path / "outlets" / "post.pages" / f"{n}.html").write_text(page)
    tests = "\n".join(TEST.format(n=n, home=HOME, month=n + 1) for n in range(6))
    found = Sick(web, tmp_path, ("--proxy", web.url(""), "--allow-private", "--delay", "0"))
    found.file.write_text(FILE + TESTS.format(tests=tests))
    return found


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with serve() as found:
        found.answers.update(site())
        found.answers[f"{HOME}/sport.xml"] = Answer("<html><body>Sport</body></html>")
        found.answers[f"{HOME}/moved"] = Answer("", 301, {"Location": f"{HOME}/rss?all"})
        found.answers[f"{HOME}/rss?all"] = found.answers[f"{HOME}/rss"]
        yield found


def test_a_file_is_mended_and_keeps_all_else(sick: Sick) -> None:
    status, printed, told = sick.fix()
    before = sick.file.read_text()
    assert status == 3
    assert "--write changes 1 file" in printed
    assert "status 404" in told
    assert before.startswith(FILE)
    status, printed, told = sick.fix("--write")
    after = sick.file.read_text()
    gone = [one for one in before.splitlines() if one not in after.splitlines()]
    new = [one for one in after.splitlines() if one not in before.splitlines()]
    assert gone == [
        f"  - {{kind: rss, url: {HOME}/old/rss}}    # since 2019",
        "  - kind: rss",
        f'    url: "{HOME}/sport.xml"   # football',
        f"  - {{kind: atom, url: {HOME}/moved}}",
        "allow: ['/artikel/']   # no videos",
        "  byline: .who",
    ]
    (allow,) = yaml.safe_load(after)["allow"]
    assert [one.replace(allow, "PATTERN") for one in new] == [
        f"  - {{kind: rss, url: '{HOME}/rss'}}    # since 2019" if "'" in new[0] else
        f"  - {{kind: rss, url: {HOME}/rss}}    # since 2019",
        f"  - {{kind: atom, url: '{HOME}/rss?all'}}",
        "allow: ['PATTERN']   # no videos",
        "  byline: {select: .who, until: 2026-03-31}",
        new[-1],
    ]  # fmt: skip
    assert new[-1].endswith(", live")
    assert "finds nothing on the 3 newest pages, and found something on 3 of 3 pages before" in printed
    assert "redirects there for good; 24 links" in printed
    assert status == 0
    assert sick.fix("--write")[1].splitlines() == ["1 of 1 outlets are well"]
    assert sick.file.read_text() == after
    assert [one.name for one in sick.file.parent.iterdir() if one.is_file()] == ["post.yaml"]


def test_a_packaged_outlet_gets_a_file_of_the_users(tmp_path: Path, web: Web) -> None:
    packaged, home = PACKAGED / "people-cn.yaml", "http://www.people.com.cn"
    before = packaged.read_text()
    for url, answer in site(9).items():
        body = str(answer.body).replace(HOME, home)
        web.answers[url.replace(HOME, home)] = Answer(body, answer.status, answer.headers)
    options = ("--proxy", web.url(""), "--allow-private", "--delay", "0", "--write", "--json")
    done = run("outlets", "fix", "people-cn", *options, cwd=tmp_path)
    (record,) = json.loads(done.stdout)
    assert (record["written"], packaged.read_text()) == ("outlets/people-cn.yaml", before)
    mended = load_outlets([tmp_path / "outlets"], ["people-cn"]).outlets["people-cn"]
    assert [source.url for source in mended.sources if not source.archive] == [f"{home}/rss"]
    assert mended.path == tmp_path / "outlets" / "people-cn.yaml"
    assert mended.path.read_text().splitlines()[:9] == before.splitlines()[:9]


def planned(file: Path) -> Fix:
    """The change of a file's name."""
    before = file.read_bytes()
    return Fix(Examined(load_file(file), [], [], []), (), file, before, before.replace(b"Tagespost", b"Der Tag"))


def test_a_file_is_written_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    file, linked = tmp_path / "post.yaml", tmp_path / "there.yaml"
    file.write_text(FILE)
    file.chmod(0o640)
    linked.symlink_to(file)
    assert write_fix(planned(linked)).is_written
    assert linked.is_symlink()
    assert "name: Der Tag  " in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o640

    meanwhile = planned(file)
    file.write_text(FILE)
    assert "was changed meanwhile, and left as it is" in write_fix(meanwhile).problem
    (tmp_path / "no-folder").write_text("")
    nowhere = write_fix(replace(planned(file), target=tmp_path / "no-folder" / "post.yaml"))
    assert "it is as it was" in nowhere.problem
    other = tmp_path / "other.yaml"
    other.write_text("slug: other\n")
    assert "is there already" in write_fix(replace(planned(file), target=other)).problem
    assert (file.read_text(), other.read_text()) == (FILE, "slug: other\n")
    assert len(list(tmp_path.iterdir())) == 4


def test_a_text_that_cannot_be_changed_is_told(tmp_path: Path) -> None:
    file = tmp_path / "post.yaml"
    file.write_text(FILE.replace("byline: .who", "byline: &who .who\n  gate: *who"))
    config = load_file(file)
    day = date(2026, 11, 2)
    worn = [Worn("byline", 0, 3, 3, 3, day, HOME)]
    told = fix_of(Examined(config, [], worn, []), tmp_path)
    assert told.after == b""
    assert told.problem.startswith(f"{file}: ")
    assert told.problem.endswith("; change it by hand")
    file.write_text(FILE.replace("byline: .who", f"byline: {{select: .who, since: {day + timedelta(1)}}}"))
    told = fix_of(Examined(load_file(file), [], worn, []), tmp_path)
    assert "expected since not to be after until" in told.problem
