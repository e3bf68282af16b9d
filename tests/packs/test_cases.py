"""Every boundary case that stands beside a pack, read off the source by a person, holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from zhishou import clock
from zhishou.assess import assess, situation
from zhishou.plan.cases import Judged
from zhishou.plan.load import library
from zhishou.plan.pack import Pack

AT = clock.moment("2026-01-15T20:00")


def _all() -> Iterator[Any]:
    for pack in library().packs.values():
        for index, steps in enumerate(pack.cases.steps):
            for value, expected in steps.expect.items():
                facts = {**steps.facts, steps.fact: value}
                name = f"{pack.id}:steps{index}:{steps.fact}={value:g}"
                yield pytest.param(pack, facts, (), {steps.ladder: expected}, id=name)
        for index, case in enumerate(pack.cases.cases):
            expected = {k: v for k, v in (("warning", case.warning), ("response", case.response)) if v is not None}
            yield pytest.param(pack, case.facts, case.judgements, expected, id=f"{pack.id}:case{index}:{case.name}")


@pytest.mark.parametrize(("pack", "facts", "judgements", "expected"), list(_all()))
def test_case(pack: Pack, facts: dict[str, Any], judgements: tuple[Judged, ...], expected: dict[str, str]):
    given = [{"plan": pack.id, "ladder": j.ladder, "level": j.level, "by": j.by} for j in judgements]
    result = assess(pack, situation({"facts": facts, "judgements": given}, pack.lexicon), AT)
    for ladder, wanted in expected.items():
        found = result.ladder(ladder)
        assert found is not None
        mark = "?" if found.ambiguities else ""
        assert f"{found.level or 'none'}{mark}" == wanted


def test_every_case_says_something():
    for pack in library().packs.values():
        for case in pack.cases.cases:
            assert case.warning is not None or case.response is not None, case.name
