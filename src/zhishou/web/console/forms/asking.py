"""A form: which fields a command has, under which words, what can be chosen, and what was typed so far."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from starlette.datastructures import FormData

from zhishou.acts import Command
from zhishou.incident.casualties import CASUALTIES
from zhishou.plan import marks
from zhishou.web.console.forms.facts_asked import FactAsked, facts_asked, words_for
from zhishou.web.console.forms.sources import About, Choice, offered
from zhishou.web.may import CommandMay, Option

ABOUT = "_about"
"""The field that says what a command is about, as JSON, where there is more than one choice."""
LOOSE = frozenset({"sender", "facts"})
"""Fields of a choice that leave something to be filled in."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One field of a form."""

    name: str
    label: str
    kind: str
    required: bool
    hint: str = ""
    choices: tuple[Choice, ...] = ()
    value: str = ""
    chosen: frozenset[str] = frozenset()
    filled: Mapping[str, str] = field(default_factory=dict)
    """For items, counts and facts: what is typed for each."""
    facts: tuple[FactAsked, ...] = ()

    @property
    def said(self) -> str:
        """What is filled in, in words."""
        return next((one.label for one in self.choices if one.value == self.value), self.value)


@cache
def words() -> Mapping[str, Any]:
    """`words.yaml` as data."""
    file = Path(__file__).parent / "words.yaml"
    data: Mapping[str, Any] = marks.read(file.read_text("utf-8"), file.name).data
    return data


def button(kind: type[Command]) -> str:
    """What the button of a command says."""
    return str(_said(kind).get("button", kind.label))


def group(kind: type[Command]) -> str:
    """The id of the group of commands that it belongs to."""
    return str(_said(kind).get("group", "file"))


def _said(kind: type[Command]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = words()["commands"].get(kind.name, {})
    return found


def chosen(options: list[Option], wanted: Mapping[str, str]) -> tuple[list[Option], bool]:
    """Of the choices of a command those that a link names, and whether they are; all where it names none that is there."""
    named = {name: value for name, value in wanted.items() if value and not name.startswith("_")}
    fitting = [one for one in options if all(str(one.fields.get(k, v)) == v for k, v in named.items())]
    return (fitting, True) if fitting else (options, False)


def settled(option: Option) -> dict[str, Any]:
    """The fields that a choice settles."""
    return {name: value for name, value in option.fields.items() if name not in LOOSE}


def packed(option: Option) -> str:
    """A choice as the text that a form carries."""
    return json.dumps(settled(option), ensure_ascii=False, sort_keys=True)


def asked(
    kind: type[Command],
    about: About,
    may: CommandMay | None,
    typed: FormData | None,
    first: Mapping[str, str] | None = None,
) -> list[Asked]:
    """The fields to be filled in, in the order of `words.yaml`.

    Args:
        kind: the command.
        about: what it is about, with the fields that are settled.
        may: what the caller may do of it; None for a command of a duty room.
        typed: the form as it was sent, where it comes back.
        first: values that a link brings.
    """
    said = _said(kind)
    own = said.get("fields", {})
    names = [name for name in kind.model_fields if name not in about.settled]
    order = [name for name in said.get("order", ()) if name in names]
    found = []
    for name in order + [name for name in names if name not in order]:
        told = {**words()["fields"].get(name, {"label": name}), **own.get(name, {})}
        if told.get("kind") == "none":
            continue
        found.append(_field(kind, name, told, about, may, typed, first or {}))
    return found


def _field(
    kind: type[Command], name: str, told: Mapping[str, Any], about: About, may: CommandMay | None,
    typed: FormData | None, first: Mapping[str, str],
) -> Asked:  # fmt: skip
    info = kind.model_fields[name]
    sort = str(told.get("kind") or _kind_of(info.annotation))
    choices = tuple(Choice(str(value), label) for value, label in told.get("choices", {}).items())
    if not choices and (source := told.get("from") or told.get("list")):
        choices = offered(source, about)
        sort = "line" if about.outside and sort == "choice" and not choices else sort
    if not choices and get_origin(info.annotation) is Literal:
        choices = tuple(Choice(str(one), str(one)) for one in get_args(info.annotation))
    senders = [one.fields["sender"] for one in may.options if "sender" in one.fields] if may else []
    if name == "sender" and senders and "" not in senders:
        sort, choices = "choice", tuple(Choice(one, one) for one in dict.fromkeys(senders))
    if name == "counts":
        choices = tuple(Choice(id_, label) for id_, label in CASUALTIES.items())
    facts: tuple[FactAsked, ...] = ()
    if sort in {"facts", "fact"}:
        only = [id_ for one in may.options for id_ in one.fields.get("facts", {})] if may else []
        free = may is None or any("facts" in one.fields and not one.fields["facts"] for one in may.options)
        facts = tuple(facts_asked(about, () if free else only))
    if sort == "fact":
        choices = tuple(words_for(about))
    value = str(first.get(name) or told.get("value") or "")
    if info.is_required() is False and not value and isinstance(info.default, str | int | float) and info.default:
        value = f"{info.default:g}" if isinstance(info.default, float) else str(info.default)
    filled: dict[str, str] = {}
    marked = frozenset({value} - {""}) if sort == "many" else frozenset()
    if typed is not None:
        value = str(typed.get(name, value if name not in typed else ""))
        marked = frozenset(str(one) for one in typed.getlist(name))
        start = f"{name}:"
        filled = {key[len(start) :]: str(one) for key, one in typed.multi_items() if key.startswith(start)}
    required = info.is_required() and sort not in {"items", "counts", "facts", "many", "fact"}
    if sort == "choice" and len(choices) == 1 and required and not value:
        value = choices[0].value
    return Asked(
        name, str(told["label"]), sort, required, str(told.get("hint", "")), choices, value, marked, filled, facts
    )


def _kind_of(annotation: Any) -> str:
    text = str(annotation)
    if "datetime" in text or "Moment" in text:
        return "when"
    if "tuple" in text:
        return "list"
    if annotation in {float, int}:
        return "number"
    return "choice" if get_origin(annotation) is Literal else "line"
