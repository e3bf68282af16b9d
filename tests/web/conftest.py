from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from web.called import Calling, night_of_calls
from web.night import Night


@pytest.fixture(autouse=True, scope="session")
def quiet() -> None:
    """Logs are not shown; what they say is tested where it matters."""
    structlog.configure(processors=[lambda *_: (_ for _ in ()).throw(structlog.DropEvent)])


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    """A night with everybody in it, for the tests of one file that do not disturb each other."""
    made = Night(tmp_path_factory.mktemp("night")).people()
    yield made
    made.close()


@pytest.fixture
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    """A night for one test alone."""
    made = Night(tmp_path_factory.mktemp("own")).people()
    yield made
    made.close()


@pytest.fixture
def calling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Calling]:
    """A night on which a level was decided and everybody it names is called, for one test alone."""
    yield from night_of_calls(tmp_path, monkeypatch)
