"""Which passwords are refused as too easy; pure. A list of leaked passwords is not shipped: what they are made of is.

After NIST SP 800-63B: length counts, no rules of composition, nothing expires; what is refused is what guessers try
first. So whatever is guessable — the person's own names, common words, years, runs on the keyboard, repetitions — is
taken out, and what is left must still be long enough.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from pydantic import SecretStr

from zhishou.errors import ZhishouError
from zhishou.people.passwords import LONGEST

SHORTEST = 12
"""Characters of a password; spaces count, so a phrase of several words serves."""

LEFT = 6
"""Characters that must be left, not counting repetitions, once all that is guessable is taken out."""

_COMMON = (
    "password", "passwd", "pa55w0rd", "p@ssw0rd", "p@ssword", "passw0rd", "letmein", "welcome", "iloveyou", "woaini",
    "admin", "administrator", "root", "guest", "test", "user", "login", "system", "zhishou", "zhiban", "yingji",
    "zhihui", "mima", "taiyuan", "jincheng", "yuncheng", "shanxi", "china", "zhongguo", "abc", "dragon", "monkey",
    "sunshine", "football", "qazwsx", "1qaz2wsx", "3edc4rfv", "zaq12wsx", "q1w2e3r4", "1q2w3e4r", "qwer", "asdf",
    "zxcv", "5201314", "1314520", "520", "1314", "888", "666", "168", "110", "119", "120", "12345",
    "密码", "值守", "值班", "应急", "指挥部", "管理员", "办公室", "晋城", "运城", "山西", "中国",
)  # fmt: skip

_ROWS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "!@#$%^&*()")
_RUNS = {
    row[start : start + 3]
    for line in _ROWS
    for row in (line, line[::-1])
    for start in range(len(row) - 2)
}  # fmt: skip

_YEAR = re.compile(r"(?:19|20)\d\d(?:(?:0?[1-9]|1[0-2])(?:0?[1-9]|[12]\d|3[01])?)?")
_REPEATED = re.compile(r"(.{1,8}?)\1{2,}")


def refuse_weak(password: SecretStr, own: Iterable[str]) -> None:
    """Refuse a password that is too short or too easily guessed.

    Args:
        password: the new password.
        own: what anybody may know of the person: login, name, unit.

    Raises:
        ZhishouError: it is refused; the message says why and never repeats it.
    """
    text = unicodedata.normalize("NFKC", password.get_secret_value())
    if len(text) < SHORTEST:
        raise ZhishouError(
            f"密码只有 {len(text)} 个字符，至少要 {SHORTEST} 个", mend="可用几个不相干的词连成一句，中间可有空格"
        )
    if len(text) > LONGEST:
        raise ZhishouError(f"密码超过 {LONGEST} 个字符", mend="请短一些")
    if len(set(_left(text.casefold(), own))) < LEFT:
        raise ZhishouError(
            "密码太容易猜到：去掉用户名、姓名、常用词、年份、连号和重复之后所剩无几",
            mend="换成几个不相干的词，例如一句只有自己知道的话",
        )


def _left(text: str, own: Iterable[str]) -> str:
    words = {part.casefold() for word in own for part in (word, *re.split(r"[\s._@-]+", word)) if len(part) > 1}
    for word in sorted({*words, *_COMMON}, key=len, reverse=True):
        text = text.replace(word, "\0").replace(word[::-1], "\0")
    text = _REPEATED.sub("\0", _YEAR.sub("\0", text))
    guessable = [any(text[at : at + 3] in _RUNS for at in range(max(0, i - 2), i + 1)) for i in range(len(text))]
    return "".join(sign for sign, out in zip(text, guessable, strict=True) if not out and sign not in "\0 ")
