"""Every error the house raises, one small tree; it stands alone so that any room may raise and any door may catch.

A message says what is wrong; `where` names the place; `mend` says what to do about it, in words a duty officer
understands.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable


class ZhishouError(Exception):
    """Something is wrong that a person can mend.

    Args:
        message: what is wrong, one Chinese sentence.
        where: the place, for instance `response.yaml:12` or the name of a fact; empty where there is none.
        mend: what to do about it; empty where the message says so itself.
        path: the keys that lead to the place in the input, where the input is a document.
    """

    def __init__(self, message: str, *, where: str = "", mend: str = "", path: tuple[str | int, ...] = ()) -> None:
        self.message = message
        self.where = where
        self.mend = mend
        self.path = path
        super().__init__(str(self))

    def __str__(self) -> str:
        place = f"{self.where}：" if self.where else ""
        mend = f"（{self.mend}）" if self.mend else ""
        return f"{place}{self.message}{mend}"


class NotFoundError(ZhishouError):
    """A plan, area, level or rule was asked for that does not exist."""


class ProblemsError(ZhishouError):
    """Several things are wrong; `problems` holds every one found, not the first alone."""

    def __init__(self, problems: Iterable[ZhishouError]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class PackError(ProblemsError):
    """A pack or the lexicon cannot be loaded."""


class FactsError(ProblemsError):
    """Stated facts are not in the lexicon, have the wrong kind or unit, or values that cannot be."""


class RefusedError(ZhishouError):
    """A command may not be carried out: the wrong post, the wrong moment, or something the plan demands is missing.

    Args:
        message: what is refused and why.
        clause: the clauses that say so; empty where no plan is the reason.
        mend: who may, or what must come first.
        where: the plan or the part of the command concerned.
        code: short English code for programs: `post`, `own_proposal`, `state`, `missing`, `plan`,
            `unknown`, `time`, `conflict`, `order`.
    """

    def __init__(
        self, message: str, *, clause: tuple[str, ...] = (), mend: str = "", where: str = "", code: str = "state"
    ) -> None:
        self.clause = tuple(dict.fromkeys(clause))
        self.code = code
        super().__init__(message, where=where, mend=mend)

    def __str__(self) -> str:
        cited = f"〔{'、'.join(self.clause)}〕" if self.clause else ""
        place = f"{self.where}：" if self.where else ""
        mend = f"（{self.mend}）" if self.mend else ""
        return f"{place}{self.message}{cited}{mend}"


class DatabaseError(ZhishouError):
    """The database cannot be reached, is busy, full or damaged, or was made by another version of the software."""


class DamagedError(DatabaseError):
    """The database itself says that its file is damaged."""


class StaleError(ZhishouError):
    """Somebody else wrote to the stream first; read it again and decide anew.

    Args:
        stream: the stream.
        expected: the version that the command was decided on.
        actual: the version that the stream has.
    """

    def __init__(self, stream: str, expected: int, actual: int) -> None:
        self.stream, self.expected, self.actual = stream, expected, actual
        message = f"依据的是第 {expected} 条，现在已到第 {actual} 条：别人已先记了一笔"
        super().__init__(message, where=stream, mend="请看过最新情况再办")


class RepeatedKeyError(ZhishouError):
    """A command came with the key of an earlier one whose content was another."""


class JournalError(ZhishouError):
    """The record is broken, or what should be recorded cannot be."""


class DeniedError(ZhishouError):
    """Whoever asks is not let in; it says no more than it must, so that nobody learns which half was wrong.

    Args:
        message: what is refused.
        wants: what would let him in: `login`, `second_factor` or `new_password`.
        mend: what to do about it.
    """

    def __init__(self, message: str, *, wants: str = "login", mend: str = "") -> None:
        self.wants = wants
        super().__init__(message, mend=mend)


class TooManyError(ZhishouError):
    """Too many attempts; `retry_after` says in how many seconds one more is heard."""

    def __init__(self, message: str, *, retry_after: int, mend: str = "") -> None:
        self.retry_after = retry_after
        super().__init__(message, mend=mend)


class UntrustedError(ZhishouError):
    """A message is not signed as it must be: no signature, a broken or misplaced one, or one of somebody unknown.

    Args:
        message: what is wrong with it.
        unknown: True where the signature names a certificate that nobody here has decided to believe.
        mend: what to do about it.
    """

    def __init__(self, message: str, *, unknown: bool = False, where: str = "签名", mend: str = "") -> None:
        self.unknown = unknown
        super().__init__(message, where=where, mend=mend)


_MACHINE = {
    errno.ENOENT: "没有这个文件或文件夹", errno.EACCES: "没有权限", errno.EPERM: "没有权限", errno.EISDIR: "是文件夹，不是文件",
    errno.ENOTDIR: "路径中有一段不是文件夹", errno.EEXIST: "已有同名的文件", errno.ENOSPC: "磁盘满了", errno.EDQUOT: "配额用完了",
    errno.EROFS: "磁盘只能读", errno.EIO: "磁盘读写出错", errno.ENAMETOOLONG: "文件名太长", errno.EMFILE: "打开的文件太多",
    errno.ENFILE: "打开的文件太多", errno.ELOOP: "链接绕成了圈", errno.ENOTEMPTY: "文件夹不是空的",
    errno.EADDRINUSE: "已被占用", errno.EADDRNOTAVAIL: "本机没有这个地址",
}  # fmt: skip


def why(error: OSError) -> str:
    """What the machine says is wrong, in Chinese; what has no words here, as the machine says it."""
    return _MACHINE.get(error.errno or 0) or error.strerror or type(error).__name__
