"""An assessment in Chinese for a tired duty officer: the answer first, then why, then what is still missing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from zhishou.assess.result import Assessment, Judged, LadderAssessment, LevelJudged, Raise, TargetJudged, Who
from zhishou.cli.words import span
from zhishou.plan.load import Library
from zhishou.plan.truth import Verdict

_RULE = "─" * 60
_MOST = 6


def told(answers: Iterable[Assessment], shelf: Library, at: datetime, area: str, note: str, *, measures: bool) -> str:
    """The whole answer."""
    every = list(answers)
    lines = [f"值守研判　{at:%Y-%m-%d %H:%M}　{shelf.lexicon.areas[area].label}"]
    if note:
        lines.append(f"※ {note}")
    silent: list[Assessment] = []
    for answer in every:
        if _says_something(answer):
            lines += [_RULE, *_plan(answer, shelf, measures=measures)]
        else:
            silent.append(answer)
    if silent:
        lines += [_RULE, "以下预案没有得到任何有关要素，无从研判（不等于“不够级别”）："]
        lines += [f"  · {answer.short}（{answer.number}）" for answer in silent]
    lines += [_RULE, "以上为研判建议。是否启动，由预案规定的人决定。"]
    return "\n".join(lines)


def _says_something(answer: Assessment) -> bool:
    return bool(
        answer.targets
        or any(ladder.level or ladder.gaps or ladder.margins or _known(ladder) for ladder in answer.ladders)
    )


def _known(ladder: LadderAssessment) -> bool:
    return any(_observed(level.condition) for level in ladder.levels if level.condition)


def _observed(judged: Judged) -> bool:
    return bool(judged.observed) or any(_observed(part) for part in judged.parts)


def _plan(answer: Assessment, shelf: Library, *, measures: bool) -> list[str]:
    lines = [f"【{answer.short}】{answer.number}　包版本 {answer.version}（{answer.digest[:8]}）"]
    for ladder in answer.ladders:
        lines += _ladder(answer, ladder, shelf, measures=measures)
    for stale in answer.stale:
        age = f"{_age(stale.age_minutes)}前" if stale.age_minutes >= 0 else "晚于研判时间"
        lines.append(f"  过时　{stale.label} {stale.text}（{age}，时效 {span(stale.shelf_life)}），按不清楚处理")
    if not answer.in_force:
        lines.append("  ⚠ 研判的这一天本预案不在施行期内，以下只供参考")
    if answer.note:
        lines.append(f"  说明　{answer.note}")
    lines += [line for target in answer.targets for line in _target(target)]
    return lines


def _ladder(answer: Assessment, ladder: LadderAssessment, shelf: Library, *, measures: bool) -> list[str]:
    lines: list[str] = []
    proposal = ladder.proposal
    if proposal is None and not _known(ladder) and any(level.condition for level in ladder.levels):
        asked = dict.fromkeys(
            shelf.lexicon.facts[fact].label for way in ladder.raises for need in way.needs for fact in need.facts
        )
        return [f"  {ladder.label}　没有得到有关要素，无从判断。要问：{'、'.join(asked)}"]
    if proposal is not None:
        verb = "建议发布" if ladder.ladder == "warning" else "建议启动"
        least = "（至少）" if ladder.at_least else ""
        colour = f"（{proposal.colour}色）" if proposal.colour and proposal.colour not in proposal.label else ""
        lines.append(f"  {ladder.label}　▶ {verb}{proposal.label}{colour}{least}")
        lines += [f"    依据　{_reason(reason)}" for reason in ladder.reasons]
        lines += _people(ladder, proposal)
    elif ladder.verdict is Verdict.UNKNOWN:
        if all(level.condition is None for level in ladder.levels):
            lines.append(f"  {ladder.label}　原文没有写各级条件，须由人研判")
        else:
            lines.append(f"  {ladder.label}　现有要素不够任何级别，但尚有要素不清楚")
    else:
        lines.append(f"  {ladder.label}　不够任何级别")
    lines += [f"    ⚠ 文本两可　{item.text}　〔{'、'.join(item.clause)}〕" for item in ladder.ambiguities]
    lines += [f"    ⚠ 文本空档　{gap.text}　〔{'、'.join(gap.clause)}〕" for gap in ladder.gaps]
    lines += [f"    {'距上一级' if m.direction == 'up' else '距下一级'}　{m.text}" for m in ladder.margins]
    lines += _raises(ladder.raises)
    if measures and proposal is not None:
        lines += _measures(answer, ladder, proposal, shelf)
    return lines


def _reason(reason: Judged) -> str:
    clause = f"〔{'、'.join(reason.clause)}〕" if reason.clause else ""
    seen = f"　现为 {reason.observed}" if reason.observed and reason.observed not in {"是", "已认定"} else ""
    who = (
        f"（{reason.source}{f'，{_age(reason.age_minutes)}前' if reason.age_minutes else ''}）" if reason.source else ""
    )
    return f"{reason.text}{seen}{who}　{clause}"


def _people(ladder: LadderAssessment, level: LevelJudged) -> list[str]:
    clause = f"　〔{'、'.join(level.decision_clause)}〕" if level.decision_clause else ""
    word = "发布" if ladder.ladder == "warning" else "决定"
    parts = []
    if level.proposed_by:
        parts.append(f"{_who(level.proposed_by)}建议")
    if level.approved_by:
        parts.append(f"{_who(level.approved_by)}批准")
    joint = "共同" if level.jointly else "" if len(level.decided_by) < 2 else "之一"
    if level.decided_by:
        parts.append(f"{_who(level.decided_by)}{joint}{word}")
    else:
        parts.append(f"原文没有写由谁{word}")
    lines = [f"    程序　{' → '.join(parts)}{clause}"]
    for case in level.cases:
        if case.verdict is Verdict.NOT_MET:
            continue
        acts = [f"{_who(case.approved_by)}批准"] if case.approved_by else []
        acts += [f"{_who(case.decided_by)}{word}"] if case.decided_by else []
        head = "⚠ 特例成立" if case.verdict is Verdict.MET else "特例"
        lines.append(f"    {head}　{case.case}：{' → '.join(acts)}　〔{'、'.join(case.clause)}〕")
    ended = "解除" if ladder.ladder == "warning" else "结束"
    starts = "发布" if ladder.ladder == "warning" else "启动"
    for ending in level.endings:
        grades = f"{'、'.join(ending.grades)}事故" if ending.grades else ""
        who = f"谁{starts}谁{ended}" if ending.by_starter else f"由{_who(ending.by)}{ended}"
        lines.append(f"    {ended}　{grades}{who}　〔{'、'.join(ending.clause)}〕")
    if not level.endings:
        lines.append(f"    {ended}　原文没有写由谁{ended}")
    return lines


def _who(people: tuple[Who, ...]) -> str:
    return "、".join(
        f"{who.label}（{'；'.join(who.holders)}）" if 0 < len(who.holders) <= 2 else who.label for who in people
    )


def _raises(raises: tuple[Raise, ...]) -> list[str]:
    if not raises:
        return []
    ways: dict[str, tuple[str, list[str]]] = {}
    judged: dict[str, str] = {}
    for way in raises:
        if way.judgement:
            judged.setdefault(way.label, f"{'且'.join(need.text for need in way.needs)}　〔{'、'.join(way.clause)}〕")
            continue
        words = f"{'，且'.join(need.text for need in way.needs)}　〔{'、'.join(way.clause)}〕"
        ways.setdefault(way.label, (way.label, []))[1].append(words)
    lines = ["    尚不清楚、可能提高级别的："] if ways else []
    for label, texts in ways.values():
        lines += [f"      若 {text} → {label}" for text in texts[:_MOST]]
        if len(texts) > _MOST:
            lines.append(f"      另有 {len(texts) - _MOST} 种情形 → {label}")
    if judged:
        lines.append(f"    另可由人认定提高：{'；'.join(f'{label} {words}' for label, words in judged.items())}")
    return lines


def _measures(answer: Assessment, ladder: LadderAssessment, level: LevelJudged, shelf: Library) -> list[str]:
    pack = shelf.packs[answer.plan]
    spec = next(item for item in pack.ladders[ladder.ladder].levels if item.level == level.level)  # type: ignore[index]
    lines = ["    措施："]
    for measure in (*spec.measures, *pack.ladders[ladder.ladder].measures):  # type: ignore[index]
        who = "、".join(pack.actor(name).label for name in measure.by) or "原文未写责任单位"
        time = f"，限{span(measure.within)}" if measure.within else ""
        case = f"（{measure.optional}）" if measure.optional else ""
        lines.append(f"      □ {measure.task}{case}　— {who}{time}　〔{'、'.join(measure.clause)}〕")
    return lines


def _target(target: TargetJudged) -> list[str]:
    owner = "、".join(who.label for who in target.owner)
    due = f"，期限 {target.due}" if target.due else ""
    seen = f"，现为 {target.observed}" if target.observed else ""
    state = {
        Verdict.MET: "已达到",
        Verdict.ARGUABLE: "恰在界上，是否达到原文未明",
        Verdict.UNKNOWN: "不清楚，没有报数",
        Verdict.NOT_MET: "逾期未达到" if target.overdue else "尚未达到" if target.due else "未达到（原文没有写期限）",
    }[target.verdict]
    mark = "⚠ " if target.verdict is Verdict.NOT_MET else ""
    return [f"  指标　{mark}{target.label}：{state}{seen}{due}　— {owner}　〔{'、'.join(target.clause)}〕"]


def _age(minutes: int | None) -> str:
    if minutes is None:
        return ""
    if minutes < 60:
        return f"{minutes} 分钟"
    return f"{minutes // 60} 小时" if minutes < 2880 else f"{minutes // 1440} 天"
