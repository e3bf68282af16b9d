"""The made-up night for tests of the console: one copy that is only looked at, and a fresh one for whoever changes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser
from web.console.browser import started
from web.console.pages import Visitor
from web.console.served import Evening, served

Visits = Callable[[str], Visitor]


def visits(folder: Path) -> Iterator[tuple[Evening, Visits]]:
    """A copy of the night behind the server, and browsers of everybody in it."""
    with served(folder) as one, httpx.Client(base_url=one.address, timeout=30) as http:

        def visit(person: str) -> Visitor:
            cookies = {"zhishou": one.session(person).get_secret_value()} if person else {}
            return Visitor(http, cookies)

        yield one, visit


@pytest.fixture(scope="module")
def seen_night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Evening, Visits]]:
    """A night that no test changes."""
    yield from visits(tmp_path_factory.mktemp("night"))


@pytest.fixture
def own_night(tmp_path: Path) -> Iterator[tuple[Evening, Visits]]:
    """A night of one's own."""
    yield from visits(tmp_path)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A real browser, for the tests of one file: while it runs, no other test of its process may use asyncio."""
    with started() as running:
        yield running
