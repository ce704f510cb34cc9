"""Articles as the pages show them: times and facts in words, cuts in their places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from markupsafe import Markup, escape

from newscrawl.cli.facts import Fact, article_facts, language_tag
from newscrawl.cli.storylist import origin_texts
from newscrawl.cli.words import CAUSES
from newscrawl.items import Moment, RemovedKind
from newscrawl.store.queries import ArticleLine, ArticleRow
from newscrawl.store.search import Hit
from newscrawl.strip.splice import Line, read_lines
from newscrawl.text import script_of
from newscrawl.urls import safe_url

RIGHT_TO_LEFT = frozenset({"Arab", "Hebr", "Syrc", "Thaa", "Nkoo"})
HEAD_FACTS = frozenset({"Outlet", "Authors", "Section", "Canonical URL", "URL"})  # told in the head of the page


@dataclass(frozen=True, slots=True)
class Time:
    """A time in words, and as a machine reads it."""

    words: str
    stamp: str


@dataclass(frozen=True, slots=True)
class Listed:
    """An article in a list."""

    id: int
    headline: str | None
    marks: tuple[tuple[int, int], ...]
    snippet: str
    snippet_marks: tuple[tuple[int, int], ...]
    language: str | None
    outlet: str
    time: Time
    labels: tuple[str, ...]  # what a reader should know before opening it


@dataclass(frozen=True, slots=True)
class Revised:
    """A revision in words."""

    number: int
    time: Time
    cause: str
    changed: str
    correction: str


@dataclass(frozen=True, slots=True)
class Shown:
    """An article on its page."""

    id: int
    headline: str | None
    outlet: str
    slug: str
    section: str | None
    byline: str
    published: Time | None
    modified: Time | None
    language: str | None  # for `lang`
    direction: str
    lines: tuple[Line, ...]
    cut_kinds: tuple[tuple[RemovedKind, int], ...]  # the most frequent first
    facts: tuple[Fact, ...]
    links: tuple[Fact, ...]
    revisions: tuple[Revised, ...]
    gone: Time | None
    story: int | None
    origins: tuple[str, ...]  # what it derives from


def show_article(row: ArticleRow) -> Shown:
    """All that its page tells."""
    article = row.article(next(iter(row.urls), row.canonical_url))
    facts = [fact for fact in article_facts(article) if fact.name not in HEAD_FACTS]
    return Shown(
        id=row.id,
        headline=row.headline,
        outlet=row.outlet_name,
        slug=row.outlet,
        section=row.section,
        byline=", ".join(row.authors),
        published=_stated(row.published),
        modified=_stated(row.modified),
        language=language_tag(row.language.tag),
        direction="rtl" if script_of(row.text) in RIGHT_TO_LEFT else "ltr",
        lines=read_lines(row.text, row.removed),
        cut_kinds=tuple(Counter(cut.kind for cut in row.removed).most_common()),
        facts=(*facts, *_stored_facts(row)),
        links=tuple(_links(row)),
        revisions=tuple(
            Revised(
                number=revision.revision,
                time=in_utc(revision.fetched_at),
                cause=CAUSES.get(revision.cause, "first stored"),
                changed="" if revision.change_ratio is None else f"{revision.change_ratio:.1%}",
                correction=revision.correction or "",
            )
            for revision in row.revisions
        ),
        gone=in_utc(row.gone_at) if row.gone_at else None,
        story=row.story_id,
        origins=tuple(origin_texts(row.origins)),
    )


def _stored_facts(row: ArticleRow) -> Iterator[Fact]:
    yield Fact(
        "Length", f"{len(row.text):,} characters", f"{sum(len(cut.text) for cut in row.removed):,} more were cut"
    )
    if row.bounded:
        yield Fact("Cuts", "bounded", "more would have been cut than may be: look at it")
    yield Fact("First fetched", in_utc(row.first_seen_at).words)
    yield Fact("Last fetched", in_utc(row.last_seen_at).words)
    if row.archived:
        yield Fact("Raw response", row.archived.file, f"at byte {row.archived.offset:,}")
    yield Fact("SHA-256 of the text", row.text_hash[:16] + "…")


def _links(row: ArticleRow) -> Iterator[Fact]:
    """Its URLs, the canonical one first; only what is a URL of the web is a link."""
    for url in dict.fromkeys((row.canonical_url, *row.urls)):
        yield Fact("URL", url, href=safe_url(url))


def show_lines(lines: Sequence[ArticleLine]) -> list[Listed]:
    """Articles of a list."""
    return [
        _listed(line, (), "", (), _labels(line.wire, line.access, line.completeness), line.removed) for line in lines
    ]


def show_hits(hits: Sequence[Hit]) -> list[Listed]:
    """Articles that were found, with the words that were looked for."""
    return [_listed(hit, hit.headline_marks, hit.snippet, hit.marks, _labels(hit.wire, hit.access), 0) for hit in hits]


def _listed(
    row: ArticleLine | Hit,
    marks: tuple[tuple[int, int], ...],
    snippet: str,
    snippet_marks: tuple[tuple[int, int], ...],
    labels: tuple[str, ...],
    cuts: int,
) -> Listed:
    if row.published_at:
        time = _at(row.published_at, "day" if row.published_precision == "day" else "minute")
    else:
        fetched = in_utc(row.first_seen_at)
        time = Time(f"fetched {fetched.words}", fetched.stamp)
    counted = (*labels, f"{cuts} cut{'' if cuts == 1 else 's'}") if cuts else labels
    language = language_tag(row.language)
    return Listed(row.id, row.headline, marks, snippet, snippet_marks, language, row.outlet, time, counted)


def _labels(wire: str | None, access: str, completeness: str = "full") -> tuple[str, ...]:
    """What is not as of most articles."""
    said = (wire, "" if access in ("free", "unknown") else access)
    return tuple(word for word in (*said, "" if completeness in ("full", "unknown") else completeness) if word)


def _stated(moment: Moment | None) -> Time | None:
    """A time in the zone in which the page states it."""
    return None if moment is None else _at(moment.at, moment.precision)


def in_utc(at: datetime) -> Time:
    """A time of our own."""
    return _at(at.astimezone(UTC), "minute")


def _at(at: datetime, precision: str) -> Time:
    day = f"{at.day} {at:%B %Y}"
    if precision == "day":
        return Time(day, at.date().isoformat())
    zone = at.strftime("%z")
    zone = f"UTC{zone[:3]}:{zone[3:5]}" if zone.strip("+-0") else "UTC"
    return Time(f"{day}, {at:%H:%M} {zone}", at.isoformat(timespec="minutes"))


def marked(text: str, marks: Sequence[tuple[int, int]]) -> Markup:
    """A text with the words that were found in it."""
    shown, done = Markup(), 0
    for start, end in marks:
        shown += escape(text[done:start]) + Markup("<mark>{}</mark>").format(text[start:end])
        done = end
    return shown + escape(text[done:])
