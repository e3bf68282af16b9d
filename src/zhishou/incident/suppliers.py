"""Bodies that an incident addresses, or that report to it, though no plan knows them, suppliers of gas above all; who answers for them.

It stands alone because three rooms ask the same: who may report in such a name, who sees what was reported, which names a
form offers.
"""

from __future__ import annotations

from collections.abc import Collection

from zhishou.incident.state import Incident


def answered_by(state: Incident) -> dict[str, frozenset[str]]:
    """Name, as directives address it or as it reported itself → the posts that answer for it."""
    found: dict[str, frozenset[str]] = {}
    for directive in state.directives.values():
        for name, posts in directive.posts.items():
            found[name] = found.get(name, frozenset()) | frozenset(posts)
    for report in state.reports.values():
        if report.post:
            found[report.sender] = found.get(report.sender, frozenset()) | {report.post}
    return found


def names_of(state: Incident, posts: Collection[str]) -> tuple[str, ...]:
    """The names for which somebody with these posts answers."""
    return tuple(name for name, answering in answered_by(state).items() if not answering.isdisjoint(posts))
