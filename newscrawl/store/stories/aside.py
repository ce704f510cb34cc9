"""Tying beside a crawl: now and then, and at its end; what ties is loaded when there is something to tie."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select
from sqlalchemy.exc import DataError, IntegrityError, ProgrammingError

from newscrawl.store.engine import StoreError
from newscrawl.store.models import StoryQueue, StoryState, StoryTie

if TYPE_CHECKING:
    from newscrawl.store.stories.tying import Transact, Tying, Work

TIE_EVERY = 200
"""Visits after which a run ties the articles that wait."""
MAX_TIED = 2_000
"""Articles tied at the end of a run: a longer queue is left to the next ones, or to `newscrawl stories update`."""

logger = logging.getLogger(__name__)


class TyingAside:
    """What a run does for stories."""

    def __init__(self) -> None:
        self._tying: Tying | None = None
        self._visits = 0  # since articles were last tied

    def note(self, visits: int, transact: Transact) -> None:
        """Let a run tie articles after every few visits that it has written."""
        self._visits += visits
        if self._visits >= TIE_EVERY:
            self._run_safely(transact, self._visits)

    def finish(self, transact: Transact) -> None:
        """Let a run that ends tie what it has left, or more."""
        self._run_safely(transact, MAX_TIED)

    def _run_safely(self, transact: Transact, limit: int) -> None:
        """A fault of ours in tying must not cost a run: the articles stay queued."""
        self._visits = 0
        if not transact(lambda connection, _: _is_any_waiting(connection)):
            return
        from newscrawl.store.stories.tying import Tying  # and the models of what makes a story

        try:
            self._tying = self._tying or Tying()
            self._tying.run(lambda work: transact(_faulty_alone(work)), limit)
        except StoreError:
            raise
        except Exception:
            logger.exception("articles could not be tied to stories; newscrawl stories update tries again")


def _faulty_alone(work: Work) -> Work:
    """Work whose statements may be refused without breaking the run's later transactions."""

    def done(connection: Connection, is_retry: bool) -> int:
        try:
            return work(connection, is_retry)
        except (DataError, IntegrityError, ProgrammingError) as error:
            raise ValueError(str(error.orig)) from error

    return done


def _is_any_waiting(connection: Connection) -> bool:
    """Whether articles are queued, or a rebuild was broken off."""
    done = connection.scalar(select(StoryState.done)) or 0
    queries = (select(StoryQueue.id).limit(1), select(StoryTie.id).where(StoryTie.id > done).limit(1))
    return any(connection.execute(query).first() for query in queries)
