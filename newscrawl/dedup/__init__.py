"""Which articles tell one story, and which of them derive from another: copies, translations, tellings of their own."""

from newscrawl.dedup.evidence import Evidence, Told, evidence_of
from newscrawl.dedup.exact import text_digest
from newscrawl.dedup.model import packaged_model
from newscrawl.dedup.origins import Origin
from newscrawl.dedup.stories import Stories
from newscrawl.dedup.window import Story

__all__ = ["Evidence", "Origin", "Stories", "Story", "Told", "evidence_of", "packaged_model", "text_digest"]
