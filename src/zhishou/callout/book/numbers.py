"""Telephone numbers and mail addresses as people write them, brought to one form so that equal ones are equal.

It stands alone because import, held lines and the start from the annexes must never disagree about what a number is.
No message here repeats a number: messages are shown and kept where numbers are not.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from zhishou.errors import ZhishouError

Sort = Literal["mobile", "landline", "service"]
SORTS: dict[Sort, str] = {"mobile": "手机", "landline": "固定电话", "service": "服务号码"}

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣－~～", "-"))
_EXTENSION = re.compile(r"(?:转|ext\.?|分机|#)\s*(\d{1,6})$", re.IGNORECASE)
_MOBILE = re.compile(r"1[3-9]\d{9}")
_CODE = r"0(?:10|2\d|[3-9]\d{2})"
_WITH_CODE = re.compile(rf"({_CODE})-?([2-9]\d{{6,7}})(?:-(\d{{1,6}}))?")
_LOCAL = re.compile(r"([2-9]\d{6,7})(?:-(\d{1,6}))?")
_SERVICE = re.compile(r"1\d{2}|1\d{4}|9[56]\d{3,4}|[48]00\d{7}")
_SCIENTIFIC = re.compile(r"\d(\.\d+)?e\+?\d+", re.IGNORECASE)
_SEVERAL = re.compile(r"[、,，;；/／|\n\r]+|\s+或\s*|\s{2,}")
_MAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}"
)


class MalformedError(ZhishouError):
    """What stands there is no number or address."""


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone number in the house's form: 11 digits, or `0356-2198989`, `0356-2198989-12`, `95598`."""

    text: str
    sort: Sort
    code: str = ""
    """Area code of a landline, with its 0."""
    assumed: bool = False
    """True where the code was not written and is the unit's own."""

    @property
    def bare(self) -> str:
        """Digits alone, as a gateway wants them; an extension is left out."""
        return "".join(self.text.split("-")[:2]) if self.sort == "landline" else self.text


def several(text: str) -> tuple[str, ...]:
    """The numbers that stand together in one cell."""
    return tuple(part.strip() for part in _SEVERAL.split(unicodedata.normalize("NFKC", text)) if part.strip())


def phone(text: str, home: str = "") -> Phone:
    """One telephone number.

    Args:
        text: as written; full-width digits, blanks, brackets, +86 and any dash are understood.
        home: area code to assume where none is written; empty: then none is assumed.

    Raises:
        MalformedError: it is no number that can be called.
    """
    plain, extension, abroad = _plain(text)
    digits = plain.replace("-", "")
    if not digits.isascii() or not digits.isdigit():
        raise MalformedError("里面有数字以外的字", mend="只填号码；分机写作“转12”")
    if _MOBILE.fullmatch(digits.removeprefix("86")):  # gateways leave out the plus of +86
        return Phone(digits.removeprefix("86"), "mobile")
    if abroad and not plain.startswith("0") and len(digits) > 8:
        plain = "0" + plain
    for pattern in (_WITH_CODE, _LOCAL):
        for written in (plain, digits):
            if match := pattern.fullmatch(written):
                return _landline(match, extension, home)
    if _SERVICE.fullmatch(digits) and not extension:
        return Phone(digits, "service")
    raise MalformedError(
        f"不成号码：有 {len(digits)} 位数字", mend="手机为 11 位；固定电话为区号加 7 或 8 位；核对是否漏位、多位"
    )


def _plain(text: str) -> tuple[str, str, bool]:
    """The number alone with single dashes, its extension, and whether the country's code stood before it."""
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES).strip()
    extension = ""
    if match := _EXTENSION.search(plain):
        plain, extension = plain[: match.start()], match[1]
    if _SCIENTIFIC.fullmatch(plain.strip()):
        raise MalformedError("号码被表格软件改成了科学计数，末几位已丢失", mend="把单元格设为文本，重新填写号码")
    plain = re.sub(r"-+", "-", re.sub(r"[()\s.·]", "-", plain)).strip("-")
    if abroad := re.match(r"(?:\+|00)86-?", plain):
        plain = plain[abroad.end() :]
    return plain, extension, abroad is not None


def _landline(match: re.Match[str], extension: str, home: str) -> Phone:
    parts = match.groups()
    code, local, tail = parts if len(parts) == 3 else (None, *parts)
    if not code and not home:
        raise MalformedError("没有区号，也不知道是哪里的", mend="补上区号，如 0356-")
    where = code or home
    text = "-".join(filter(None, (where, local, extension or tail)))
    return Phone(text, "landline", where, assumed=not code)


def mail(text: str) -> str:
    """One mail address, the domain in small letters.

    Raises:
        MalformedError: it is none.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if not _MAIL.fullmatch(plain) or ".." in plain or len(plain) > 254:
        raise MalformedError("不是邮箱地址", mend="写成 name@example.cn 的样子")
    name, _, domain = plain.partition("@")
    return f"{name}@{domain.lower()}"


def shown(text: str) -> str:
    """A number or address for a screen: enough to know it by, a mobile or a name in a mail address not whole."""
    if _MOBILE.fullmatch(text):
        return f"{text[:3]}****{text[-4:]}"
    if "@" in text:
        name, _, domain = text.partition("@")
        return f"{name[:1]}***@{domain}"
    if re.fullmatch(r"[\d-]+", text):
        return text
    return f"{text[:2]}***" if len(text) > 3 else "***"


def unnumbered(text: str) -> str:
    """What somebody wrote, without any number or mail address in it."""
    return re.sub(r"\d(?:[\s-]?\d){4,}", "（数字）", re.sub(r"[^\s@<>，。；、]+@[^\s@<>，。；、]+", "（邮箱）", text))


def scrub(text: str) -> str:
    """A word of somebody outside, without any number in it, and short."""
    return unnumbered(" ".join(text.split()))[:60]
