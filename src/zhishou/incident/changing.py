"""`dataclasses.replace` in less than half its time: every event makes a state from the one before, and a long record has millions.

It stands alone because it is only that. What `replace` does through `__init__`, field by field and by name, is done here by
the descriptors of the slots themselves.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")
Put = Callable[[Any, Any], None]
Get = Callable[[Any], Any]

_KNOWN: dict[type, tuple[tuple[tuple[Put, Get], ...], dict[str, Put]]] = {}


def replace(one: T, /, **changes: Any) -> T:
    """A frozen dataclass with slots and without `__post_init__`, with some fields others.

    Raises:
        TypeError: it has no such field.
    """
    kind = type(one)
    copied, puts = _KNOWN.get(kind) or _learnt(kind)
    new: T = object.__new__(kind)
    for put, get in copied:
        put(new, get(one))
    try:
        for name, value in changes.items():
            puts[name](new, value)
    except KeyError as error:
        raise TypeError(f"{kind.__name__} has no field {error}") from None
    return new


def _learnt(kind: type) -> tuple[tuple[tuple[Put, Get], ...], dict[str, Put]]:
    if hasattr(kind, "__post_init__"):
        raise TypeError(f"{kind.__name__} has a __post_init__, which would not be called")
    slots = {one.name: kind.__dict__[one.name] for one in dataclasses.fields(kind)}
    copied = tuple((slot.__set__, slot.__get__) for slot in slots.values())
    _KNOWN[kind] = found = copied, {name: slot.__set__ for name, slot in slots.items()}
    return found
