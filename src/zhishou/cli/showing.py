"""One plan on paper: who, when, under what conditions, by when, in the order in which people ask."""

from __future__ import annotations

from collections.abc import Iterator

from zhishou.cli.words import KINDS, span
from zhishou.clock import minutes, months
from zhishou.plan.conditions import AllCondition, AnyCondition, Condition, NotCondition
from zhishou.plan.disposal import Step
from zhishou.plan.judge import ready
from zhishou.plan.ladder import Level, Measure
from zhishou.plan.pack import LADDER_LABELS, LadderKind, Pack


def told(pack: Pack) -> str:
    """The plan as text."""
    parts = [_identity(pack), _people(pack)]
    parts += [_ladder(pack, kind) for kind in pack.ladders]
    parts += [_cutting(pack), _reporting(pack), _disposal(pack), _after(pack), _support(pack), _annexes(pack)]
    return "\n\n".join("\n".join(part) for part in map(list, parts) if part)


def _clause(clause: tuple[str, ...]) -> str:
    return f"　〔{'、'.join(clause)}〕" if clause else ""


def _names(pack: Pack, names: tuple[str, ...]) -> str:
    return "、".join(pack.actor(name).label for name in names)


def _identity(pack: Pack) -> Iterator[str]:
    plan = pack.plan
    yield f"《{plan.title}》{plan.number}"
    yield f"  {plan.issuer}　{plan.issued} 印发　{plan.effective} 起施行　包 {pack.id} {plan.version}（{pack.digest[:8]}）"
    for old in plan.replaces:
        yield f"  废止　《{old.title}》{old.number}{_clause(old.clause)}"
    for item in plan.scope.covers:
        yield f"  适用　{pack.lexicon.subjects[item.subject].label}{f'（{item.note}）' if item.note else ''}{_clause(item.clause)}"
    for left in plan.scope.excludes:
        other = f"，转《{left.left_to}》" if left.left_to else ""
        yield f"  不适用　{pack.lexicon.subjects[left.subject].label}{other}{_clause(left.clause)}"
    if plan.note:
        yield f"  说明　{plan.note}"


def _people(pack: Pack) -> Iterator[str]:
    org = pack.organisation
    if org.headquarters:
        yield f"指挥部　{org.headquarters.label}{_clause(org.headquarters.clause)}"
    if org.office:
        yield f"  办公室设在{'、'.join(org.office.at)}{_clause(org.office.clause)}"
    for post in org.posts:
        yield f"  {post.label}　{'；'.join(post.held_by) or '原文未写由谁担任'}{_clause(post.clause)}"
    for listed in org.members:
        yield f"  成员单位（{len(listed.units)}）　{'、'.join(listed.units)}{_clause(listed.clause)}"
    for group in org.groups:
        members = f"；成员 {'、'.join(group.members)}" if group.members else ""
        yield f"  {group.label}　牵头 {'、'.join(group.lead) or '原文未写'}{members}{_clause(group.clause)}"


def _ladder(pack: Pack, kind: LadderKind) -> Iterator[str]:
    ladder = pack.ladders[kind]
    yield f"{LADDER_LABELS[kind]}{_clause(ladder.clause)}"
    for level in ladder.levels:
        yield from _level(pack, kind, level)
    for measure in ladder.measures:
        yield f"  各级　{_measure(pack, measure)}"
    for rule in ladder.ending:
        act, start = ("解除", "发布") if kind == "warning" else ("结束", "启动")
        own = "按各级所列" if any(level.ended_by for level in ladder.levels) else "原文未写由谁"
        if rule.grades:
            act = f"{act}（{'、'.join(rule.grades)}事故）"
        who = f"谁{start}谁{act}" if rule.by_starter else _names(pack, rule.by) or own
        yield f"  {act}　{who}　{'；'.join(rule.when)}{_clause(rule.clause)}"
    for special in ladder.exceptions:
        acts = [f"{_names(pack, special.approved_by)}批准"] if special.approved_by else []
        acts += (
            [f"{_names(pack, special.decided_by)}{'发布' if kind == 'warning' else '决定'}"]
            if special.decided_by
            else []
        )
        yield f"  特例　{special.case}：{' → '.join(acts)}{_clause(special.clause)}"
    for hand in ladder.hand_over:
        yield f"  移交　{hand.when}时移交{hand.to}{_clause(hand.clause)}"
    if ladder.contents:
        yield f"  内容须有　{'、'.join(ladder.contents)}{_clause(ladder.contents_clause)}"


def _level(pack: Pack, kind: LadderKind, level: Level) -> Iterator[str]:
    yield f"  ■ {level.label}{f'（{level.colour}色）' if level.colour else ''}{_clause(level.clause)}"
    if level.when is None:
        yield "      条件　原文没有写"
    else:
        yield from _condition(pack, kind, level, level.when, "      条件　", "      ")
    decide, end = ("发布", "解除") if kind == "warning" else ("决定", "结束")
    steps = [
        ("建议", level.proposed_by),
        ("批准", level.approved_by),
        (decide, level.decided_by),
        (end, level.ended_by),
    ]
    told_steps = " → ".join(f"{_names(pack, who)}{word}" for word, who in steps if who)
    yield f"      程序　{told_steps or '原文没有写'}{_clause(level.decision_clause)}"
    for measure in level.measures:
        yield f"      □ {_measure(pack, measure)}"


def _condition(
    pack: Pack, kind: LadderKind, level: Level, condition: Condition, first: str, indent: str
) -> Iterator[str]:
    match condition:
        case AnyCondition():
            inner, word = condition.any_, "之一"
        case AllCondition():
            inner, word = condition.all_, "全部"
        case NotCondition():
            inner, word = (condition.not_,), "不属于"
        case _:
            yield f"{first}{ready(condition, pack, kind, level.level).text}{_clause(condition.clause)}"
            return
    yield f"{first}（{word}）{_clause(condition.clause)}"
    for part in inner:
        yield from _condition(pack, kind, level, part, f"{indent}  · ", f"{indent}  ")


def _measure(pack: Pack, measure: Measure) -> str:
    who = _names(pack, measure.by) or "原文未写责任单位"
    time = f"，限{span(measure.within)}" if measure.within else ""
    often = f"，每{span(measure.every)}" if measure.every else ""
    return f"{measure.task}{f'（{measure.optional}）' if measure.optional else ''}　— {who}{time}{often}{_clause(measure.clause)}"


def _cutting(pack: Pack) -> Iterator[str]:
    classes = pack.lexicon.customer_classes
    cut = pack.curtailment
    if cut.orders or cut.protected:
        yield "压减与保障"
    for order in cut.orders:
        first = f"先压{'、'.join(classes[c].label for c in order.first)}，" if order.first else ""
        levels = "、".join(order.levels) + " 级" if order.levels else "各级"
        reserves = {"none": "", "part": "；动用部分储备", "all": "；动用全部储备"}[order.reserves]
        by = f"；由{_names(pack, order.by)}执行" if order.by else ""
        note = f"（{order.note}）" if order.note else ""
        cut_in = " → ".join(classes[c].label for c in order.order)
        yield f"  {levels}　{first}压减 {cut_in}{reserves}{by}{note}{_clause(order.clause)}"
    for item in cut.protected:
        yield f"  优先保障　{'、'.join(classes[c].label for c in item.classes)}{_clause(item.clause)}"


def _reporting(pack: Pack) -> Iterator[str]:
    report = pack.reporting
    if report.duties or report.targets:
        yield "信息报告"
    for duty in (*report.duties, *report.foreigners):
        time = f"限{span(duty.within)}" if duty.within else ""
        often = f"每{span(duty.every)}" if duty.every else ""
        grades = (
            f"（{'、'.join(duty.grades)}事故）"
            if duty.grades
            else f"（{'、'.join(duty.levels)}级）"
            if duty.levels
            else ""
        )
        yield f"  {KINDS[duty.kind]}{grades}　{_names(pack, duty.by)} → {_names(pack, duty.to)}　{time}{often}{_clause(duty.clause)}"
    for watch in report.monitoring:
        yield f"  监测　{_names(pack, watch.by)}　{watch.note}{_clause(watch.clause)}"
    for content in report.contents:
        yield f"  报告内容　{'、'.join(content.items)}{_clause(content.clause)}"
    for target in report.targets:
        yield f"  指标　{target.label}　— {_names(pack, target.owner)}{f'，期限 {target.by}' if target.by else ''}{_clause(target.clause)}"


def _disposal(pack: Pack) -> Iterator[str]:
    if pack.disposal.checklists:
        yield "现场处置清单"
    for checklist in pack.disposal.checklists:
        yield f"  {checklist.label}{_clause(checklist.clause)}"
        for step in checklist.steps:
            yield f"    □ {'严禁：' if step.forbidden else ''}{step.do}{_limit(step)}{_clause(step.clause)}"


def _limit(step: Step) -> str:
    if step.limit is None:
        return ""
    sign, figure = ("低于", step.limit.below) if step.limit.below is not None else ("不超过", step.limit.at_most)
    return f"（{step.limit.quantity}须{sign} {figure:g}{step.limit.unit}）"


def _after(pack: Pack) -> Iterator[str]:
    after = pack.aftermath
    if after.release or after.duties:
        yield "信息发布与后期处置"
    for release in after.release:
        yield f"  发布　{_names(pack, release.by)}　{'；'.join(release.rules)}{_clause(release.clause)}"
    for duty in after.duties:
        to = f"，报{_names(pack, duty.to)}" if duty.to else ""
        yield f"  {duty.what}　— {_names(pack, duty.by) or '原文未写责任单位'}{to}{_clause(duty.clause)}"


def _support(pack: Pack) -> Iterator[str]:
    support = pack.support
    if support.duties or support.exercises:
        yield "保障、培训与演练"
    for duty in support.duties:
        yield f"  {duty.what}　— {_names(pack, duty.by) or '原文未写责任单位'}{_clause(duty.clause)}"
    for exercise in support.exercises:
        timed = months(exercise.every or "") is not None or minutes(exercise.every or "") is not None
        every = f"，至少每 {span(exercise.every)}一次" if timed else f"，{span(exercise.every) or '未写间隔'}"
        word = {"training": "培训", "drill": "演练", "publicity": "宣传"}[exercise.kind]
        yield f"  {word}　{_names(pack, exercise.by)}{every}{_clause(exercise.clause)}"
    if pack.plan.revision:
        every = f"每{span(pack.plan.revision.every)}" if pack.plan.revision.every else "未写间隔"
        yield f"  修订　{every}{_clause(pack.plan.revision.clause)}"


def _annexes(pack: Pack) -> Iterator[str]:
    for listed in pack.contacts.lists:
        yield f"{listed.title}{_clause(listed.clause)}"
        for entry in listed.contacts:
            phone = "、".join(entry.phone) or ("个人手机，不入库" if entry.withheld else "")
            yield f"  {entry.unit}　{phone}{f'（传真 {chr(12289).join(entry.fax)}）' if entry.fax else ''}"
    for stock in pack.stocks.lists:
        yield f"{stock.unit}物资 {len(stock.items)} 项{_clause(stock.clause)}"
        for item in stock.items:
            amount = f"{item.quantity:g}{item.unit}" if item.quantity is not None else f"数量未写{item.unit}"
            yield f"  {item.category}　{item.name}　{item.model}　{amount}"
    for form in pack.forms.forms:
        yield f"{form.title}　{'、'.join(form.fields)}{_clause(form.clause)}"
