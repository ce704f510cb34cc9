"""The log file of a run: a new one where it is full, and JSON lines for machines."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock
from scrapy import Request

from newscrawl.spiders.base import CrawlError

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

KEEP = 5  # old log files
MB = 1_000_000


def rotate(file: Path, max_mb: float) -> None:
    """Make room for a run's log: a file of more than `max_mb` becomes FILE.1, FILE.1 becomes FILE.2, and so on.

    This happens before a run writes, and one run at a time: two that rotate one file as they write lose each other's
    lines. A run that still writes follows its file to its new name. What is no regular file, `/dev/stderr` for
    instance, or a link, stays as it is.

    Raises:
        CrawlError: The file cannot be written.
    """
    if file.is_symlink() or (file.exists() and not file.is_file()):
        return
    if not file.absolute().parent.is_dir():
        raise CrawlError(f"{file.parent}: no such folder for the log")
    try:
        with FileLock(file.with_name(f".{file.name}.lock")):
            if file.exists() and file.stat().st_size > max_mb * MB:
                handler = RotatingFileHandler(file, backupCount=KEEP, delay=True)
                handler.doRollover()
                handler.close()
            file.open("a").close()
    except OSError as error:
        raise CrawlError(f"{file}: cannot be written as a log: {error.strerror}") from error


class JsonFormatter(logging.Formatter):
    """time, level, logger, message, and where known run, outlet, url, and error, which is a traceback."""

    def __init__(self) -> None:
        super().__init__()
        self.crawler: Crawler | None = None  # whose lines they are, as soon as there is one

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "run": self._run_id(),
            **_where(record),
            "error": self.formatException(record.exc_info) if record.exc_info else None,
        }
        return json.dumps({name: value for name, value in entry.items() if value is not None}, ensure_ascii=False)

    def _run_id(self) -> int | None:
        found: int | None = None
        if self.crawler is not None and self.crawler.stats is not None:
            found = self.crawler.stats.get_value("newscrawl/run_id")
        return found


def log_as_json(file: Path, level: str) -> JsonFormatter:
    """Write a JSON object for each line of the log, in place of Scrapy's own handler."""
    # Opened by its first line: Scrapy's set-up, which comes later, closes the handlers that it finds.
    handler = logging.FileHandler(file, encoding="utf-8", delay=True)
    formatter = JsonFormatter()
    handler.setFormatter(formatter)
    handler.setLevel(level)
    logging.root.setLevel(logging.NOTSET)
    logging.root.addHandler(handler)
    return formatter


def _where(record: logging.LogRecord) -> dict[str, Any]:
    """What a line is about: as its `extra` says, else by the request or the item among its arguments."""
    given = {"outlet": getattr(record, "outlet", None), "url": getattr(record, "url", None)}
    arguments = record.args if isinstance(record.args, dict) else {}
    request, item = arguments.get("request"), arguments.get("item")
    if isinstance(request, Request):
        lease = request.cb_kwargs.get("lease")
        given["outlet"] = lease.outlet if lease else request.cb_kwargs.get("slug")
        given["url"] = request.url
    elif isinstance(item, str) and "://" in item:  # by our log formatter
        given["url"] = item
    return given
