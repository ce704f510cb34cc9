"""`newscrawl outlets fix`: outlet files that follow what their sites announce now, with the reason for each change."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newscrawl.cli.adding import default_folder, tell_folder
from newscrawl.cli.doctor import DEGRADED, Examined, Slugs, examine, print_complaints, record
from newscrawl.cli.options import AllowPrivate, Archive, AsJson, Contact, Database, Delay, OutletFolders, Proxy
from newscrawl.cli.outlettests import find_outlets
from newscrawl.cli.terminal import fail, line, print_json, say

if TYPE_CHECKING:
    from newscrawl.extract.wear import Worn
    from newscrawl.outlets.schema import OutletConfig
    from newscrawl.outlets.yamledit import Edit
    from newscrawl.spiders.remedy import Remedy

EPILOG = "Example: newscrawl outlets fix bbc guardian"

Write = Annotated[bool, typer.Option("--write", help="Change the files; without, the changes are shown.")]


@dataclass(frozen=True, slots=True)
class Fix:
    """The changes of one file."""

    examined: Examined
    remedies: tuple[Remedy, ...]
    target: Path  # of a packaged outlet, a file in the user's folder
    before: bytes = b""
    after: bytes = b""
    problem: str = ""  # why it cannot be, or was not, written
    is_written: bool = False

    @property
    def diff(self) -> str:
        """What changes, as `diff -u` shows it."""
        before, after = (text.decode().splitlines(keepends=True) for text in (self.before, self.after))
        return "".join(unified_diff(before, after, str(self.examined.config.path), str(self.target)))

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong any more."""
        mended = {what for remedy in self.remedies for what in remedy.mends} if self.is_written else set()
        wrong = [one for one in self.examined.complaints if one.level == "wrong"]
        return all((one.where, one.fault) in mended for one in wrong)


def fix(
    slugs: Slugs = None,
    write: Write = False,
    outlets: OutletFolders = None,
    db: Database = None,
    archive: Archive = None,
    json: AsJson = False,
    delay: Delay = None,
    proxy: Proxy = None,
    allow_private: AllowPrivate = False,
    contact: Contact = None,
) -> int:
    """Look at outlets as newscrawl outlets doctor does, visit the sites of those that are sick, and propose changes.

    Proposed are: the new address of a source that redirects for good, what the site announces in place of one that is
    gone or empty, allow and link_pattern learnt anew where they match next to nothing, and an until for selectors that
    have stopped to find anything. Sources that do not answer for now stay, and what you may well mean so.

    Shown is the difference, with the reason for each change; --write makes it, and touches nothing else in the file.
    Of a packaged outlet, a copy goes into your folder, and takes its place. Exit status 3 if something is wrong that
    was not mended.
    """
    from newscrawl.spiders.launch import CrawlOptions

    configs = find_outlets(slugs, outlets)
    options = CrawlOptions(proxy=proxy, allow_private=allow_private, delay_s=delay, contact=contact, log_level="ERROR")
    folder = outlets[-1] if outlets else default_folder()
    fixes = [fix_of(one, folder) for one in examine(configs, options, db, archive, visit=True)]
    if write:
        fixes = [write_fix(one) if one.after and not one.problem else one for one in fixes]
    if json:
        print_json([_record(one) for one in fixes])
    else:
        _print(fixes, write, folder)
    return 0 if all(one.is_well for one in fixes) else DEGRADED


def fix_of(one: Examined, folder: Path) -> Fix:
    """The changes that help an outlet, in the text of its file; those of packaged files go to one in `folder`."""
    from newscrawl.outlets.registry import PACKAGED, OutletError, read_outlet
    from newscrawl.outlets.yamledit import edit_yaml
    from newscrawl.outlets.yamlfile import YamlError, parse_yaml
    from newscrawl.spiders.remedy import Remedy, find_remedies

    path = one.config.path or Path()
    target = folder / path.name if path.parent == PACKAGED else path
    remedies = tuple(find_remedies(one.config, one.checks, one.complaints, one.site))
    try:
        before = path.read_bytes()
        data = parse_yaml(before)
        closed = (Remedy(_closed(data, worn), _why(worn), ((worn.where, "selector"),)) for worn in one.worn)
        remedies = (*remedies, *closed)
        if not remedies:
            return Fix(one, (), target)
        text = edit_yaml(before.decode(), [remedy.edit for remedy in remedies])
        after = edit_yaml(text, [_checked(one, read_outlet(text.encode(), target))]).encode()
        read_outlet(after, target)
    except (OSError, ValueError, YamlError, OutletError) as error:
        return Fix(one, remedies, target, problem=f"{path}: {line(error)}; change it by hand")
    return Fix(one, remedies, target, before, after)


def write_fix(one: Fix) -> Fix:
    """The same, written: as a whole, or not at all."""
    source, target = one.examined.config.path or Path(), one.target.resolve()  # what a link leads to
    new = target.with_name(f".{target.name}.new")  # which no crawl reads
    try:
        if source.read_bytes() != one.before:
            return replace(one, problem=f"{source}: was changed meanwhile, and left as it is; call this again")
        if target != source.resolve() and target.exists():
            return replace(one, problem=f"{target}: is there already, with another slug in it; move it away")
        target.parent.mkdir(parents=True, exist_ok=True)
        new.write_bytes(one.after)
        if target.exists():
            shutil.copymode(target, new)
        new.replace(target)
    except OSError as error:
        with suppress(OSError):
            new.unlink()
        return replace(one, problem=f"{target}: cannot be written: {error.strerror}; it is as it was")
    return replace(one, is_written=True)


def _closed(data: object, worn: Worn) -> Edit:
    """The edit that gives a selector its last day, in whichever way it is written."""
    from newscrawl.outlets.yamledit import Edit

    written = data["pages"][worn.field]  # type: ignore[index]
    path: tuple[str | int, ...] = ("pages", worn.field)
    if isinstance(written, list):
        path, written = (*path, worn.index), written[worn.index]
    if isinstance(written, dict):
        return Edit((*path, "until"), worn.until)
    return Edit(path, {"select": written, "until": worn.until})


def _why(worn: Worn) -> str:
    before = f"found something on {worn.found} of {worn.before} pages before" if worn.before else "never found anything"
    return f"finds nothing on the {worn.misses} newest pages, and {before}; the newest is {worn.example}"


def _checked(one: Examined, changed: OutletConfig) -> Edit:
    """The day, and how many sources gave links, as the file says under `checked`."""
    from newscrawl.outlets.yamledit import Edit

    now = datetime.now(UTC)
    answered = {url for check in one.checks if check.status == 200 for url in (check.source.url, check.final_url)}
    answered |= {*one.site.sources, *one.site.indexes, one.site.url} if one.site else set()
    asked = [source.url for source in changed.items(now.date())]
    silent = sum(url not in answered for url in asked)
    rest = f", but for {silent} of {len(asked)} sources" if silent else ""
    return Edit(("checked",), f"{now:%Y-%m-%d}, live{rest}")


def _print(fixes: Sequence[Fix], write: bool, folder: Path) -> None:
    from newscrawl.outlets.yamledit import written_path

    for one in fixes:
        print_complaints(one.examined)
        for remedy in one.remedies:
            say(f"{one.examined.config.slug}: {written_path(remedy.edit.path)}: {line(remedy.why)}")
        for row in one.diff.splitlines():
            say(row, {"+": "green", "-": "red", "@": "cyan"}.get(row[:1]))
        if one.problem:
            fail(one.problem)
        elif one.is_written:
            say(f"{one.target}: written")
    well, can = sum(one.is_well for one in fixes), sum(bool(one.after) and not one.is_written for one in fixes)
    more = f"; --write changes {can} {'file' if can == 1 else 'files'}" if can and not write else ""
    say(f"{well} of {len(fixes)} outlets are well{more}")
    if any(one.is_written and one.target.parent == folder for one in fixes):
        tell_folder(folder)


def _record(one: Fix) -> dict[str, object]:
    from newscrawl.outlets.yamledit import written_path

    return record(one.examined) | {
        "is_well": one.is_well,
        "changes": [
            {"where": written_path(remedy.edit.path), "value": remedy.edit.value, "why": remedy.why}
            for remedy in one.remedies
        ],
        "diff": one.diff or None,
        "problem": one.problem or None,
        "written": one.target if one.is_written else None,
    }
