"""What somebody adds when he asks for a paper: to whom, about which unit or report, what fills the blanks."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from zhishou.paper.value import Paper, filled


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wished beyond what the record says; everything may be left out."""

    plan: str = ""
    """The plan, where the incident has several."""
    to: tuple[str, ...] = ()
    """Main recipients, where others are meant than those the plan gives."""
    copies: tuple[str, ...] = ()
    """抄送."""
    signer: str = ""
    """签发人."""
    report: str = "first"
    """Of a situation report: first, follow_up, final."""
    units: tuple[str, ...] = ()
    """Of a task directive: the units; empty: all that owe something."""
    requests: tuple[str, ...] = ()
    """Of a situation report: what a superior is asked for."""
    fill: dict[str, str] = field(default_factory=dict)
    """Name of a blank → what is filled in."""


def finished(paper: Paper, wish: Wish) -> Paper:
    """A paper with what was wished in it."""
    fill = dict(wish.fill)
    if wish.signer and paper.signer:
        paper = replace(paper, signer=wish.signer)
    made: Paper = filled(replace(paper, to=wish.to or paper.to, copies=wish.copies or paper.copies), fill)
    return made
