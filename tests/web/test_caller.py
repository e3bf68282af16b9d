"""The call-out's threads in a server: what fails goes on, what stands in a failure's frames is never written to the log."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator

import pytest
import structlog
from web.night import Night

from zhishou.web.caller import Caller

NUMBER = "#00000001#"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What is written to the log."""
    written, before = io.StringIO(), structlog.get_config()
    structlog.configure(
        processors=[structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)],
        logger_factory=structlog.WriteLoggerFactory(file=written),
    )
    yield written
    structlog.configure(**before)


def test_a_failure_is_logged_without_what_it_was_about_and_the_threads_live_on(own: Night, log: io.StringIO):
    caller = Caller(own.house, lambda: None)
    failing = [True]

    def fails() -> int:
        if failing[0]:
            failing[0] = False
            raise ValueError(NUMBER)
        return 0

    caller.sender.turn = fails  # type: ignore[method-assign]
    caller.start()
    try:
        until = time.monotonic() + 60
        while (failing[0] or not caller.done) and time.monotonic() < until:
            time.sleep(0.02)
        assert caller.alive()
    finally:
        caller.stop()
    assert "caller_failed" in log.getvalue()
    assert NUMBER not in log.getvalue()


def test_a_clock_set_back_is_noticed_and_one_that_runs_is_not(own: Night):
    caller = Caller(own.house, lambda: None)
    assert caller._was_set_back(own.house.now())  # noqa: SLF001 - whoever ran before may have had it wrong
    own.later(1)
    assert not caller._was_set_back(own.house.now())  # noqa: SLF001
    own.later(-30)
    assert caller._was_set_back(own.house.now())  # noqa: SLF001
