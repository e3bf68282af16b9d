"""What a person may do to an incident now: as buttons beside what they are about, and as forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from zhishou.acts import Command
from zhishou.incident.cut_orders import title
from zhishou.incident.index import COMMANDS
from zhishou.incident.state import Incident
from zhishou.plan.load import Library
from zhishou.web.console.forms.asking import button, group, settled, words
from zhishou.web.console.pages import named
from zhishou.web.may import CommandMay, Option

BESIDE = {
    "proposal": "proposals", "task": "tasks", "directive": "directives", "resource": "resources", "property": "property",
    "query": "queries", "report": "reports",
}  # fmt: skip
"""Field by which a command is about one thing → where in the incident that thing stands."""
ELSEWHERE = {
    "draft_cut_list": "/supply/cuts?incident={id}#{id}", "adjust_cut_list": "/supply/cuts?incident={id}#{id}",
    "restore_gas": "/supply/cuts?incident={id}#{id}",
}  # fmt: skip
"""Commands that have a page of their own, and where it is."""
FIRST = (
    "add_note",
    "receive_report",
    "state_facts",
    "propose_level",
    "issue_task",
    "forward_report",
    "accept_task",
    "finish_task",
)
"""What a night mostly asks for, in the order of the buttons at the top."""


class Deeds:
    """The commands of one incident for one person.

    Args:
        state: the incident.
        may: what he may do, from `web/may.py`.
        library: for names.
    """

    def __init__(self, state: Incident, may: list[CommandMay], library: Library) -> None:
        self.state, self.library = state, library
        self.may = {one.command: one for one in may}

    def on(self, field: str, id_: str) -> list[tuple[str, str]]:
        """Buttons for one thing: words and address."""
        found = []
        for name, one in self.may.items():
            if name == "accept_task" and field == "task" and self.state.tasks[id_].status == "accepted":
                continue
            if one.may and any(option.fields.get(field) == id_ for option in one.options):
                found.append((button(COMMANDS[name]), self.address(name, {field: id_})))
        return found

    def address(self, name: str, about: Mapping[str, Any] | None = None) -> str:
        """Where the form of a command is."""
        query = {key: value for key, value in (about or {}).items() if isinstance(value, str | int) and value != ""}
        return f"/incidents/{self.state.id}/do/{name}" + (f"?{urlencode(query)}" if query else "")

    def can(self, name: str) -> bool:
        """Whether he may give it on anything."""
        return name in self.may and self.may[name].may

    def first(self) -> list[tuple[str, str]]:
        """The buttons at the top of the page."""
        return [(button(COMMANDS[name]), self.address(name)) for name in FIRST if self.can(name) and not _beside(name)]

    def grouped(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Everything that he may do, group by group."""
        groups: dict[str, list[tuple[str, str]]] = {id_: [] for id_ in words()["groups"]}
        for name in self.may:
            if self.can(name):
                groups[group(COMMANDS[name])].append((button(COMMANDS[name]), self.address(name)))
        return [(str(words()["groups"][id_]), found) for id_, found in groups.items() if found]

    def refused(self) -> list[CommandMay]:
        """What he may not do, with the reason; those that only the moment forbids are left out."""
        return [
            one
            for one in self.may.values()
            if not one.may and one.refused and one.refused.code in {"post", "own_proposal"}
        ]

    def describe(self, option: Option) -> str:
        """What a choice is about, in words."""
        about = settled(option)
        return title(str(about["list"])) if "list" in about else self._described(about)

    def _described(self, about: Mapping[str, Any]) -> str:
        state, library = self.state, self.library
        for field, kept in BESIDE.items():
            one: Any = getattr(state, kept).get(str(about.get(field, "")))
            if one is None:
                continue
            words_ = getattr(one, "text", "") or getattr(one, "what", "") or getattr(one, "label", "")
            if field == "report":
                words_ = f"{one.at:%H:%M} {named(library, one.sender)}：{one.text}"
            more = f"（{named(library, str(about['unit']))}签收）" if "unit" in about else ""
            return f"{words_}{more}"
        parts = []
        pack = library.packs.get(str(about.get("plan", "")))
        if "level" in about and pack is not None:
            ladder = {str(kind): one for kind, one in pack.ladders.items()}.get(str(about.get("ladder", "response")))
            level = next((one for one in ladder.levels if one.level == about["level"]), None) if ladder else None
            parts.append(level.label if level else str(about["level"]))
        elif "ladder" in about:
            active = state.active.get(f"{about.get('plan')}|{about['ladder']}")
            parts.append(
                active.label if active else {"warning": "预警", "response": "应急响应"}.get(str(about["ladder"]), "")
            )
        if "task" in about:
            parts.append(str(about["task"]))
        if "group" in about and pack is not None:
            parts.append(pack.actor(str(about["group"])).label)
        if "kind" in about:
            parts.append(
                str(
                    words()["commands"]["settle_aftermath"]["fields"]["kind"]["choices"].get(
                        about["kind"], about["kind"]
                    )
                )
            )
        if pack is not None and (len(state.plans) > 1 or not parts):
            parts.append(pack.plan.short)
        return "　".join(parts) or "本事件"


def _beside(name: str) -> bool:
    """Whether its buttons stand beside the things it is about, and not at the top."""
    kind: type[Command] = COMMANDS[name]
    return any(field in kind.model_fields and kind.model_fields[field].is_required() for field in BESIDE)
