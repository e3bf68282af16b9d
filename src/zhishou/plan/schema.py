"""JSON Schema of the pack format, with the words that stand beside each field in the source."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel, TypeAdapter

from zhishou.plan import conditions
from zhishou.plan.base import Model
from zhishou.plan.lexicon import Area, CustomerClass, Fact, Grades, Organisation, Subject
from zhishou.plan.pack import FILES

LEXICON: Mapping[str, Any] = {
    "lexicon/facts": dict[str, Fact],
    "lexicon/organisations": dict[str, Organisation],
    "lexicon/areas": dict[str, Area],
    "lexicon/grades": Grades,
    "lexicon/subjects": dict[str, Subject],
    "lexicon/customers": dict[str, CustomerClass],
}


def schemas() -> dict[str, Any]:
    """File name without ending → its JSON Schema."""
    return {name: schema(kind) for name, kind in {**FILES, **LEXICON}.items()}


def schema(kind: Any) -> dict[str, Any]:
    """The JSON Schema of one file, every field with its description."""
    result: dict[str, Any] = TypeAdapter(kind).json_schema(by_alias=True)
    words = {model.__name__: descriptions(model) for model in models()}
    definitions = result.get("$defs", {})
    for name, definition in [*definitions.items(), (getattr(kind, "__name__", ""), result)]:
        for key, text in words.get(name, {}).items():
            if key in definition.get("properties", {}):
                definition["properties"][key].setdefault("description", text)
    return result


@cache
def models() -> tuple[type[Model], ...]:
    """Every model of the format."""

    def below(model: type[Model]) -> Iterator[type[Model]]:
        for sub in model.__subclasses__():
            yield sub
            yield from below(sub)

    return tuple(sorted(set(below(Model)), key=lambda model: (model.__module__, model.__name__)))


@cache
def descriptions(model: type[BaseModel]) -> Mapping[str, str]:
    """Key in the file → the text that stands under the field in the source, the nearest where several classes have it."""
    found: dict[str, str] = {}
    for kind in reversed(model.__mro__):
        if issubclass(kind, BaseModel) and kind.__module__.startswith("zhishou") and kind is not Model:
            found |= _own(kind)
    return found


def _own(model: type[BaseModel]) -> dict[str, str]:
    body = ast.parse(inspect.getsource(model)).body[0]
    assert isinstance(body, ast.ClassDef)  # noqa: S101 - the source of a class is a class
    found: dict[str, str] = {}
    for field, text in zip(body.body, body.body[1:], strict=False):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(text, ast.Expr)
            and isinstance(text.value, ast.Constant)
        ):
            name = field.target.id
            key = model.model_fields[name].alias or name if name in model.model_fields else name
            found[key] = " ".join(str(text.value.value).split())
    return found


@cache
def every_key() -> list[str]:
    """Every key that any model of the format knows."""
    keys = {info.alias or name for model in models() for name, info in model.model_fields.items()}
    return sorted(keys)


@cache
def condition_keys() -> list[str]:
    """Every key that a condition knows."""
    return sorted({info.alias or name for model in condition_models() for name, info in model.model_fields.items()})


def condition_models() -> tuple[type[Model], ...]:
    """The models of the condition language, in the order in which the format page shows them."""
    return (
        conditions.NumberCondition,
        conditions.ValueCondition,
        conditions.GradeCondition,
        conditions.JudgementCondition,
        conditions.AllCondition,
        conditions.AnyCondition,
        conditions.NotCondition,
    )
