"""What stands in a message and in a request: placeholders filled in, the way to answer added, numbers kept out of reasons."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from zhishou.callout.channels.contract import Outgoing

_PLACE = re.compile(r"\{([a-z_]+)\}")
_DIGITS = re.compile(r"\d(?:[\s-]?\d){4,}")
_MAIL = re.compile(r"[^\s@<>]+@[^\s@<>]+")
_LINK = re.compile(r"https?://\S+|/a/\S+")


def short_text(one: Outgoing) -> str:
    """The text for a short message: with the code to send back, where the text itself does not say it yet, and without a link."""
    return f"{one.text}（收到回{one.code}）" if one.code and one.code not in one.text else one.text


def whole_text(one: Outgoing, site: str) -> str:
    """The text with the way to answer, where the text itself does not say it yet."""
    text = one.text
    if one.link and site and one.link not in text:
        text = f"{text}\n应答：{site.rstrip('/')}{one.link}"
    elif one.link and site:
        text = re.sub(rf"(?<![\w/.]){re.escape(one.link)}", site.rstrip("/") + one.link, text)
    if one.code and one.code not in text and not (one.link and site):
        text = f"{text}（收到请回复 {one.code}）"
    return text


def filled(template: Any, words: Mapping[str, str]) -> Any:
    """A template with its placeholders filled in; an unknown one stays as it is. Numbers and flags stay what they are."""
    if isinstance(template, str):
        return _PLACE.sub(lambda match: words.get(match[1], match[0]), template)
    if isinstance(template, Mapping):
        return {filled(str(key), words): filled(value, words) for key, value in template.items()}
    if isinstance(template, list | tuple):
        return [filled(value, words) for value in template]
    return template


def scrubbed(text: str, one: Outgoing | None = None) -> str:
    """A reason of a gateway without numbers, addresses and links, and short."""
    plain = text.replace(one.value, "（号码）") if one is not None and one.value else text
    plain = _LINK.sub("（链接）", _MAIL.sub("（邮箱）", _DIGITS.sub("（数字）", plain)))
    return " ".join(plain.split())[:120]


def at(data: Any, place: str) -> Any:
    """What stands at a place in JSON data, `data.0.code`; None where nothing does."""
    for part in place.split(".") if place else ():
        if isinstance(data, Mapping):
            data = data.get(part)
        elif isinstance(data, list) and part.isdigit() and int(part) < len(data):
            data = data[int(part)]
        else:
            return None
    return data


def read_json(body: bytes) -> Any:
    """JSON from an answer; None where it is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
