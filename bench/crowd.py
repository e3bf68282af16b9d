"""Many threads at once, each doing the same again and again for a while; ours and the peer's are timed by the very same lines."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from threading import Barrier, Thread


def crowd(acts: Sequence[Callable[[], object]], seconds: float) -> tuple[float, list[float]]:
    """Wall time until the last has ended, and the time of every single act, s.

    Args:
        acts: one for each thread.
        seconds: how long each goes on; what it has begun by then it finishes.
    """
    taken: list[list[float]] = [[] for _ in acts]
    failed: list[BaseException] = []
    start = Barrier(len(acts) + 1)

    def work(act: Callable[[], object], own: list[float]) -> None:
        start.wait()
        until = time.perf_counter() + seconds
        try:
            while (began := time.perf_counter()) < until:
                act()
                own.append(time.perf_counter() - began)
        except BaseException as error:  # noqa: BLE001 - a thread's failure must not pass for speed
            failed.append(error)

    threads = [Thread(target=work, args=pair) for pair in zip(acts, taken, strict=True)]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return time.perf_counter() - began, [one for own in taken for one in own]


def share(taken: Sequence[float], part: float) -> float:
    """The time within which this part of all were done (nearest rank): 0.5 the median, 0.99 all but one in a hundred."""
    ordered = sorted(taken)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]
