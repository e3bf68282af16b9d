"""The content lock: a pack whose rules changed without a new version is found out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from zhishou.errors import ZhishouError
from zhishou.plan.pack import Pack


def entries(packs: Mapping[str, Pack]) -> dict[str, dict[str, str]]:
    """Pack id → version and digest, as the lock keeps them."""
    return {id_: {"version": pack.plan.version, "digest": pack.digest} for id_, pack in sorted(packs.items())}


def problems(packs: Mapping[str, Pack], lock: Mapping[str, Mapping[str, str]]) -> Iterator[ZhishouError]:
    """Every pack that does not agree with the lock."""
    for id_, pack in packs.items():
        kept = lock.get(id_)
        if kept is None:
            yield ZhishouError("内容锁里没有这个预案包", where=id_, mend="运行 zhishou plan lock")
        elif kept["digest"] != pack.digest and kept["version"] == pack.plan.version:
            yield ZhishouError(
                f"规则改了而版本仍是 {pack.plan.version}", where=id_,
                mend="在 plan.yaml 里提高 version，再运行 zhishou plan lock",
            )  # fmt: skip
        elif kept["digest"] != pack.digest or kept["version"] != pack.plan.version:
            yield ZhishouError(
                f"版本 {pack.plan.version} 与内容锁里的 {kept['version']} 不符",
                where=id_,
                mend="运行 zhishou plan lock",
            )
    for id_ in lock.keys() - packs.keys():
        yield ZhishouError("内容锁里有而包已不在", where=id_, mend="运行 zhishou plan lock")
