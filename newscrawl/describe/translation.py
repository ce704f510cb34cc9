"""Whether a page says of itself that a machine translated its text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import yaml

MAX_NOTICE = 300
"""Characters of a line that is a notice; more is a paragraph."""


def machine_translation(sign: str | None, notices: Iterable[str]) -> str | None:
    """How the page says it: the sign in its markup, else the notice; None for almost all pages.

    Args:
        sign: As the metadata have it.
        notices: Lines that are none of the story, each squeezed.
    """
    if sign:
        return sign
    short = [line for line in notices if len(line) <= MAX_NOTICE]
    page = "\n".join(short).lower()
    if not any(hint in page for hint in _lists()["hints"]):  # plain search is enough for most pages
        return None
    return next((line for line in short if _notice().search(line)), None)


@cache
def _lists() -> dict[str, list[str]]:
    lists: dict[str, list[str]] = yaml.safe_load(files(__package__).joinpath("translation.yaml").read_text("utf-8"))
    return lists


@cache
def _notice() -> re.Pattern[str]:
    return re.compile("|".join(_lists()["notices"]), re.IGNORECASE)
