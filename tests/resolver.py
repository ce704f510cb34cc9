"""A resolver for tests: the guard, but an address written as `127.0.0.1` passes."""

from newscrawl.guards import GuardedResolver


class OnlyLiteral(GuardedResolver):
    @classmethod
    def from_crawler(cls, crawler, reactor):
        resolver = super().from_crawler(crawler, reactor)
        resolver.allowed_hosts = frozenset({"127.0.0.1"})
        return resolver
