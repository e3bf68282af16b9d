"""The whole API fuzzed from its own description: no failure of the server, and only answers that the description knows.

Every operation meets bodies and parameters that fit its description, and such as do not; half of them at things that
exist. The caller may nearly everything, so that what he sends goes deep.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)
from web.night import CBM, GAS, TRADE, Night

from zhishou.journal import verify
from zhishou.web.schema import TAGS, described

CHECKS = [
    schemathesis.checks.not_a_server_error, status_code_conformance, content_type_conformance,
    response_schema_conformance,
]  # fmt: skip
EXAMPLES = {GenerationMode.POSITIVE: 3, GenerationMode.NEGATIVE: 2}
ENDLESS = "/api/live"
REAL = {
    "id": ("jincheng-2026-0001", "jincheng-2026-0002", "standing-jincheng"), "area": ("jincheng", "chengqu"),
    "account": ("zhiban2", "chengqu"), "plan": (GAS, CBM),
}  # fmt: skip
DEEP = (
    "duty:jincheng", f"{CBM}:office", f"{CBM}:commander", f"{GAS}:office", f"{GAS}:commander", f"{TRADE}:office",
    "unit:jincheng_energy", "unit:jincheng_mine_rescue",
)  # fmt: skip


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    """A night with all kinds of things in it, and an administrator with every post."""
    night = Night(tmp_path_factory.mktemp("fuzzed")).people()
    night.play(until="give_judgement")
    night.give("zhiban", "incidents", {"title": "另一件", "place": "chengqu"})
    for post in DEEP:
        night.appoint("admin", "jincheng", post)
    yield night
    assert verify(night.house.journal).good
    night.close()


def operations(tag: str) -> Iterator[Any]:
    schema = schemathesis.openapi.from_dict(described())
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.tags[0] == tag and operation.path != ENDLESS:
            yield operation


@pytest.mark.parametrize("tag", [tag["name"] for tag in TAGS if tag["name"] != "live"])
def test_nothing_that_comes_in_breaks_the_server(busy: Night, tag: str):
    count = 0
    for operation in operations(tag):
        for mode, examples in EXAMPLES.items():
            if mode is GenerationMode.POSITIVE or _can_be_wrong(operation):
                _fuzz(busy, operation, mode, examples)
        count += 1
    assert count


def _can_be_wrong(operation: Any) -> bool:
    """Whether the operation takes anything that could be wrong."""
    return bool(operation.definition.raw.get("parameters")) or "requestBody" in operation.definition.raw


def _fuzz(night: Night, operation: Any, mode: GenerationMode, examples: int) -> None:
    cases = operation.as_strategy(generation_mode=mode)
    quiet = settings(
        max_examples=examples, derandomize=True, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip

    @quiet
    @given(case=cases, real=st.booleans(), which=st.integers(0, 2))
    def fuzz(case: Case, real: bool, which: int) -> None:  # noqa: FBT001 - hypothesis gives it by name
        night.out("admin")
        own = night.headers("admin")
        if real:
            for name, values in REAL.items():
                if name in case.path_parameters:
                    case.path_parameters[name] = values[which % len(values)]
            case.headers = {**(case.headers or {}), "Idempotency-Key": night.key()}
        answer = case.call(base_url=night.base, headers=own)
        case.validate_response(answer, checks=CHECKS)
        if mode is GenerationMode.NEGATIVE and not real:
            case.validate_response(answer, checks=[negative_data_rejection])

    fuzz()
