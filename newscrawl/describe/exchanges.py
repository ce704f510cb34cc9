"""Exchanges: their ISO 10383 market identifier codes by the names and suffixes that texts write (exchanges.yaml)."""

from __future__ import annotations

from importlib.resources import files

import yaml

_EXCHANGES: dict[str, dict[str, list[str]]] = yaml.safe_load(
    files(__package__).joinpath("exchanges.yaml").read_text("utf-8")
)

MIC_OF_NAME = {name.casefold(): mic for mic, exchange in _EXCHANGES.items() for name in exchange.get("names", ())}
MIC_OF_SUFFIX = {suffix: mic for mic, exchange in _EXCHANGES.items() for suffix in exchange.get("suffixes", ())}
