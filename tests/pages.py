"""Hand-made pages for tests."""

from __future__ import annotations

PARAGRAPHS = (
    "The harbour board of {place} said on Tuesday that it would rebuild the northern pier before the winter storms.",
    "Engineers found last month that a third of the wooden piles had rotted below the water line, the board said.",
    "Ferries to the islands will leave from the fish market while the work lasts, with two fewer sailings a day.",
    "Residents had asked for the repairs since a section of the railing fell into the sea three years ago.",
)


def article_page(headline: str, place: str = "Northport", published: str = "2026-11-20T08:30:00+01:00") -> str:
    """A page with a headline and a story of four paragraphs."""
    body = "".join(f"<p>{paragraph.format(place=place)}</p>" for paragraph in PARAGRAPHS)
    return (
        f'<html lang="en"><head><title>{headline}</title><meta property="og:type" content="article">'
        f'<meta property="article:published_time" content="{published}"></head>'
        f"<body><nav><a href='/'>Home</a> <a href='/sport'>Sport</a></nav><article><h1>{headline}</h1>{body}</article>"
        "<footer><a href='/about'>About us</a></footer></body></html>"
    )


def rss(urls: list[str]) -> str:
    items = "".join(f"<item><title>Story {n}</title><link>{url}</link></item>" for n, url in enumerate(urls))
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Feed</title>{items}</channel></rss>'
