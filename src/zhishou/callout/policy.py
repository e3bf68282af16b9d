"""policy.yaml: which steps a call takes, where no plan gives a time; read, checked, and asked by kind and severity.

It stands alone because a deployment may bring its own.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationError, model_validator

from zhishou import clock
from zhishou.callout.calls import KINDS, Kind, Matter
from zhishou.errors import PackError
from zhishou.plan import marks
from zhishou.plan.base import Model, Names
from zhishou.plan.wrong import translated


def _length(value: str) -> str:
    minutes = clock.minutes(value)
    if minutes is None or not 0 < minutes <= 44_640:
        raise ValueError("时长写成 3 min、2 h、1 d，至多 31 天")
    return value


def _hours(value: str) -> str:
    try:
        first, last = (time.fromisoformat(part) for part in value.split("-"))
    except ValueError:
        raise ValueError("时段写成 22:00-06:00 的样子") from None
    if first == last:
        raise ValueError("时段的两端相同，写不出有多长")
    return value


Length = Annotated[str, AfterValidator(_length)]
Hours = Annotated[str, AfterValidator(_hours)]


class Step(Model):
    """One step."""

    who: Literal["first", "deputies"]
    """Whom: those who should answer, or those behind them."""
    by: Names = ()
    """Kinds of channel in order; empty: whatever the person has."""
    ways: Literal["all", "one"] = "one"
    """all: by every one of these that the person has, at once · one: by the first that he has."""
    wait: Length
    """How long an answer is waited for."""
    most: int = Field(6, ge=1, le=200)
    """At most so many people at once: a unit of a hundred is not woken whole. Each time it begins again the next are called."""


class Rule(Model):
    """The steps of some kinds of matter."""

    kinds: tuple[Kind, ...]
    """The kinds of matter it is for."""
    urgent: bool | None = None
    """true: of level I and II alone · false: of the others alone · left out: of all that no earlier rule has."""
    before: Length = "10 min"
    """How long before a deadline its call begins; for `due` alone."""
    steps: tuple[Step, ...] = Field(min_length=1)
    """What is tried, one after the other, until somebody answers."""
    repeat: Length | None = None
    """How long after the last step it begins again; left out: it does not."""
    times: int = Field(0, ge=0, le=100)
    """How often it begins again."""
    use_by: Length = "24 h"
    """How long it may still be sent."""
    quiet: Hours | None = None
    """Hours in which nothing of it is begun; it waits for their end."""

    @model_validator(mode="after")
    def _never_silent(self) -> Rule:
        if self.quiet is not None and self.urgent is not False:
            raise ValueError("静默时段不能用于Ⅰ级、Ⅱ级：这条规则要写明 urgent: false")
        if self.repeat is None and self.times:
            raise ValueError("写了重复次数 times，没有写隔多久重复 repeat")
        return self

    @property
    def wait(self) -> timedelta:
        """All its steps together."""
        return sum((length(step.wait) for step in self.steps), timedelta())


class Policy(Model):
    """A deployment's rules."""

    office_hours: Hours = "08:00-18:00"
    """When desk telephones are manned, on workdays."""
    rules: tuple[Rule, ...]
    """The first that fits a matter holds."""

    @model_validator(mode="after")
    def _whole(self) -> Policy:
        for kind in KINDS:
            for urgent in (True, False):
                if not any(_fits(rule, kind, urgent=urgent) for rule in self.rules):
                    word = "Ⅰ级、Ⅱ级的" if urgent else "其他级别的"
                    raise ValueError(f"没有写{word}“{KINDS[kind]}”（{kind}）怎样呼叫")
        return self

    def rule(self, matter: Matter) -> Rule:
        """The rule that holds for a matter."""
        return next(rule for rule in self.rules if _fits(rule, matter.kind, urgent=matter.urgent))

    @property
    def longest_before(self) -> timedelta:
        """The earliest that a call for a coming deadline begins before it."""
        return max(length(rule.before) for rule in self.rules if "due" in rule.kinds)


def _fits(rule: Rule, kind: Kind, *, urgent: bool) -> bool:
    return kind in rule.kinds and rule.urgent in {None, urgent}


def length(text: str) -> timedelta:
    """A length of time of the policy."""
    return timedelta(minutes=clock.minutes(text) or 0)


def within(hours: str, at: datetime) -> bool:
    """Whether a moment lies in hours such as `22:00-06:00`, which may run over midnight; the last minute is not included."""
    first, last = (time.fromisoformat(part) for part in hours.split("-"))
    now = at.astimezone(clock.SHANGHAI).time()
    return first <= now < last if first < last else now >= first or now < last


def after_quiet(rule: Rule, at: datetime) -> datetime:
    """The moment at which a call may begin: at once, or when the rule's quiet hours end."""
    if rule.quiet is None or not within(rule.quiet, at):
        return at
    here = at.astimezone(clock.SHANGHAI)
    end = datetime.combine(here.date(), time.fromisoformat(rule.quiet.split("-")[1]), clock.SHANGHAI)
    return end if end > here else end + timedelta(days=1)


def read_policy(text: str, name: str) -> Policy:
    """A policy from its file.

    Raises:
        PackError: with every problem, its line and mend.
    """
    marked = marks.read(text, name)
    try:
        return Policy.model_validate(marked.data or {})
    except ValidationError as error:
        raise PackError(translated(error, marked)) from None


@cache
def shipped() -> Policy:
    """The policy that holds where a deployment brings none."""
    return read_policy((files("zhishou.callout") / "policy.yaml").read_text("utf-8"), "policy.yaml")
