"""Blocks to kept and removed: an article without its boilerplate, and every cut to be seen and undone."""

from newscrawl.strip.chain import rules_version, strip_blocks
from newscrawl.strip.splice import splice

__all__ = ["rules_version", "splice", "strip_blocks"]
