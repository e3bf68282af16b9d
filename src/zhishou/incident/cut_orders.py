"""What a plan says of a list of cuts: who may be cut at the level in force, in which order, who signs, what comes back first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from pydantic import Field

from zhishou.acts import Amount, Command
from zhishou.errors import NotFoundError, RefusedError
from zhishou.incident.authority import Permitted, named
from zhishou.incident.changing import replace
from zhishou.incident.context import Context
from zhishou.incident.cut_list import NOTHING, CutList, ListedCut, OrderStep, breach, forced, spread
from zhishou.incident.state import Active, Incident
from zhishou.plan.curtailment import CutOrder
from zhishou.plan.pack import Pack
from zhishou.supply.curtail.powers import Powers, kinship, powers

STATUS: Mapping[str, str] = {
    "draft": "草稿", "signed": "已签发", "sent": "已下达", "ended": "已全部恢复", "replaced": "已由新清单替代",
}  # fmt: skip


class StepGiven(Command):
    """One class of the order."""

    customer_class: str
    called: str
    clause: tuple[str, ...]

    @property
    def value(self) -> OrderStep:
        """As the list keeps it."""
        return OrderStep(self.customer_class, self.called, self.clause)


class CutGiven(Command):
    """One line: a customer, and what it gives up hour by hour. Amounts in 万立方米 at 20 °C and 101.325 kPa."""

    customer: str
    called: str
    customer_class: str
    """As the lexicon has it; a part of a class goes with the class."""
    part: str = "shared"
    """`interruptible` 可中断部分, `turn` 名单次序, `shared` 按比例."""
    batch: int = Field(1, ge=1)
    area: str = ""
    supplier: str
    """Id of the reporter who supplies it."""
    supplier_label: str
    kept: Amount = Field(0.0, ge=0)
    most: tuple[Amount, ...] = Field(max_length=400)
    hours: tuple[Amount, ...] = Field(max_length=400)
    notice: Amount = Field(0.0, ge=0)
    """Hours of notice before it may be cut."""
    clause: tuple[str, ...] = ()
    step_class: str = ""
    """The class of the order under which it is cut; filled in where the list is drawn up."""

    def value(self, place: Mapping[str, int]) -> ListedCut:
        """As the list keeps it."""
        return ListedCut(
            self.customer, self.called, self.customer_class, place[self.step_class], self.batch, self.part, self.area,
            self.supplier, self.supplier_label, self.kept, self.most, self.hours, self.hours, self.notice, self.clause,
        )  # fmt: skip


def title(id_: str) -> str:
    """A list as people call it."""
    return f"第{id_.removeprefix('k')}号压减清单"


def list_of(state: Incident, id_: str, *status: str) -> CutList:
    """A list of the incident, in one of some states.

    Raises:
        RefusedError: there is none of this id, or it is past that.
    """
    found = state.cut_lists.get(id_)
    if found is None:
        known = "、".join(map(title, state.cut_lists)) or "无"
        raise RefusedError(f"没有“{id_}”这份压减清单", where="压减清单", mend=f"现有：{known}", code="missing")
    if status and found.status not in status:
        mend = {
            "draft": "先由有权的人签发",
            "signed": "要改，请重新起草一份，签发后替代这一份",
            "sent": "要改，请重新起草一份，签发后替代这一份",
            "ended": "如仍需压减，请重新起草",
            "replaced": "请看最新的一份",
        }[found.status]
        raise RefusedError(f"这份清单{STATUS[found.status]}", where=title(id_), mend=mend, code="state")
    return found


def of_list(one: CutList, plan: str, *status: str) -> bool:
    """Whether a list is of a plan and in one of some states."""
    return one.plan == plan and one.status in status


def level_of_list(state: Incident, pack: Pack, level: str) -> Active:
    """The response in force, which must be the list's.

    Raises:
        RefusedError: none is in force, or another level.
    """
    active = state.ladder(pack.id, "response")
    if active is None:
        raise RefusedError(
            "没有正在生效的应急响应，不得压减用气", clause=_clauses(pack.curtailment.orders), where=pack.plan.short,
            mend="先由有权的人决定启动响应", code="state",
        )  # fmt: skip
    if active.level != level:
        raise RefusedError(
            f"清单按{_label(pack, level)}算，正在生效的是{active.label}", clause=_clauses(pack.curtailment.orders),
            where=pack.plan.short, mend="按正在生效的级别重新起草", code="state",
        )  # fmt: skip
    return active


def _label(pack: Pack, level: str) -> str:
    levels = pack.response.levels if pack.response else ()
    return next((one.label for one in levels if one.level == level), level)


def _clauses(orders: Iterable[CutOrder]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(clause for order in orders for clause in order.clause))


def powers_of(pack: Pack, level: str, context: Context) -> Powers:
    """What a level lets be cut, with what the other plans of supply in force for the area protect.

    Raises:
        RefusedError: the level lets nothing be cut.
    """
    chain = context.lexicon.upward(pack.plan.area)
    others = [
        one for one in context.packs.values()
        if one.id != pack.id and one.plan.area in chain and one.in_force(context.at.date())
        and one.plan.kind in {"supply", "notice"}
    ]  # fmt: skip
    try:
        found = powers(pack, level, others)
    except NotFoundError as error:
        raise RefusedError(error.message, where=pack.plan.short, mend=error.mend, code="missing") from None
    if not found.steps:
        may = [_label(pack, one) for order in pack.curtailment.orders for one in order.levels]
        raise RefusedError(
            f"{_label(pack, level)}没有授权压减用气", clause=_clauses(pack.curtailment.orders), where=pack.plan.short,
            mend=f"可以压减的级别：{'、'.join(may)}；缺口扩大时先提级" if may else "本预案没有写明限停气的次序",
            code="plan",
        )  # fmt: skip
    return found


def signing(pack: Pack, level: str, state: Incident) -> Permitted:
    """Who signs a list: whom the order of cutting names, where that is a body or post of the plan; else its headquarters.

    Where the order names those who carry it out (counties, heating companies), they do so at the headquarters' word.
    """
    orders = [one for one in pack.curtailment.orders if not one.levels or level in one.levels]
    own = {"headquarters", "office", *(post.id for post in pack.organisation.posts)}
    names = [name for order in orders for name in order.by if name in own]
    return named(pack, names or ["headquarters"], state, _clauses(orders))


def drawn(
    given: Sequence[CutGiven], pack: Pack, level: str, apart: Mapping[str, str], context: Context
) -> tuple[tuple[StepGiven, ...], tuple[CutGiven, ...]]:
    """The order that holds, and the lines in it, each under its class.

    Raises:
        RefusedError: it cuts whom the plan protects or this level leaves alone, more than may be cut, or a later class
            before an earlier one without saying what keeps them apart.
    """
    own = powers_of(pack, level, context)
    if not given:
        raise RefusedError("清单没有压减任何用户", where=pack.plan.short, mend="不需要压减，就不必起草", code="missing")
    length = len(given[0].hours)
    lines = []
    for one in given:
        step = own.step_of(one.customer_class)
        if step is None:
            raise _left_alone(one, pack, own, context)
        if len(one.hours) != length or len(one.most) != length or not length:
            raise RefusedError(
                f"{one.called}的分时数与其他用户不一样长", where="压减清单", mend="各用户按同样的时段列", code="missing"
            )
        if any(not 0 <= cut <= most + NOTHING for cut, most in zip(one.hours, one.most, strict=True)):
            raise _too_much(one.called, sum(one.most), own.steps[step].clause, pack)
        lines.append(one.model_copy(update={"step_class": own.steps[step].customer_class}))
    order = tuple(
        StepGiven(customer_class=step.customer_class, called=step.label, clause=step.clause) for step in own.steps
    )
    place = {step.customer_class: number for number, step in enumerate(order)}
    lines.sort(key=lambda one: (place[one.step_class], one.batch))
    unsaid = forced([one.value for one in order], [one.value(place) for one in lines]) - set(apart)
    if unsaid:
        label = "、".join(step.label for step in order if step.customer_class in unsaid)
        raise RefusedError(
            f"压减{label}时，次序在前的类别还有余量", clause=_clauses(pack.curtailment.orders), where=pack.plan.short,
            mend="先压次序在前的；管道输不到、通知时间未到的，写明原因", code="order",
        )  # fmt: skip
    return order, tuple(lines)


def _left_alone(one: CutGiven, pack: Pack, own: Powers, context: Context) -> RefusedError:
    label = context.lexicon.customer_classes
    kind = label[one.customer_class].label if one.customer_class in label else one.customer_class
    family = kinship(one.customer_class, context.lexicon)
    guard = next((guard for guard in pack.curtailment.protected if set(family) & set(guard.classes)), None)
    if guard is not None or own.protection(one.customer_class):
        where = own.protection(one.customer_class) or pack.plan.short
        return RefusedError(
            f"{one.called}是{kind}用气，受保障，不得压减（{where}）", clause=guard.clause if guard else (),
            where=pack.plan.short, mend="从清单中去掉，改由次序中的类别承担", code="order",
        )  # fmt: skip
    return RefusedError(
        f"{one.called}（{kind}）不在{own.label}可压减的类别里", clause=_clauses(pack.curtailment.orders),
        where=pack.plan.short, mend=f"可压减：{'、'.join(step.label for step in own.steps)}", code="order",
    )  # fmt: skip


def _too_much(label: str, most: float, clause: tuple[str, ...], pack: Pack) -> RefusedError:
    return RefusedError(
        f"{label}压减超过可压的量 {most:.2f} 万立方米", clause=clause, where=pack.plan.short,
        mend="保安负荷、最低用量和通知时间未到的时段不能压；减少压减量，或放宽时段", code="order",
    )  # fmt: skip


def adjusted(
    one: CutList, number: int, amount: float, since: datetime | None, until: datetime | None, pack: Pack
) -> ListedCut:
    """A line of a list with another amount, or at other hours.

    Raises:
        RefusedError: there is no such line, or it cannot give so much.
    """
    if not 1 <= number <= len(one.lines):
        raise RefusedError(f"清单没有第 {number} 行", where="压减清单", mend=f"共 {len(one.lines)} 行", code="missing")
    line = one.lines[number - 1]
    within = [
        (since is None or one.moment(step) >= since) and (until is None or one.moment(step) < until)
        for step in range(len(line.hours))
    ]
    most = tuple(room if inside else 0.0 for room, inside in zip(line.most, within, strict=True))
    if amount > sum(most) + NOTHING:
        raise _too_much(line.label, sum(most), one.order[line.step].clause, pack)
    if abs(amount - line.cut) < NOTHING and all(
        cut == 0 or inside for cut, inside in zip(line.hours, within, strict=True)
    ):
        return line
    weights = line.hours if any(w > 0 and m > 0 for w, m in zip(line.hours, most, strict=True)) else most
    hours = spread(amount, weights, most)
    return replace(line, hours=tuple(round(cut, 6) for cut in hours))


def in_order(order: Sequence[OrderStep], lines: Sequence[ListedCut], pack: Pack, one: CutList) -> None:
    """Refuse lines that break the plan's order.

    Raises:
        RefusedError: a later class would be cut while an earlier one has room.
    """
    found = breach(order, lines)
    if found is None:
        return
    when = f"{one.moment(found.steps[0]):%d日%H时}" + ("等时段" if len(found.steps) > 1 else "")
    raise RefusedError(
        f"这样调整，{when}{found.earlier.label}还有可压的，就要压{found.later.label}，违背先后次序",
        clause=tuple(dict.fromkeys((*found.earlier.clause, *found.later.clause))), where=pack.plan.short,
        mend=f"在{found.earlier.label}各户之间调剂，或先少压{found.later.label}", code="order",
    )  # fmt: skip


def to_restore(id_: str, one: CutList, wanted: Sequence[int], pack: Pack) -> tuple[int, ...]:
    """The lines to be given back, checked against the order: what was cut last comes back first.

    Raises:
        RefusedError: there is no such line, it is back already, or one cut later is still waiting.
    """
    lines = tuple(dict.fromkeys(wanted))
    for number in lines:
        if not 1 <= number <= len(one.lines):
            raise RefusedError(
                f"清单没有第 {number} 行", where=title(id_), mend=f"共 {len(one.lines)} 行", code="missing"
            )
        if str(number) in one.restored:
            raise RefusedError(
                f"{one.lines[number - 1].label}已经恢复", where=title(id_), mend="去掉这一户再办", code="state"
            )
        if number not in one.waiting:
            raise RefusedError(
                f"{one.lines[number - 1].label}没有压减，不必恢复",
                where=title(id_),
                mend="去掉这一户再办",
                code="state",
            )
    lowest = min(one.lines[number - 1].step for number in lines)
    waiting = [one.lines[number - 1] for number in one.waiting if number not in lines]
    waiting = [line for line in waiting if line.step > lowest]
    if waiting:
        step = one.order[lowest]
        raise RefusedError(
            f"{one.order[waiting[0].step].label}压减在后，应先恢复（还有{'、'.join(line.label for line in waiting[:4])}）",
            clause=step.clause, where=pack.plan.short, mend=f"先恢复它们，再恢复{step.label}，或一并恢复", code="order",
        )  # fmt: skip
    return lines
