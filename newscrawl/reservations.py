"""What a publisher reserves of a page: no copies, no index, no training of models. It is recorded, as words.

Words: `noindex`, `noarchive`, `nosnippet`, `noai`, `noimageai` as robots directives say them (meta robots,
X-Robots-Tag); `tdm` for a reservation by the TDM Reservation Protocol, with `tdm-policy:URL` where it names its terms;
`robots:ai` where robots.txt forbids the page to a crawler that collects texts for models, though not to us.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from newscrawl.urls import safe_url

ROBOTS_AI = "robots:ai"
AI_CRAWLERS = (
    "GPTBot", "ClaudeBot", "anthropic-ai", "Claude-Web", "CCBot", "Google-Extended", "Applebot-Extended", "Bytespider",
    "meta-externalagent", "FacebookBot", "Amazonbot", "cohere-ai", "cohere-training-data-crawler", "AI2Bot",
    "Diffbot", "omgili", "PanguBot", "DeepSeekBot",
)  # fmt: skip
"""User agents that their owners, or those who keep lists of them, say collect text to train models."""

TRAINING = ("noai", "tdm", ROBOTS_AI)
"""Words by which a publisher keeps its texts from those who train models; the others concern indexes and copies."""

_WORDS = {
    "noindex": "noindex", "none": "noindex", "noarchive": "noarchive", "nocache": "noarchive",
    "nosnippet": "nosnippet", "noai": "noai", "noimageai": "noimageai",
}  # fmt: skip
_ORDER = ("noindex", "noarchive", "nosnippet", "noai", "noimageai", "tdm", ROBOTS_AI)
_AGENTS = ("robots", "googlebot", "googlebot-news", "newscrawl")
_WITH_VALUE = frozenset({"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"})
_AGENT = re.compile(r"\s*([\w.-]+)\s*:\s*(.*)", re.DOTALL)


def reserved_by_meta(meta: Mapping[str, Sequence[str]], url: str) -> tuple[str, ...]:
    """Words of a page's meta tags, given as contents by lower-case name."""
    words = {word for agent in _AGENTS for content in meta.get(agent, ()) for word in _words_of(content)}
    reservation, policy = (next(iter(meta.get(name, ())), None) for name in ("tdm-reservation", "tdm-policy"))
    return in_order(words | _tdm(reservation, policy, url))


def reserved_by_headers(headers: Iterable[tuple[str, str]], url: str) -> tuple[str, ...]:
    """Words of a response's headers.

    Args:
        headers: Names and values, a pair for each line as it was sent.
        url: Final URL of the response.
    """
    lines = [(name.lower(), value) for name, value in headers]
    tdm = dict(reversed(lines))
    words = {word for name, value in lines if name == "x-robots-tag" for word in _words_of_tag(value)}
    return in_order(words | _tdm(tdm.get("tdm-reservation"), tdm.get("tdm-policy"), url))


def in_order(words: Iterable[str]) -> tuple[str, ...]:
    """Each word once, in an order that is always the same."""
    return tuple(sorted(set(words), key=lambda word: (_ORDER.index(word) if word in _ORDER else len(_ORDER), word)))


def _words_of(directives: str) -> set[str]:
    return {_WORDS[one] for one in re.split(r"[,;\s]+", directives.lower()) if one in _WORDS}


def _words_of_tag(value: str) -> set[str]:
    """Words of one X-Robots-Tag, but for those to other crawlers: `otherbot: noindex, googlebot: noarchive`."""
    words: set[str] = set()
    is_ours = True
    for part in value.lower().split(","):
        named = _AGENT.match(part)
        if named and named[1] not in _WITH_VALUE:
            is_ours, part = named[1] in _AGENTS, named[2]
        if is_ours:
            words |= _words_of(part)
    return words


def _tdm(reservation: str | None, policy: str | None, url: str) -> set[str]:
    """By the protocol, 1 reserves, and anything else does not; a policy without a reservation says nothing."""
    if reservation is None or reservation.strip() != "1":
        return set()
    terms = safe_url(policy, url) if policy and policy.strip() else None
    return {"tdm"} | ({f"tdm-policy:{terms}"} if terms else set())
