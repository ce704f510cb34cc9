"""Blocks to kept and removed: an article without its boilerplate, and every cut to be seen and undone."""

from newscrawl.strip.chain import rules_version, strip_blocks
from newscrawl.strip.explain import Verdict, explain_blocks, recall_verdicts
from newscrawl.strip.splice import splice

__all__ = ["Verdict", "explain_blocks", "recall_verdicts", "rules_version", "splice", "strip_blocks"]
