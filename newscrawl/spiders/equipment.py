"""What requests for an outlet carry: its headers, a subscriber's own cookies, the wish to be rendered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from newscrawl.middlewares import OWN_COOKIES
from newscrawl.outlets.cookiejar import CookieError, OwnCookies, load_cookies
from newscrawl.outlets.registry import Registry
from newscrawl.outlets.schema import OutletConfig
from newscrawl.rendering import RENDER, why_not


class Equipment:
    """What the outlets of a run need for their requests.

    Args:
        registry: The outlets.
    """

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._cookies: dict[str, OwnCookies] = {}  # by slug
        self.lacking: dict[str, str] = {}  # slug -> why it cannot be crawled

    def load(self, configs: Iterable[OutletConfig]) -> None:
        """Read the cookies of outlets, and note those that lack something."""
        for config in configs:
            try:
                if own := load_cookies(config):
                    self._cookies[config.slug] = own
            except CookieError as error:
                self.lacking[config.slug] = f"{config.slug}: not crawled: {error}"
            if config.render and (problem := why_not()):
                self.lacking[config.slug] = f"{config.slug}: not crawled: {problem}"

    def headers(self, slug: str) -> dict[str, str]:
        """The headers that an outlet's file wants."""
        config: OutletConfig | None = self._registry.outlets.get(slug)
        return {} if config is None else dict(config.headers)

    def meta(self, slug: str) -> dict[str, Any]:
        """What middlewares need to know."""
        config: OutletConfig | None = self._registry.outlets.get(slug)
        own = {OWN_COOKIES: self._cookies[slug]} if slug in self._cookies else {}
        return {RENDER: config is not None and config.render, **own}
