"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

WORKERS = 2
LOG_MAX_MB = 10.0

Database = Annotated[
    str | None,
    typer.Option(
        "--db",
        metavar="URL",
        help="Database: a URL, or the path of an SQLite file. (default: NEWSCRAWL_DATABASE_URL, else newscrawl.db)",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Archive = Annotated[
    Path | None, typer.Option("--archive", metavar="DIR", help="Folder of raw responses. (default: NEWSCRAWL_ARCHIVE)")
]
OutletFolders = Annotated[
    list[Path] | None,
    typer.Option(
        "--outlets",
        metavar="DIR",
        help="Folder of outlet files beside the packaged ones; may be repeated. (default: NEWSCRAWL_OUTLETS)",
        show_default=False,
    ),
]
Proxy = Annotated[
    str | None, typer.Option("--proxy", metavar="URL", help="HTTP proxy; none is used unless it is named here.")
]
AllowPrivate = Annotated[
    bool, typer.Option("--allow-private", help="Let requests reach addresses of this machine and of private networks.")
]
Contact = Annotated[
    str | None,
    typer.Option(
        "--contact",
        metavar="ADDRESS",
        help="URL or mail address that outlets see in the user agent. (default: NEWSCRAWL_CONTACT)",
        show_default=False,
    ),
]
Delay = Annotated[
    float | None,
    typer.Option("--delay", min=0, metavar="S", help="Seconds between requests to a host, for all outlets."),
]
Workers = Annotated[
    int, typer.Option("--workers", min=1, max=64, metavar="N", help="Extraction processes.", show_default=True)
]
AllWorkers = Annotated[
    int | None, typer.Option("--workers", min=1, max=64, metavar="N", help="Extraction processes. (default: all cores)")
]
PageUrl = Annotated[str, typer.Option("--url", metavar="URL", help="Where a page from a file comes from.")]
Charset = Annotated[str | None, typer.Option("--charset", help="Of a page from a file, as the server declared it.")]
MaxMinutes = Annotated[
    float | None,
    typer.Option("--max-minutes", min=0.01, metavar="N", help="Take nothing more after N minutes; the next run does."),
]
MaxPages = Annotated[
    int | None, typer.Option("--max-pages", min=1, metavar="N", help="Take N pages at most; the next run goes on.")
]
AllOutlets = Annotated[bool, typer.Option("--all", help="Every configured outlet.")]
LogFile = Annotated[
    Path | None,
    typer.Option("--log-file", metavar="FILE", help="Write the log here; a run that finds it full begins a new one."),
]
LogMaxMb = Annotated[
    float,
    typer.Option("--log-max-mb", min=0.001, metavar="MB", help="When the log file is full; 5 old ones are kept."),
]
LogJson = Annotated[bool, typer.Option("--log-json", help="With --log-file: a JSON object a line.")]
OnFinish = Annotated[
    str | None,
    typer.Option(
        "--on-finish",
        metavar="URL|COMMAND",
        help="At the end, however the run ended: a URL to GET, with {status} and {run} filled in, or a command, "
        "which gets NEWSCRAWL_RUN, NEWSCRAWL_EXIT_STATUS, NEWSCRAWL_PROBLEM and the summary on its standard input.",
    ),
]
Metrics = Annotated[
    Path | None,
    typer.Option(
        "--metrics",
        metavar="FILE",
        help="Write figures of the run for Prometheus's textfile collector, which reads *.prom.",
    ),
]
