"""The quick copy of a state gives what `dataclasses.replace` gives, for every part of an incident, and refuses what it refuses."""

from __future__ import annotations

import dataclasses
import inspect
from typing import Any

import pytest

from zhishou.incident import parts, state
from zhishou.incident.authority import Permitted
from zhishou.incident.changing import replace
from zhishou.incident.sides import Side

KINDS = sorted(
    {
        kind
        for module in (parts, state)
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if dataclasses.is_dataclass(kind) and kind.__module__.startswith("zhishou.incident")
    }
    | {Permitted, Side},
    key=lambda kind: kind.__name__,
)


def made(kind: type) -> Any:
    """One of a kind whose every field holds something of its own; types are nobody's business here."""
    return kind(**{one.name: f"was {one.name}" for one in dataclasses.fields(kind)})


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_copy_is_what_dataclasses_make_of_it(kind: type):
    one = made(kind)
    before = {field.name: getattr(one, field.name) for field in dataclasses.fields(kind)}
    assert replace(one) == one
    assert replace(one) is not one
    for field in dataclasses.fields(kind):
        assert replace(one, **{field.name: "new"}) == dataclasses.replace(one, **{field.name: "new"})
    everything = {field.name: f"new {field.name}" for field in dataclasses.fields(kind)}
    assert replace(one, **everything) == kind(**everything)
    assert {field.name: getattr(one, field.name) for field in dataclasses.fields(kind)} == before


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_field_that_is_none_is_refused(kind: type):
    with pytest.raises(TypeError, match="nonsense"):
        replace(made(kind), nonsense=1)


def test_a_class_that_does_something_of_its_own_is_refused():
    @dataclasses.dataclass(frozen=True, slots=True)
    class Checked:
        one: int

        def __post_init__(self) -> None:
            assert self.one

    with pytest.raises(TypeError, match="__post_init__"):
        replace(Checked(1), one=0)
