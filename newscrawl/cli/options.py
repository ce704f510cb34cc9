"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

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
    typer.Option("--contact", metavar="ADDRESS", help="URL or mail address that outlets see in the user agent."),
]
Workers = Annotated[
    int, typer.Option("--workers", min=1, max=64, metavar="N", help="Extraction processes.", show_default=True)
]
PageUrl = Annotated[str, typer.Option("--url", metavar="URL", help="Where a page from a file comes from.")]
Charset = Annotated[str | None, typer.Option("--charset", help="Of a page from a file, as the server declared it.")]
