"""Options that pick articles, the same for every command that takes some of them."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, get_args, get_type_hints

import typer

from newscrawl.cli.terminal import CommandError
from newscrawl.items import AccessKind, Completeness

if TYPE_CHECKING:
    from newscrawl.store.filters import Filter

_PANEL = "Which articles"
_ACCESS: tuple[AccessKind, ...] = get_args(AccessKind)
_COMPLETENESS: tuple[Completeness, ...] = get_args(Completeness)

Word = TypeVar("Word", bound=str)


def _option(*names: str, metavar: str | None = None, help: str) -> Any:
    return typer.Option(*names, metavar=metavar, help=help, rich_help_panel=_PANEL, show_default=False)


def _filter(
    outlet: Annotated[list[str] | None, _option("--outlet", metavar="SLUG", help="Of this outlet; repeatable.")] = None,
    lang: Annotated[
        list[str] | None, _option("--lang", metavar="TAG", help="In this language, with varieties; repeatable.")
    ] = None,
    since: Annotated[
        str | None, _option("--since", metavar="DAY", help="Published, else first seen, then or later: 2026-06-01, 7d")
    ] = None,
    until: Annotated[
        str | None, _option("--until", metavar="DAY", help="Until then, the day included; a time: before that.")
    ] = None,
    wire: Annotated[list[str] | None, _option("--wire", metavar="AGENCY", help="Its copy; repeatable.")] = None,
    access: Annotated[
        list[str] | None, _option("--access", metavar="WORD", help=f"{', '.join(_ACCESS)}; repeatable.")
    ] = None,
    completeness: Annotated[
        list[str] | None, _option("--completeness", metavar="WORD", help=f"{', '.join(_COMPLETENESS)}; repeatable.")
    ] = None,
    ticker: Annotated[
        list[str] | None, _option("--ticker", metavar="SYMBOL", help="With this symbol, or MIC:SYMBOL; repeatable.")
    ] = None,
    run: Annotated[int | None, _option("--run", metavar="N", help="Stored or updated by this run.")] = None,
    reserved: Annotated[
        bool | None,
        _option("--reserved/--no-reserved", help="Only, or without, what publishers reserve from training models."),
    ] = None,
) -> Filter:
    from newscrawl.store.filters import Filter, FilterError, parse_time

    period = {}
    for name, text in (("since", since), ("until", until)):
        try:
            period[name] = parse_time(text, is_end=name == "until") if text else None
        except FilterError as error:
            raise CommandError(f"--{name}: {error}") from error
    return Filter(
        outlets=tuple(outlet or ()),
        languages=tuple(lang or ()),
        **period,
        wires=tuple(wire or ()),
        access=_words("--access", access, _ACCESS),
        completeness=_words("--completeness", completeness, _COMPLETENESS),
        tickers=tuple(ticker or ()),
        run=run,
        reserved=reserved,
    )


def _words(option: str, given: Sequence[str] | None, known: Sequence[Word]) -> tuple[Word, ...]:
    """The words that were given; Typer does not take lists of a Literal."""
    by_name = {str(word): word for word in known}
    for name in given or ():
        if name not in by_name:
            raise CommandError(f"{option}: expected one of {', '.join(known)}, got {name!r}")
    return tuple(by_name[name] for name in given or ())


def picking(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command the options that pick articles, in place of its parameter `wanted`, which gets the filter."""
    options = inspect.signature(_filter, eval_str=True, locals={"Filter": object}).parameters

    @functools.wraps(command)
    def picked(**given: Any) -> int:
        chosen = {name: given.pop(name) for name in options}
        return command(wanted=_filter(**chosen), **given)

    hints = get_type_hints(command, localns={"Filter": object}, include_extras=True)
    own = [one.replace(annotation=hints[name]) for name, one in inspect.signature(command).parameters.items()]
    first = [one for one in own if one.default is one.empty and one.name != "wanted"]
    rest = [one for one in own if one.default is not one.empty]
    both = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in (*first, *options.values(), *rest)]
    picked.__signature__ = inspect.Signature(both, return_annotation=int)  # type: ignore[attr-defined]
    picked.__annotations__ = {one.name: one.annotation for one in both}
    return picked
