"""A resolver for tests: the real guard, with names that stand for public hosts and for names that lead inwards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from scrapy.resolver import dnscache
from twisted.internet import defer

from newscrawl.guards import GuardedResolver

if TYPE_CHECKING:
    from twisted.internet.defer import Deferred

PUBLIC = "harbour.example"  # it and the names below it stand for public hosts; the tests' server plays them
POINTED = {  # what anybody may enter into the DNS
    "inner.example": "127.0.0.1", "lan.example": "192.168.7.7", "ten.example": "10.0.0.7",
    "carrier.example": "100.64.1.1", "metadata.example": "169.254.169.254", "multicast.example": "224.0.0.1",
    "nowhere.example": "0.0.0.0",
}  # fmt: skip


class Named(GuardedResolver):
    """The guard, but the names below PUBLIC pass; those of POINTED resolve, and are left to the guard."""

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:  # noqa: N802 (Twisted's)
        if name == PUBLIC or name.endswith(f".{PUBLIC}"):
            return defer.succeed("127.0.0.1")
        dnscache.update(POINTED)
        return super().getHostByName(name, timeout)


class Everywhere(GuardedResolver):
    """Every name is here."""

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:  # noqa: N802 (Twisted's)
        return defer.succeed("127.0.0.1")
