from __future__ import annotations

from collections.abc import Iterator

import pytest

from newscrawl.cli.demoweb import DemoWeb


@pytest.fixture(scope="module")
def web() -> Iterator[list[str]]:
    """Options that make a command use the demo web."""
    with DemoWeb() as served:
        yield ["--proxy", served.proxy, "--allow-private"]
