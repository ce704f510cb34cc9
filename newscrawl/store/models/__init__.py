"""The tables, as SQLAlchemy models. Every table and column carries its meaning as a comment."""

from newscrawl.store.models.base import Base
from newscrawl.store.models.bulk import WarcFile
from newscrawl.store.models.content import (
    Article,
    ArticleTicker,
    Author,
    BlockLabel,
    RemovedBlock,
    RepeatedBlock,
    Revision,
    Tag,
)
from newscrawl.store.models.crawl import ArchivePart, Fetch, Host, Outlet, Page, Run, RunOutlet, Source, Url
from newscrawl.store.models.health import OutletAlarm, OutletYield
from newscrawl.store.models.stories import (
    ArticleOrigin,
    StoryArticle,
    StoryEvidence,
    StoryPosting,
    StoryQueue,
    StoryRow,
    StoryState,
    StoryTie,
)

__all__ = [
    "ArchivePart",
    "Article",
    "ArticleOrigin",
    "ArticleTicker",
    "Author",
    "Base",
    "BlockLabel",
    "Fetch",
    "Host",
    "Outlet",
    "OutletAlarm",
    "OutletYield",
    "Page",
    "RemovedBlock",
    "RepeatedBlock",
    "Revision",
    "Run",
    "RunOutlet",
    "Source",
    "StoryArticle",
    "StoryEvidence",
    "StoryPosting",
    "StoryQueue",
    "StoryRow",
    "StoryState",
    "StoryTie",
    "Tag",
    "Url",
    "WarcFile",
]
