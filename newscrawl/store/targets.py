"""Files that appear when they are whole: written beside their place, and then renamed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from newscrawl.store.engine import StoreError


class TargetError(StoreError):
    """What was to be written may not be written there; nothing was touched."""


@contextmanager
def part_beside(target: Path, what: str, mode: int = 0o600) -> Iterator[Path]:
    """A file beside the target to write into; gone afterwards, however that ends.

    Args:
        target: What is there at the end.
        what: Who writes it, in a word.
        mode: Who may read it; what the umask forbids stays forbidden.

    Raises:
        TargetError: Another process writes it.
    """
    part = target.with_name(f"{target.name}.part")
    lock = FileLock(f"{part}.lock", timeout=0, fallback_to_soft=False)
    try:
        lock.acquire()
    except Timeout:
        raise TargetError(f"{target}: another {what} is writing it; wait until that ends") from None
    try:
        part.unlink(missing_ok=True)  # of one that was killed
        part.touch(mode)
        yield part
    finally:
        for ending in ("", "-wal", "-shm", "-journal"):  # SQLite's, where it is a database
            part.with_name(part.name + ending).unlink(missing_ok=True)
        Path(lock.lock_file).unlink(missing_ok=True)
        lock.release()
