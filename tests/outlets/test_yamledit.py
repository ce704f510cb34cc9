"""Changes of an outlet file's text: what is not changed stays, byte for byte."""

from datetime import date

import pytest

from newscrawl.outlets.registry import PACKAGED
from newscrawl.outlets.yamledit import Edit, edit_yaml
from newscrawl.outlets.yamlfile import YamlError, parse_yaml

DAY = date(2026, 11, 2)
FILE = """\
# The Herald, ü 文
slug: herald   # its name
sources:
  # the main one
  - {kind: rss, url: http://h.example/a?b}  # feeds
  - kind: section
    url: "http://h.example/"   # front

    link_pattern: '/\\d+'
"""
MORE = """\
allow: [/news/, '/x,y/']   # both
pages:
    body: .story  # the text
    strip:
    - .promo
    - select: .box   # since spring
      since: 2026-03-01

    # the end
"""


@pytest.mark.parametrize(
    ("edit", "gone", "new"),
    [
        (Edit(("slug",), "herald-uk"), ["slug: herald   # its name"], ["slug: herald-uk   # its name"]),
        (Edit(("checked",), "2026-11-02, live"), [], ["checked: 2026-11-02, live"]),
        (Edit(("country",), "no"), [], ["country: 'no'"]),
        (
            Edit(("sources", 0, "url"), "http://h.example/b, c"),
            ["  - {kind: rss, url: http://h.example/a?b}  # feeds"],
            ["  - {kind: rss, url: 'http://h.example/b, c'}  # feeds"],
        ),
        (
            Edit(("sources", 0, "archive"), True),
            ["  - {kind: rss, url: http://h.example/a?b}  # feeds"],
            ["  - {kind: rss, url: http://h.example/a?b, archive: true}  # feeds"],
        ),
        (Edit(("sources", 0)), ["  - {kind: rss, url: http://h.example/a?b}  # feeds"], []),
        (
            Edit(("sources", 1)),
            ["  - kind: section", '    url: "http://h.example/"   # front', "", "    link_pattern: '/\\d+'"],
            [],
        ),
        (Edit(("sources", 1, "kind")), ["  - kind: section", '    url: "http://h.example/"   # front'],
         ['  - url: "http://h.example/"   # front']),
        (Edit(("sources", 1, "link_pattern")), ["    link_pattern: '/\\d+'"], []),
        (Edit(("sources", 1, "url"), "x"), ['    url: "http://h.example/"   # front'], ["    url: x   # front"]),
        (Edit(("sources", 2), {"kind": "rss", "url": "u"}), [], ["  - {kind: rss, url: u}"]),
        (Edit(("allow", 0)), ["allow: [/news/, '/x,y/']   # both"], ["allow: ['/x,y/']   # both"]),
        (Edit(("allow", 1)), ["allow: [/news/, '/x,y/']   # both"], ["allow: [/news/]   # both"]),
        (Edit(("allow", 2), "/z/"), ["allow: [/news/, '/x,y/']   # both"], ["allow: [/news/, '/x,y/', /z/]   # both"]),
        (Edit(("allow",)), ["allow: [/news/, '/x,y/']   # both"], []),
        (
            Edit(("pages", "body"), {"select": ".story", "until": DAY}),
            ["    body: .story  # the text"],
            ["    body: {select: .story, until: 2026-11-02}  # the text"],
        ),
        (
            Edit(("pages", "strip", 0), {"select": ".promo", "until": DAY}),
            ["    - .promo"],
            ["    - {select: .promo, until: 2026-11-02}"],
        ),
        (Edit(("pages", "strip", 1, "until"), DAY), [], ["      until: 2026-11-02"]),
        (Edit(("pages", "strip", 1, "since"), DAY), ["      since: 2026-03-01"], ["      since: 2026-11-02"]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_changes_only_what_is_to_change(edit: Edit, gone: list[str], new: list[str], end: str) -> None:
    text = (FILE + MORE).replace("\n", end)
    before, after = text.split(end), edit_yaml(text, [edit]).split(end)
    for line in gone:
        before.remove(line)
    for line in new:
        after.remove(line)
    assert after == before


def test_later_edits_count_what_earlier_ones_left() -> None:
    edits = [Edit(("sources", 2), {"kind": "atom", "url": "new"}), Edit(("sources", 1)), Edit(("sources", 0))]
    data = parse_yaml(edit_yaml(FILE, edits).encode())
    assert data == {"slug": "herald", "sources": [{"kind": "atom", "url": "new"}]}


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("a: &x {b: 1}\nc: *x\n", Edit(("c", "b"), 2)),  # would change a
        ("a: [1]\n", Edit(("a", 0, "b"), 2)),
        ("a: [1]\n", Edit(("b", "c"), 2)),
        ("a: []\n", Edit(("a", 0), 2)),
        ("a: {b: 1}\n", Edit(("a", "c"))),
        ("- [\n", Edit(("a",), 1)),
    ],
)
def test_refuses_what_would_change_something_else(text: str, edit: Edit) -> None:
    with pytest.raises(YamlError):
        edit_yaml(text, [edit])


def test_packaged_files_keep_all_but_the_changed_lines() -> None:
    for path in sorted(PACKAGED.glob("*.yaml"))[::6]:
        text = path.read_text(encoding="utf-8")
        after = edit_yaml(text, [Edit(("sources", 0, "url"), "https://new.example/rss"), Edit(("checked",), "now")])
        changed = [one for one in zip(text.splitlines(), after.splitlines(), strict=True) if one[0] != one[1]]
        assert len(changed) == 2, path
