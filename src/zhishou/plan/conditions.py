"""The condition language: when a level applies, as the text has it. It stands alone because two rooms read it.

Bounds are explicitly closed (`from`, `to`) or open (`above`, `below`). Where the text leaves open whether a bound
belongs to the range, the bound is written closed and named under `unstated`; at that very point the condition is
arguable, neither met nor unmet.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Union

from pydantic import Discriminator, Field, Tag, model_validator

from zhishou.plan.base import Clause, Model

Side = Literal["lower", "upper"]


class NumberCondition(Model):
    """A number or duration within bounds, in the fact's unit."""

    fact: str
    """The fact's id in the lexicon."""
    at_least: float | None = Field(None, alias="from")
    """Closed lower bound (以上、达到)."""
    above: float | None = None
    """Open lower bound (超过)."""
    at_most: float | None = Field(None, alias="to")
    """Closed upper bound (以内)."""
    below: float | None = None
    """Open upper bound (以下 where it excludes the number; 不足、低于)."""
    unstated: tuple[Side, ...] = ()
    """The bounds (`lower`, `upper`) of which the text does not say whether they belong to the range."""
    clause: Clause = ()
    """The clause that states it."""
    note: str = ""
    """What a reader should know about the reading."""

    @model_validator(mode="after")
    def _bounds(self) -> NumberCondition:
        if self.at_least is not None and self.above is not None:
            raise ValueError("下限只能有一个：from（含）或 above（不含）")
        if self.at_most is not None and self.below is not None:
            raise ValueError("上限只能有一个：to（含）或 below（不含）")
        if self.lower is None and self.upper is None:
            raise ValueError("数值条件至少要有一个上限或下限")
        if self.lower is not None and self.upper is not None and self.lower > self.upper:
            raise ValueError("下限大于上限，条件永远不能满足")
        if ("lower" in self.unstated and self.at_least is None) or ("upper" in self.unstated and self.at_most is None):
            raise ValueError("unstated 只用于写成 from 或 to 的界限")
        return self

    @property
    def lower(self) -> float | None:
        """The lower bound, open or closed."""
        return self.at_least if self.at_least is not None else self.above

    @property
    def upper(self) -> float | None:
        """The upper bound, open or closed."""
        return self.at_most if self.at_most is not None else self.below


class ValueCondition(Model):
    """A flag, choice or level that has one of the named values."""

    fact: str
    """The fact's id in the lexicon."""
    is_: bool | str | None = Field(None, alias="is")
    """The value it must have."""
    in_: tuple[str, ...] = Field((), alias="in")
    """The values of which it must have one."""
    clause: Clause = ()
    """The clause that states it."""
    note: str = ""
    """What a reader should know about the reading."""

    @model_validator(mode="after")
    def _one_form(self) -> ValueCondition:
        if (self.is_ is None) == (not self.in_):
            raise ValueError("写 is（一个值）或 in（几个值之一），二者取一")
        return self

    @property
    def values(self) -> tuple[bool | str, ...]:
        """The values that meet the condition."""
        return self.in_ or (self.is_,) if self.is_ is not None else self.in_


class GradeCondition(Model):
    """The grade of the accident by the table of grades in the lexicon."""

    grade: str
    """The grade's label: 特别重大、重大、较大、一般."""
    or_worse: bool = False
    """True where a worse grade counts too (重大以上)."""
    of: Literal["actual", "expected"] = "actual"
    """The casualties that have happened, or those that are expected (warnings)."""
    implied: bool = False
    """True where the text points to the table of grades without saying which grade goes with this level."""
    clause: Clause = ()
    """The clause that states it."""
    note: str = ""
    """What a reader should know about the reading."""


class JudgementCondition(Model):
    """The judgement of a named body or post, which only that body or post can give."""

    judgement: str
    """Whose judgement: `headquarters`, `office`, or a post's id."""
    clause: Clause = ()
    """The clause that states it."""
    note: str = ""
    """What is judged, in a few words."""


class AllCondition(Model):
    """Every one of these."""

    all_: tuple[Condition, ...] = Field(alias="all", min_length=1)
    """The conditions, all of which must be met."""
    clause: Clause = ()
    """The clause that joins them."""
    note: str = ""
    """What a reader should know about the reading."""


class AnyCondition(Model):
    """At least one of these."""

    any_: tuple[Condition, ...] = Field(alias="any", min_length=1)
    """The conditions, one of which must be met."""
    clause: Clause = ()
    """The clause that joins them."""
    note: str = ""
    """What a reader should know about the reading."""


class NotCondition(Model):
    """Not this."""

    not_: Condition = Field(alias="not")
    """The condition that must not be met."""
    clause: Clause = ()
    """The clause that states it."""
    note: str = ""
    """What a reader should know about the reading."""


_FORMS = {"all": "all", "any": "any", "not": "not", "grade": "grade", "judgement": "judgement"}
_FIELDS = {"all_": "all", "any_": "any", "not_": "not"}


def _form(value: Any) -> str | None:
    if not isinstance(value, dict | Model):
        return None
    keys = value.keys() if isinstance(value, dict) else {_FIELDS.get(k, k) for k in type(value).model_fields}
    for key, form in _FORMS.items():
        if key in keys:
            return form
    if isinstance(value, dict):
        return "value" if "is" in keys or "in" in keys else "number" if "fact" in keys else None
    return "value" if isinstance(value, ValueCondition) else "number"


Condition = Annotated[
    Union[  # noqa: UP007 - a forward reference inside needs the spelled-out form
        Annotated[NumberCondition, Tag("number")],
        Annotated[ValueCondition, Tag("value")],
        Annotated[GradeCondition, Tag("grade")],
        Annotated[JudgementCondition, Tag("judgement")],
        Annotated[AllCondition, Tag("all")],
        Annotated[AnyCondition, Tag("any")],
        Annotated[NotCondition, Tag("not")],
    ],
    Discriminator(_form),
]
"""Any condition; the key it carries says which: `fact` with bounds, `fact` with `is`/`in`, `grade`, `judgement`,
`all`, `any`, `not`."""

Leaf = NumberCondition | ValueCondition | GradeCondition | JudgementCondition


def leaves(condition: Condition | None) -> tuple[Leaf, ...]:
    """The conditions without parts of their own, in the order of the text."""
    match condition:
        case None:
            return ()
        case AllCondition():
            return tuple(leaf for part in condition.all_ for leaf in leaves(part))
        case AnyCondition():
            return tuple(leaf for part in condition.any_ for leaf in leaves(part))
        case NotCondition():
            return leaves(condition.not_)
        case _:
            return (condition,)


for _model in (AllCondition, AnyCondition, NotCondition):
    _model.model_rebuild()
