"""`newscrawl stories`: which articles tell one story."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from errno import EDQUOT, EFBIG, ENOSPC
from tempfile import TemporaryFile, gettempdir
from typing import TYPE_CHECKING, Annotated, BinaryIO
from typing import cast as as_type

import typer

from newscrawl.cli.jsonl import BadLine, read_fields, read_lines
from newscrawl.cli.pages import open_file
from newscrawl.cli.terminal import CommandError, json_line

if TYPE_CHECKING:
    from newscrawl.dedup import Told

EPILOG = "Example: newscrawl stories cluster --jsonl articles.jsonl"
FIELDS = ("outlet", "language", "published", "title", "text", "wire")


@dataclass(frozen=True, slots=True)
class Tied:
    """What is known of an article once all are read."""

    story: object  # the id of its first article, None for what stands alone
    independent: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """An article of which the line is in a file."""

    id: object
    published: datetime | None
    place: tuple[int, int]  # where the line begins, and its bytes


def cluster(
    source: Annotated[str, typer.Argument(metavar="FILE|-", help="The articles; - is the standard input.")] = "-",
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Filter: JSON lines in, JSON lines out.")] = False,
) -> None:
    """Tie articles that tell one event, of any outlet and language, and count their independent sources.

    Reads lines {id, outlet, language, published, title, text}, and `wire` where an agency is credited; writes a line
    {id, story, independent} for each, in order. `story` is the id of the story's first article, null for one that
    stands alone. A bad line gets {id, rejection}, and the filter goes on. Copies and translations are no independent
    sources.
    """
    if not jsonl:
        raise CommandError("the articles of a file are tied with --jsonl: newscrawl stories cluster --jsonl FILE")
    stream = sys.stdin.buffer if source == "-" else open_file(source).open("rb")
    with stream:
        run_filter(stream, sys.stdout.buffer)


def run_filter(source: BinaryIO, target: BinaryIO) -> None:
    """Write a line for each line read, in order; the first after the last was read. Until then lines wait in a file.

    Raises:
        CommandError: There is no room for that file.
    """
    try:
        with TemporaryFile() as lines:
            _answer(source, lines, target)
    except OSError as error:
        if error.errno not in (ENOSPC, EDQUOT, EFBIG):
            raise
        folder = f"{gettempdir()}, where the lines wait until all are read: name another folder in TMPDIR"
        raise CommandError(f"no room in {folder}; or where the answers go") from error


def _answer(source: BinaryIO, lines: BinaryIO, target: BinaryIO) -> None:
    orders = [_waiting(raw, lines) for raw in read_lines(source)]
    tied = tie([order for order in orders if isinstance(order, Waiting)], lines)
    for order in orders:
        if isinstance(order, BadLine):
            target.write(json_line({"id": order.id, "rejection": order.reason, "detail": order.detail}))
        else:
            found = next(tied)
            target.write(json_line({"id": order.id, "story": found.story, "independent": found.independent}))
    target.flush()


def _waiting(raw: bytes | None, lines: BinaryIO) -> Waiting | BadLine:
    told = read_order(raw)
    if isinstance(told, BadLine):
        return told
    assert raw is not None  # a BadLine else
    start = lines.tell()
    lines.write(raw)
    return Waiting(told.id, told.published, (start, len(raw)))


def tie(waiting: Sequence[Waiting], lines: BinaryIO) -> Iterator[Tied]:
    """For each article its story; one without a time is tied to nothing."""
    from newscrawl.dedup import Stories, evidence_of, packaged_model
    from newscrawl.dedup.packed import PackedWindow

    def told(start: int, length: int) -> Told:
        lines.seek(start)
        return as_type("Told", read_order(lines.read(length)))

    stories = Stories(packaged_model().score, PackedWindow())
    dated = sorted((article.published, number) for number, article in enumerate(waiting) if article.published)
    places = {number: stories.add(evidence_of(told(*waiting[number].place))) for _, number in dated}
    numbers = {place: number for number, place in places.items()}
    for number in range(len(waiting)):
        story = stories.window.stories[places[number]] if number in places else None
        if story is None or len(story.members) == 1:
            yield Tied(None, 1)
        else:
            first = numbers[story.members[0][1]]
            yield Tied(waiting[first].id, stories.independent(story))


def read_order(raw: bytes | None) -> Told | BadLine:
    """The article of an input line."""
    from newscrawl.dedup import Told

    fields = read_fields(raw, FIELDS)
    if isinstance(fields, BadLine):
        return fields
    key = fields.get("id")
    try:
        published = datetime.fromisoformat(fields["published"]) if fields.get("published") else None
    except ValueError as error:
        return BadLine(key, "bad_field", f"published: {error}")
    if published and not published.tzinfo:
        published = published.replace(tzinfo=UTC)
    given = {name: fields.get(name) or "" for name in ("outlet", "title", "text")}
    return Told(id=key, published=published, language=fields.get("language"), wire=fields.get("wire"), **given)
