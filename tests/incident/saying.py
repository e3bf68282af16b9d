"""What commands may say, drawn at random: mostly sensible, sometimes wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from incident_room import Room

_UNITS = ("市应急局", "市公安局", "市能源局")


@dataclass(frozen=True)
class Saying:
    """Somebody about to speak, of an incident under some plans."""

    choose: Callable[[Sequence[Any]], Any]
    room: Room
    plans: tuple[str, ...]

    def of(self, *options: Any) -> Any:
        return self.choose(options)

    def id(self, ids: Iterable[str]) -> str:
        """One of the last few ids; one that is not there where there is none, and now and then."""
        known = list(ids)[-4:]
        return self.of(*known, *known, "x9")  # type: ignore[no-any-return]

    @property
    def plan(self) -> str:
        return self.of(*self.plans)  # type: ignore[no-any-return]

    def level(self) -> dict[str, Any]:
        plan = self.plan
        ladders = self.room.shelf.packs[plan].ladders
        kind = self.of(*sorted(ladders))
        level = self.of(*(one.level for one in ladders[kind].levels))
        return {"plan": plan, "ladder": kind, "level": level, "reason": "情况变化"}

    def ending(self) -> dict[str, Any]:
        keys = sorted(self.room.state.active) or [f"{self.plans[0]}|response"]
        plan, kind = self.of(*keys).split("|")
        rules = self.room.shelf.packs[plan].ladders[kind].ending
        wanted = self.of(*([rule.when for rule in rules] or [()]))
        return {
            "plan": plan,
            "ladder": kind,
            "confirmed": dict.fromkeys(self.of(wanted, wanted, wanted[:-1]), "已核实"),
        }

    def cuts(self) -> tuple[dict[str, Any], ...]:
        kinds = self.of(("industry", "commerce"), ("industry",), ("residential",), ("industry", "public_service"))
        return tuple(
            {
                "customer": f"c{number}", "called": f"第{number}户", "customer_class": kind, "batch": number,
                "supplier": "company", "supplier_label": "某燃气公司", "most": (2.0, 1.0), "hours": self.of((2.0, 1.0), (1.0, 0.5)),
            }
            for number, kind in enumerate(kinds, 1)
        )  # fmt: skip

    def recorded(self) -> dict[str, Any]:
        said = self.level()
        by = self.of(
            "省人民政府", "省人民政府", "市人民政府", "上级指挥部", "县级指挥部", "省指挥部", "市应急局", "commander"
        )
        level = self.of(said["level"], said["level"], "")
        return {
            "plan": said["plan"],
            "ladder": said["ladder"],
            "level": level,
            "by": by,
            "document": self.of("1号", "1号", ""),
        }

    def proposal(self, **more: Any) -> dict[str, Any]:
        waiting = [id_ for id_, one in self.room.state.proposals.items() if one.status == "open"]
        return {"proposal": self.of(*(waiting or ["p9"])), **more}


ARGUMENTS: Mapping[str, Callable[[Saying], dict[str, Any]]] = {
    "attach_plan": lambda s: {"plan": s.of("jincheng/hazchem-2020", "yuncheng/heating-2021", "x")},
    "fill_role": lambda s: {
        "role": s.of("事故发生单位", "市人民政府授权的部门", "县级指挥部"), "units": ("市应急局",),
        "document": s.of("", "2号"),
    },
    "correct_particulars": lambda s: {"title": "更名", "occurred": s.room.now, "reason": "核实"},
    "merge_incident": lambda s: {"into": s.of("x", "y"), "reason": s.of("同一事件", "", ""), "left": s.of("另行下达", "")},
    "unmerge_incident": lambda s: {"reason": s.of("并错了", "并错了", "")},
    "reopen_incident": lambda _: {"reason": "新情况"},
    "add_note": lambda _: {"text": "记"},
    "receive_report": lambda s: {
        "kind": s.of("first", "follow_up", "final", "return"), "how": s.of("phone", "written"),
        "sender": s.of("沁水县人民政府", "市住建局", "市应急局", "群众", "北石店镇人民政府"),
    },
    "verify_report": lambda s: {"report": s.id(s.room.state.reports)},
    "refute_report": lambda s: {"report": s.id(s.room.state.reports), "reason": "现场无异常"},
    "forward_report": lambda s: {
        "kind": s.of("first", "follow_up"), "how": s.of("phone", "written"),
        "to": s.of(("市委", "市政府", "上级有关部门"), ("省政府",), ("commander",), ()),
        "duty": s.of("", "", *list(s.room.state.duties)[-2:]),
    },
    "receive_query": lambda _: {"by": "省政府", "text": "情况？"},
    "enquire_below": lambda s: {"incident": s.of("qinshui-2026-0001", "beishidian-2026-0001", ""), "text": "情况？"},
    "answer_query": lambda s: {"query": s.id(s.room.state.queries), "text": "无"},
    "state_facts": lambda s: {
        "facts": s.of(
            {"deaths": {"value": 0}}, {"deaths": {"value": 3}}, {"deaths": {"at_least": 12}}, {"crosses_city": {"value": True}},
            {"crosses_city": {"value": False}}, {"crosses_county": {"value": True}}, {"city_gas_gap_pct": {"value": 7, "unit": "%"}},
            {"deaths": {"value": -1}},
        )
    },
    "correct_fact": lambda s: {"fact": s.id(s.room.state.facts), "reason": "误"},
    "give_judgement": Saying.level,
    "withdraw_judgement": Saying.level,
    "update_casualties": lambda s: {"counts": s.of({"deaths": 1}, {"deaths": 11}, {"abroad": 1}, {"abroad": 0})},
    "propose_level": Saying.level,
    "withdraw_proposal": lambda s: s.proposal(reason="不需要"),
    "approve_proposal": lambda s: s.proposal(),
    "refuse_proposal": lambda s: s.proposal(reason="不需要"),
    "decide_proposal": lambda s: s.proposal(),
    "decide_level": Saying.level,
    "record_decision": Saying.recorded,
    "record_approval": lambda s: s.proposal(by="省人民政府", document="3号"),
    "end_level": Saying.ending,
    "publish_notice": lambda s: {"plan": s.plan, "channels": ("广播",)},
    "issue_measure": lambda s: {"plan": s.plan, "task": s.of("协调有关力量援助", "以其他能源替代")},
    "issue_task": lambda s: {"plan": s.plan, "text": "到现场", "by": (s.of(*_UNITS),)},
    "accept_task": lambda s: {"task": s.id(s.room.state.tasks), "note": "电话"},
    "finish_task": lambda s: {"task": s.id(s.room.state.tasks), "note": "已办"},
    "refuse_task": lambda s: {"task": s.id(s.room.state.tasks), "reason": "无车"},
    "cancel_task": lambda s: {"task": s.id(s.room.state.tasks), "reason": "误"},
    "issue_directive": lambda s: {"plan": s.plan, "text": "核实", "to": (s.of(*_UNITS),)},
    "acknowledge_directive": lambda s: {
        "directive": s.id(s.room.state.directives), "unit": s.of(*_UNITS), "note": "电话",
    },
    "draft_cut_list": lambda s: {"plan": s.plan, "level": s.of("II", "I", "III", "IV"), "since": s.room.now, "lines": s.cuts()},
    "adjust_cut_list": lambda s: {
        "list": s.id(s.room.state.cut_lists), "reason": s.of("检修", "检修", ""),
        "changes": ({"line": s.of(1, 2, 3), "amount": s.of(0, 0.5, 1.5, 9)},),
    },
    "sign_cut_list": lambda s: {"list": s.id(s.room.state.cut_lists)},
    "send_cut_list": lambda s: {"list": s.id(s.room.state.cut_lists)},
    "restore_gas": lambda s: {"list": s.id(s.room.state.cut_lists), "lines": s.of((1,), (2,), (1, 2)), "note": "缺口已补"},
    "hand_over_command": lambda s: {"plan": s.plan, "to": "省指挥部", "document": "4号", "situation": "稳定"},
    "take_back_command": lambda s: {"plan": s.plan, "document": "5号"},
    "set_up_on_scene": lambda s: {"plan": s.plan, "commander": "张三", "place": "现场"},
    "dissolve_on_scene": lambda s: {"plan": s.plan, "reason": "毕"},
    "set_up_group": lambda s: {"plan": s.plan, "group": s.of("rescue", "security", "x")},
    "appoint_unit": lambda s: {"plan": s.plan, "unit": s.of(*_UNITS)},
    "open_checklist": lambda s: {"plan": s.plan, "checklist": s.of("general", "fire", "x")},
    "check_step": lambda s: {"checklist": s.id(s.room.state.checklists), "step": s.of(0, 1, 2, 3), "note": "已"},
    "request_resource": lambda s: {"plan": s.plan, "what": "车", "quantity": s.of(0.3, 2, 0), "owner": "市应急局"},
    "lend_resource": lambda s: {"resource": s.id(s.room.state.resources), "quantity": s.of(0.1, 0.2, 1)},
    "refuse_resource": lambda s: {"resource": s.id(s.room.state.resources), "reason": "无"},
    "return_resource": lambda s: {"resource": s.id(s.room.state.resources), "quantity": s.of(0.1, 0.2, 1)},
    "requisition_property": lambda s: {"plan": s.plan, "what": "吊车", "owner": "某公司"},
    "return_property": lambda s: {"property": s.id(s.room.state.property)},
    "compensate_property": lambda s: {"property": s.id(s.room.state.property), "amount": 1, "approval": s.of("", "已批")},
    "release_information": lambda s: {"plan": s.plan, "text": "通报", "channel": "电视"},
    "settle_aftermath": lambda s: {
        "plan": s.plan, "kind": s.of("insurance", "relief", "settlement"), "what": "办理",
        "duty": s.of("", *s.room.duties("insurance")),
    },
    "file_review": lambda s: {"plan": s.plan, "text": "评估"},
    "propose_plan_change": lambda s: {"plan": s.plan, "clause": s.of("4.1", "x"), "text": "改"},
    "close_incident": lambda s: {"reason": s.of("", "", "移交")},
}  # fmt: skip
