"""What was filled in, as the data of a command. What is left empty is left out, so that the command's own defaults hold."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile

from zhishou.acts import Command
from zhishou.errors import ProblemsError, ZhishouError
from zhishou.plan.lexicon import Lexicon
from zhishou.web.console.forms.asking import ABOUT, Asked
from zhishou.web.wrong import told

_YES = frozenset({"是", "有", "对", "真", "true"})
_NO = frozenset({"否", "无", "没有", "不是", "不对", "假", "false"})
_SEPARATORS = re.compile(r"[\n、；;，,]+")


def about(form: FormData | Mapping[str, str]) -> dict[str, Any]:
    """What the form says it is about.

    Raises:
        ZhishouError: it cannot be read.
    """
    text = str(form.get(ABOUT, "") or "{}")
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict) or len(text) > 2000:
        raise ZhishouError("没有选办理的对象", where="对象", mend="请重新选择")
    return found


def data(fields: Iterable[Asked], form: FormData, lexicon: Lexicon) -> dict[str, Any]:
    """The fields of the command.

    Raises:
        ProblemsError: a figure is none.
    """
    found: dict[str, Any] = {}
    problems: list[ZhishouError] = []
    for one in fields:
        try:
            value = _READERS.get(one.kind, _text)(one, form, lexicon)
        except ZhishouError as error:
            problems.append(error)
            continue
        if value not in (None, "", (), {}) or (one.required and one.kind in {"line", "text"}):
            found[one.name] = value
    if problems:
        raise ProblemsError(problems)
    return found


def command(kind: type[Command], given: Mapping[str, Any], labels: Mapping[str, str]) -> Command:
    """The command of its data.

    Raises:
        ProblemsError: with everything that is missing or wrong, by the words of the form.
    """
    try:
        return kind.model_validate(dict(given))
    except ValidationError as error:
        raise ProblemsError([_problem(detail, labels) for detail in error.errors()]) from None


def _problem(detail: Any, labels: Mapping[str, str]) -> ZhishouError:
    place = [str(part) for part in detail["loc"]]
    label = labels.get(place[0], place[0]) if place else ""
    if detail["type"] == "missing":
        return ZhishouError(f"“{label}”没有填", where=label, mend="填上再办")
    one = told(detail)
    message = one.message.replace(f"“{place[-1]}”", f"“{label}”") if place else one.message
    return ZhishouError(message, where=label, mend=one.mend)


def _text(one: Asked, form: FormData, _: Lexicon) -> str:
    found = form.get(one.name, "")
    return "" if isinstance(found, UploadFile) else found.strip().replace("\r\n", "\n")


def _number(one: Asked, form: FormData, _: Lexicon) -> float | int | None:
    return figure(_text(one, form, _), one.label)


def figure(text: str, label: str) -> float | int | None:
    """A figure as people type it, full width or with a per cent sign; None where nothing is typed.

    Raises:
        ZhishouError: it is none.
    """
    text = text.translate(_WIDE).strip()
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ZhishouError(f"“{text[:40]}”不是数", where=label, mend="只写数字，如 7.5")
    return int(value) if value.is_integer() and abs(value) < 1e15 and "." not in text else value


_WIDE = {**{ord(wide): str(number) for number, wide in enumerate("０１２３４５６７８９")}, ord("．"): ".", ord("%"): "", ord("％"): "", ord(","): "", ord("，"): ""}  # fmt: skip


def _many(one: Asked, form: FormData, _: Lexicon) -> tuple[str, ...]:
    ticked = [str(value) for value in form.getlist(one.name) if isinstance(value, str)]
    more = _SEPARATORS.split(str(form.get(f"{one.name}+", "")))
    return tuple(dict.fromkeys(text.strip() for text in (*ticked, *more) if text.strip()))


def _list(one: Asked, form: FormData, _: Lexicon) -> tuple[str, ...]:
    return tuple(text.strip() for text in _SEPARATORS.split(_text(one, form, _)) if text.strip())


def _items(one: Asked, form: FormData, _: Lexicon) -> dict[str, str]:
    return {key: text.strip() for key, text in _named(one, form) if text.strip()}


def _counts(one: Asked, form: FormData, _: Lexicon) -> dict[str, Any]:
    labels = {choice.value: choice.label for choice in one.choices}
    found = {key: figure(text, labels.get(key, key)) for key, text in _named(one, form)}
    return {key: value for key, value in found.items() if value is not None}


def _named(one: Asked, form: FormData) -> list[tuple[str, str]]:
    start = f"{one.name}:"
    return [
        (key[len(start) :], value) for key, value in form.multi_items()
        if key.startswith(start) and isinstance(value, str)
    ]  # fmt: skip


def _facts(one: Asked, form: FormData, lexicon: Lexicon) -> dict[str, Any]:
    source = str(form.get(f"{one.name}+source", "")).strip()
    found: dict[str, Any] = {}
    for id_, text in _named(one, form):
        if text.strip() and id_ in lexicon.facts:
            found[id_] = fact_given(text, id_, lexicon) | ({"source": source} if source else {})
    return found


def fact_given(text: str, id_: str, lexicon: Lexicon) -> dict[str, Any]:
    """A fact as it is typed: 7.5 · 3～5 · ≥3 · 是.

    Raises:
        ZhishouError: it is no figure.
    """
    fact = lexicon.facts[id_]
    text = text.strip()
    if fact.kind == "flag":
        if (said := text.casefold()) not in _YES | _NO:
            raise ZhishouError(f"“{text[:40]}”看不出是还是否", where=fact.label, mend="写“是”或“否”；不清楚的空着")
        return {"value": said in _YES}
    if fact.kind not in {"number", "duration"}:
        return {"value": text}
    between = re.fullmatch(r"(.+?)\s*[～~至]\s*(.+)", text)
    if between:
        return {"at_least": figure(between[1], fact.label), "at_most": figure(between[2], fact.label)}
    for signs, key in ((("≥", ">=", "至少"), "at_least"), (("≤", "<=", "至多"), "at_most")):
        for sign in signs:
            if text.startswith(sign):
                return {key: figure(text.removeprefix(sign), fact.label)}
    return {"value": figure(text, fact.label)}


def _fact(one: Asked, form: FormData, lexicon: Lexicon) -> dict[str, Any] | None:
    """The right value of the fact that another field names; nothing where it is taken back."""
    id_, text = str(form.get("fact", "")), str(form.get(one.name, "")).strip()
    return fact_given(text, id_, lexicon) if text and id_ in lexicon.facts else None


_READERS: Mapping[str, Any] = {
    "number": _number, "many": _many, "list": _list, "items": _items, "counts": _counts, "facts": _facts, "fact": _fact,
}  # fmt: skip
