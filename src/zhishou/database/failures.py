"""What a failure of the database means to a person, where, and the mend; it stands alone so that every door says it alike."""

from __future__ import annotations

from sqlalchemy import Engine

from zhishou.errors import DamagedError, DatabaseError


def place(engine: Engine) -> str:
    """Where the database is, without its password: for messages."""
    url = engine.url
    return url.database or "" if engine.dialect.name == "sqlite" else url.render_as_string(hide_password=True)


def told(engine: Engine, error: Exception) -> DatabaseError:
    """What a failure of the database means, where, and the mend."""
    where = place(engine)
    original = getattr(error, "orig", error)
    state = getattr(original, "sqlstate", None) or ""
    text = str(original).strip().splitlines()[0] if str(original).strip() else type(original).__name__
    if state in {"XX001", "XX002"} or any(word in text for word in ("malformed", "not a database", "Could not decode")):
        return DamagedError("数据库文件坏了，或不是数据库", where=where, mend="停止使用，从备份恢复")
    for words, states, message, mend in _MEANINGS:
        if state in states or any(word in text for word in words):
            return DatabaseError(message, where=where, mend=mend)
    if getattr(error, "connection_invalidated", False) or not state:
        return DatabaseError(f"数据库连不上：{text}", where=where, mend="核对地址、端口和数据库服务是否在运行")
    return DatabaseError(f"数据库报错：{text}", where=where, mend="把这句话告诉维护人员")


_MEANINGS: tuple[tuple[tuple[str, ...], frozenset[str], str, str], ...] = (
    (("is locked",), frozenset({"55P03"}), "数据库正忙，等了很久也没有轮到", "稍后再试；若有备份或升级正在进行，等它结束"),
    (("is full",), frozenset({"53100"}), "磁盘满了", "腾出空间再试"),
    (("readonly", "unable to open"), frozenset({"25006"}), "数据库文件打不开或不能写", "核对文件夹是否存在、权限是否够"),
    (("disk I/O",), frozenset({"58030"}), "磁盘读写出错", "检查磁盘；必要时从备份恢复"),
    (("no such table",), frozenset({"42P01"}), "里面没有值守的表", "核对地址；新库先由 zhishou serve 建好"),
    (("password authentication", "no password"), frozenset({"28P01", "28000"}), "用户名或口令不对", "核对数据库地址里的用户名和口令"),
    (("does not exist",), frozenset({"3D000"}), "没有这个数据库", "先请维护人员建库，或核对地址里的库名"),
    (("QueuePool",), frozenset(), "数据库的连接都在用，等不到空的", "稍后再试"),
)  # fmt: skip
