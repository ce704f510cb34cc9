import os
import pickle
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawl.items import Outlet
from newscrawl.outlets.registry import (
    PACKAGED,
    OutletError,
    dump_outlet,
    implicit_outlet,
    lint,
    load_file,
    load_outlets,
    outlet_for,
    user_folders,
)
from newscrawl.outlets.schema import OutletConfig

GOOD = "slug: herald\nname: The Herald\nhomepage: https://herald.example/\n"


def write(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize("path", sorted(PACKAGED.glob("*.yaml")), ids=lambda path: path.stem)
def test_dumping_reads_back_the_same(path: Path, tmp_path: Path) -> None:
    config = load_file(path)
    assert load_file(write(tmp_path, "x.yaml", dump_outlet(config))).model_dump() == config.model_dump()


TRICKY = st.sampled_from(
    ["no", "null", "2026-11-21", "1_000", "12:30:45", "- a", "a: b", "#x", "'", "~", "=", "新闻", "*a", "%"]
)


@settings(deadline=None)
@given(
    st.lists(TRICKY, min_size=1, max_size=4).map(" ".join),
    st.lists(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=8), max_size=3),
)
def test_any_name_and_pattern_survives_dumping(
    tmp_path_factory: pytest.TempPathFactory, name: str, deny: list[str]
) -> None:
    patterns = [pattern.replace("\ufeff", "") for pattern in deny if pattern.isalnum()]
    config = OutletConfig(slug="x", name=name, homepage="https://x.example/", deny=tuple(patterns))
    assert (
        load_file(write(tmp_path_factory.mktemp("dump"), "x.yaml", dump_outlet(config))).model_dump()
        == config.model_dump()
    )


def test_names_every_fault_of_every_file_and_keeps_the_good_ones(tmp_path: Path) -> None:
    write(tmp_path, "good.yaml", GOOD)
    write(
        tmp_path,
        "bad.yaml",
        "slug: bad\nname: Bad\nhomepage: http://b.example\nexepct: 1\nsources:\n- kind: rss\n  url: ftp://b.example/rss\n",
    )
    write(tmp_path, "empty.yaml", "")
    write(tmp_path, ".hidden.yaml", "no: yaml: here")
    write(tmp_path, "notes.txt", "not an outlet")
    registry = load_outlets([tmp_path])
    assert "herald" in registry.outlets
    assert len(registry.outlets) == len(load_outlets().outlets) + 1
    assert sorted(map(str, registry.faults)) == [
        f"{tmp_path}/bad.yaml:4: exepct: unknown field; did you mean expect?, got 1",
        f"{tmp_path}/bad.yaml:7: sources[0].url: expected an http(s) URL, got 'ftp://b.example/rss'",
        f"{tmp_path}/empty.yaml: expected `key: value` lines, got None",
    ]
    assert registry.why_missing("bad").count("\n") == 1
    assert "unknown outlet 'nobody'; newscrawl outlets list shows all" in registry.why_missing("nobody")
    assert lint([tmp_path]) == list(registry.faults)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("slug: x\nname: 'open\n", ":3: column 1: found unexpected end of stream"),
        ("slug: x\nname: a: b\n", ":2: column 8: mapping values are not allowed here"),
        (GOOD + "name: Again\n", ":4: column 1: 'name' is given twice"),
        (b"slug: \xff\xfe\n", "unacceptable character"),
        ("a: \x00", "special characters are not allowed"),
        ("!!python/object/apply:os.system [true]", "could not determine a constructor"),
        ("? [a, b]\n: c\n", ":1: column 3: found unhashable key"),
        ("- herald\n", "expected `key: value` lines, got ['herald']"),
        ("1: 2\n" + GOOD, "keys should be strings"),
        ("[" * 1500, ""),
        (GOOD + "slug: &a [x]\n", "is given twice"),
        (GOOD.replace("herald\n", "no\n", 1), None),
        (GOOD + "country: no\nchecked: 2026-11-21\n", None),
    ],
)
def test_faults_of_yaml_name_line_and_column(text: str | bytes, fault: str | None, tmp_path: Path) -> None:
    path = write(tmp_path, "x.yaml", text)
    if fault is None:
        assert load_file(path).path == path
        return
    with pytest.raises(OutletError) as caught:
        load_file(path)
    assert fault in str(caught.value)
    assert str(caught.value).startswith(str(path))


def test_a_bomb_of_aliases_is_a_short_fault(tmp_path: Path) -> None:
    lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    with pytest.raises(OutletError) as caught:
        load_file(write(tmp_path, "bomb.yaml", "\n".join(lines)))
    assert len(str(caught.value)) < 5_000


def test_a_missing_file_and_folder_are_faults(tmp_path: Path) -> None:
    with pytest.raises(OutletError, match="cannot be read: No such file"):
        load_file(tmp_path / "none.yaml")
    assert [str(fault) for fault in load_outlets([tmp_path / "none"]).faults] == [
        f"{tmp_path}/none: expected a folder of outlet files"
    ]


def test_the_users_outlet_takes_the_place_of_the_packaged_one(tmp_path: Path) -> None:
    write(tmp_path, "wsj.yaml", GOOD.replace("herald\n", "wsj\n", 1))
    assert load_outlets([tmp_path]).outlets["wsj"].name == "The Herald"


def test_a_faulty_outlet_of_the_user_hides_the_packaged_one(tmp_path: Path) -> None:
    write(tmp_path, "wsj.yaml", "slug: wsj\nname: Mine\n")
    registry = load_outlets([tmp_path])
    assert "wsj" not in registry.outlets
    assert "homepage: expected, but not given" in registry.why_missing("wsj")
    mended = tmp_path / "mended"
    mended.mkdir()
    write(mended, "wsj.yaml", GOOD.replace("herald\n", "wsj\n", 1))
    assert load_outlets([tmp_path, mended]).faults == ()


def test_slugs_and_domains_are_taken_once_in_a_folder(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", GOOD)
    write(tmp_path, "b.yaml", GOOD.replace("https://herald.example/", "https://other.example/"))
    write(tmp_path, "c.yaml", GOOD.replace("slug: herald", "slug: evening"))
    registry = load_outlets([tmp_path])
    assert [str(fault) for fault in registry.faults] == [
        f"{tmp_path}/b.yaml: slug: taken by {tmp_path}/a.yaml, got 'herald'",
        f"{tmp_path}/c.yaml: domains: taken by {tmp_path}/a.yaml, got 'herald.example'",
    ]
    assert registry.outlets["herald"].homepage == "https://herald.example/"
    assert "evening" not in registry.outlets


def test_folders_come_from_the_environment_and_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSCRAWL_OUTLETS", os.pathsep.join(["/a", "", "~/b"]))
    assert user_folders([Path("/c")]) == (Path("/a"), Path("~/b").expanduser(), Path("/c"))
    monkeypatch.delenv("NEWSCRAWL_OUTLETS")
    assert user_folders() == ()


def test_the_longest_domain_decides_whose_a_page_is() -> None:
    def outlet(slug: str, *domains: str) -> OutletConfig:
        return OutletConfig(slug=slug, name=slug, homepage="https://x.example/", domains=domains)

    outlets = {c.slug: c for c in (outlet("all", "yahoo.example"), outlet("money", "finance.yahoo.example"))}
    found = {
        url: outlet_for(url, outlets) for url in ("https://news.yahoo.example/1", "https://finance.yahoo.example/1")
    }
    assert [config and config.slug for config in found.values()] == ["all", "money"]
    assert outlet_for("https://notyahoo.example/", outlets) is None
    assert outlet_for("no url", outlets) is None


@pytest.mark.parametrize(
    ("url", "outlet"),
    [
        (
            "https://news.bbc.co.uk:443/x",
            Outlet("bbc.co.uk", "bbc.co.uk", "https://news.bbc.co.uk/", domains=("bbc.co.uk",)),
        ),
        ("http://localhost:8080/x", Outlet("localhost", "localhost", "http://localhost:8080/", domains=("localhost",))),
        ("http://[::1]/x", Outlet("--1", "::1", "http://[::1]/", domains=("::1",))),
    ],
)
def test_a_page_of_nobody_belongs_to_its_domain(url: str, outlet: Outlet) -> None:
    assert implicit_outlet(url) == outlet


def test_no_url_has_no_outlet() -> None:
    with pytest.raises(ValueError, match="got 'javascript:x'"):
        implicit_outlet("javascript:x")


def test_faults_travel_between_processes() -> None:
    with pytest.raises(OutletError) as caught:
        load_file(Path("none.yaml"))
    assert pickle.loads(pickle.dumps(caught.value)).faults == caught.value.faults


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        (
            "name: Herald: Evening",
            ":2: column 13: mapping values are not allowed here; put a text with a colon between quotes",
        ),
        (
            "name: Herald\n\tkind: blog",
            ":3: column 1: found character '\\t' that cannot start any token; indent with spaces",
        ),
        ("langauges: [en]", ":2: langauges: unknown field; did you mean languages?, got ['en']"),
        (
            "sources:\n- kind: rss\n  url: http://x.example/\n  arhcive: true",
            ":5: sources[0].arhcive: unknown field; did you mean",
        ),
        ("expect:\n  min_chars: many", ":3: expect.min_chars: input should be a valid integer"),
        (
            "pages:\n  body:\n    - .story\n    - p..x",
            ":5: pages.body[1].select: expected rel, an XPath (//…) or a CSS",
        ),
        ("allow:\n- /a\n- '(b'", ":4: allow[1]: expected a regular expression (missing ), unterminated subpattern"),
        (
            "timezone: Europe/Lundun",
            ":2: timezone: expected an IANA time zone such as Europe/Paris, got 'Europe/Lundun'",
        ),
        ("country: uk", ":2: country: expected an ISO 3166-1 code of two small letters such as de, gb or in, got 'uk'"),
        ("sources:\n- kind: rss", ":3: sources[0].url: expected, but not given"),
        ("homepage: ''", ":2: homepage: expected an http(s) URL, got ''"),
        ("headers: {Cookie: a=b}", ":2: headers.Cookie"),
        (
            "pages: {strip: {select: .a, kind: adverts}}",
            ":2: pages.strip[0].kind: input should be 'paywall', 'disclaimer'",
        ),
        ("pages: {body: {select: .a, since: 2026-02-01, until: 2026-01-01}}", "expected since not to be after until"),
    ],
)
def test_a_fault_names_its_line_its_place_and_what_is_expected(lines: str, fault: str, tmp_path: Path) -> None:
    home = "" if "homepage" in lines else "homepage: https://herald.example/\n"
    name = "" if "name" in lines else "name: The Herald\n"
    path = write(tmp_path, "x.yaml", f"slug: x\n{lines}\n{home}{name}")
    with pytest.raises(OutletError) as caught:
        load_file(path)
    assert len(caught.value.faults) == 1
    assert f"{path}{fault}" in str(caught.value) or fault in str(caught.value)
