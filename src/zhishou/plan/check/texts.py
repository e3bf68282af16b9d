"""Faults of a text that a person read off it: no rule finds them, yet whoever asks what is wrong with a plan must be told."""

from __future__ import annotations

from collections.abc import Iterator

from zhishou.plan.check.finding import Finding, joined
from zhishou.plan.pack import Pack


def findings(pack: Pack) -> Iterator[Finding]:
    """The faults that stand in plan.yaml, each with its clause."""
    for index, fault in enumerate(pack.plan.faults):
        yield Finding(
            f"text.{fault.kind}", (pack.id,), joined(fault.clause), fault.what, fault.english,
            {}, pack.place("plan", "faults", index),
        )  # fmt: skip
