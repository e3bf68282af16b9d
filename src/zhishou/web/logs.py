"""Logs as one JSON object a line, on the error output: what happened to a request, never what it said or whose name is."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

from zhishou import clock

_PLACES = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)


def _without_values(exc_info: Any) -> list[dict[str, Any]]:
    """Where something went wrong and of what kind it is; what an error says may quote what somebody typed."""
    return _blanked(_PLACES(exc_info))


def _blanked(stacks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for one in stacks:
        one |= {"exc_value": "", "exc_notes": [], "syntax_error": None}
        for inner in one.get("exceptions", ()):
            _blanked(inner if isinstance(inner, list) else inner["stacks"])
    return stacks


_TRACEBACKS = structlog.processors.ExceptionRenderer(_without_values)
"""Where something went wrong, without the values there: they may be passwords, names, or what a command said."""


def _stamped(_: Any, __: str, event: Any) -> Any:
    from datetime import UTC, datetime  # noqa: PLC0415 - the one place of the room that asks the machine itself

    event["at"] = clock.moment(datetime.now(UTC)).isoformat(timespec="milliseconds")
    return event


def set_up(level: int = logging.INFO) -> None:
    """Write this process's logs as JSON lines; those of libraries too."""
    shared: list[Any] = [_stamped, structlog.stdlib.add_log_level, _TRACEBACKS]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(ensure_ascii=False)],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    foreign = logging.StreamHandler(sys.stderr)
    foreign.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    logging.basicConfig(handlers=[foreign], level=logging.WARNING, force=True)
