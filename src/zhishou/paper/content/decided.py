"""Papers of a decision on a level: warning published and lifted; response started, adjusted, ended."""

from __future__ import annotations

import re
from dataclasses import dataclass

from zhishou.acts import Happened
from zhishou.errors import RefusedError
from zhishou.incident.filing import AssessmentFiled
from zhishou.incident.levels import LevelDecided, LevelEnded
from zhishou.incident.notices import NoticePublished
from zhishou.paper import words
from zhishou.paper.case import Case, headquarters
from zhishou.paper.content.measures import measures, recipients, reports, who
from zhishou.paper.content.wish import Wish
from zhishou.paper.value import Block, Citation, Heading, Items, Paper, Text, blank
from zhishou.plan.ladder import Level
from zhishou.plan.pack import Pack

_OBSERVED = re.compile(r"(?P<value>.*?)（(?P<source>[^（）]*(?:（[^（）]*）)?[^（）]*)）")


@dataclass(frozen=True)
class Decision:
    """A decision on record with all that a paper says of it."""

    case: Case
    pack: Pack
    event: LevelDecided
    happened: Happened

    @property
    def level(self) -> Level:
        """The level as the plan has it."""
        ladder = self.pack.warning if self.event.ladder == "warning" else self.pack.response
        found = next((one for one in (ladder.levels if ladder else ()) if one.level == self.event.level), None)
        if found is None:
            raise RefusedError(f"现行预案没有{self.event.level_label}", where=self.pack.plan.short, mend="核对预案版本")
        return found

    @property
    def assessed(self) -> AssessmentFiled | None:
        """What the assessment said, where it said the level that was decided."""
        found = self.case.assessment(
            self.pack, "warning" if self.event.ladder == "warning" else "response", self.happened
        )
        return found if found is not None and found.level == self.event.level else None

    @property
    def clauses(self) -> tuple[str, ...]:
        """The condition's clauses, the level's own, the procedure's."""
        condition = self.assessed.clause if self.assessed else self.level.clause
        return tuple(dict.fromkeys((*condition, *self.event.clause)))

    @property
    def grounds(self) -> str:
        """Why: the facts that were known, or the reason that was given."""
        if (found := self.assessed) is not None and found.facts:
            return "，".join(self._observed(id_, text) for id_, text in found.facts.items())
        proposal = self.case.state.proposals.get(self.event.proposal)
        reason = (proposal.reason if proposal else "") or self.event.note
        return words.bare(reason) if reason and not reason.startswith("原文") else ""

    def _observed(self, id_: str, text: str) -> str:
        label = self.case.lexicon.facts[id_].label if id_ in self.case.lexicon.facts else id_
        found = _OBSERVED.fullmatch(text)
        value = found["value"] if found else text
        if value in {"是", "否"}:
            return label if value == "是" else f"{label}：否"
        return f"{label}为{words.roman(words.closed(value))}"

    @property
    def by(self) -> str:
        """Who proposed and who decided."""
        proposal = self.case.state.proposals.get(self.event.proposal)
        decided = who(
            self.case, self.pack, self.event.authority, self.event.document,
            self.case.acting(self.pack, self.happened.post, self.happened.name),
        )  # fmt: skip
        if proposal is None:
            return decided
        return f"{self.case.signed(self.pack, proposal.proposed)}建议、{decided}"


def decision(case: Case, wish: Wish, ladder: str, changes: tuple[str, ...], missing: str) -> Decision:
    """The decision that a paper makes known.

    Raises:
        RefusedError: there is none on record, or it is another duty room's to make known.
    """
    pack = case.pack(wish.plan)
    for event, happened in case.events(LevelDecided):
        if (event.plan, event.ladder) == (pack.id, ladder) and event.change in changes:
            if pack.plan.area != case.state.area:
                raise RefusedError(
                    f"级别由{case.lexicon.areas[pack.plan.area].label}的指挥部决定，本值班室不发文",
                    where=pack.plan.short, mend="转发上级的文件，或出情况报告",
                )  # fmt: skip
            return Decision(case, pack, event, happened)
    raise RefusedError(missing, where=pack.plan.short, mend="先由有权的人决定，决定在案后再出文件")


def _paper(kind: str, one: Decision, title: str, body: tuple[Block, ...]) -> Paper:
    case, pack = one.case, one.pack
    return Paper(
        kind=kind, area=case.state.area, issuer=headquarters(pack), title=title, made=one.happened.at, body=body,
        to=recipients(case, pack), printed_by=case.office(pack), rests_on=(Citation(pack.id, one.clauses),),
        event=one.happened.position, plan=pack.id, incident=case.state.id, exercise=case.state.exercise,
    )  # fmt: skip


def warning_notice(case: Case, wish: Wish) -> Paper:
    """The notice of a warning that was decided."""
    one = decision(case, wish, "warning", ("start", "raise", "lower"), "没有发布预警的决定")
    pack, event = one.pack, one.event
    label = words.colour(event.level_label, event.colour)
    verb = {"start": "发布", "raise": "提高级别发布", "lower": "降低级别发布"}[event.change]
    grounds = f"目前，{one.grounds}。" if one.grounds else ""
    lead = (
        f"{grounds}依据{words.cited(pack, one.clauses, numbered=True)}，经{one.by}，"
        f"自{words.moment(one.happened.at)}起{verb}{label}。现将有关事项通知如下："
    )
    body: list[Block] = [Text(lead), Heading(1, "预警内容"), *_contents(one, label)]
    if doing := measures(case, pack, "warning", event.level):
        body += [Heading(1, "预警行动"), Items(doing)]
    if pack.warning and (rules := pack.warning.ending):
        conditions = words.listed(text for rule in rules for text in rule.when)
        clause = words.clauses(clause for rule in rules for clause in rule.clause)
        when = f"{conditions}的" if conditions else "预警条件消除的"
        body += [Heading(1, "预警解除"), Text(f"{when}，依据预案{clause}另行宣布解除。")]
    return _paper("warning_notice", one, f"关于发布{_subject(one)}{label}的通知", tuple(body))


def _subject(one: Decision) -> str:
    """What the warning is about, where its label does not say."""
    subject = one.case.lexicon.subjects.get(one.case.state.subject)
    return subject.label if subject and subject.label not in one.event.level_label else ""


def _contents(one: Decision, label: str) -> list[Block]:
    """What the plan wants in a notice: from the notice on record where there is one, otherwise what the record knows."""
    contents = one.pack.warning.contents if one.pack.warning else ()
    published = next(
        (event for event, happened in one.case.events(NoticePublished)
         if event.plan == one.pack.id and happened.position > one.happened.position), None,
    )  # fmt: skip
    known = {
        "预警级别": label, "起始时间": words.moment(one.happened.at), "影响范围": one.case.place,
        "发布机关": headquarters(one.pack), "预警事由": one.grounds or one.case.state.title,
    }  # fmt: skip
    wanted = contents or ("预警级别", "起始时间", "影响范围")
    said = dict(published.items) if published else {}
    found = []
    for item in wanted:
        same = next((text for word, text in known.items() if item.endswith(word)), "")
        # The record's own words for level, time and publisher; the notice's for all else.
        text = same if item.endswith(("预警级别", "起始时间", "发布机关")) and same else said.get(item, "") or same
        found.append(f"{item}：{words.sentence(text or blank(item))}")
    return [Items(tuple(found))]


def response_start(case: Case, wish: Wish) -> Paper:
    """The order that starts a response."""
    one = decision(case, wish, "response", ("start",), "没有启动应急响应的决定")
    label = words.level(one.event.level_label)
    return _paper("response_start", one, f"关于启动{label}的通知", _order(one, f"启动{label}"))


def response_adjustment(case: Case, wish: Wish) -> Paper:
    """The order that raises or lowers a response."""
    one = decision(case, wish, "response", ("raise", "lower"), "没有调整应急响应级别的决定")
    ladder = one.pack.response
    was = next((level.label for level in (ladder.levels if ladder else ()) if level.level == one.event.was), "")
    verb = "提高" if one.event.change == "raise" else "降低"
    now = words.level(one.event.level_label)
    adjust = f"将应急响应由{was.removesuffix('响应') or one.event.was}{verb}为{now.removesuffix('应急响应')}"
    body = _order(one, f"将{words.level(was)}{verb}为{now}" if was else adjust)
    return _paper("response_adjustment", one, f"关于{adjust}的通知", body)


def _order(one: Decision, act: str) -> tuple[Block, ...]:
    case, pack, event = one.case, one.pack, one.event
    state = case.state
    occurred = f"{words.moment(state.occurred)}，" if state.occurred else ""
    lead = (
        f"{occurred}{state.title}。{_ground(one)}，经{one.by}，"
        f"自{words.moment(one.happened.at)}起{act}。现将有关事项通知如下："
    )
    body: list[Block] = [Text(lead), Heading(1, "组织指挥"), Text(_command(one))]
    if doing := measures(case, pack, "response", event.level):
        body += [Heading(1, "处置措施"), Items(doing)]
    if told := reports(case, pack, event.level):
        body += [Heading(1, "信息报告"), Items(told)]
    return tuple(body)


def _ground(one: Decision) -> str:
    """On what it rests: what is known now, the condition that it fits, the procedure that is followed."""
    if one.assessed is None:
        now = f"目前，{one.grounds}。" if one.grounds else ""
        return f"{now}按照{words.cited(one.pack, one.clauses, numbered=True)}"
    now = f"目前，{one.grounds}，" if one.grounds else "有关情况"
    fits = f"{now}符合{words.cited(one.pack, one.assessed.clause, numbered=True)}规定的情形"
    procedure = tuple(clause for clause in one.event.clause if clause not in one.assessed.clause)
    return f"{fits}，按照预案{words.clauses(procedure)}规定的程序" if procedure else fits


def _command(one: Decision) -> str:
    """Who commands now."""
    case, pack = one.case, one.pack
    head = headquarters(pack)
    text = f"{head}统一领导、指挥和协调本次应急处置工作，日常工作由{case.name(pack, 'office')}承担。"
    scene = case.state.on_scene
    if scene is not None and scene.until is None and scene.plan == pack.id:
        text += f"现场指挥部设在{scene.place}，由{scene.commander}任现场指挥长。"
    if above := case.state.commanded_by.get(pack.id):
        text += f"指挥权已移交{above}，各单位服从其统一指挥。"
    return text


def response_end(case: Case, wish: Wish) -> Paper:
    """The order that ends a response."""
    return _end(case, wish, "response")


def warning_lifting(case: Case, wish: Wish) -> Paper:
    """The notice that a warning is lifted."""
    return _end(case, wish, "warning")


def _end(case: Case, wish: Wish, ladder: str) -> Paper:
    pack = case.pack(wish.plan)
    warning = ladder == "warning"
    missing = "没有解除预警的决定" if warning else "没有结束应急响应的决定"
    event, happened = case.last(LevelEnded, missing, plan=pack.id, ladder=ladder)
    if pack.plan.area != case.state.area:
        raise RefusedError("本值班室不发上级预案的文件", where=pack.plan.short, mend="转发上级的文件，或出情况报告")
    colour = next(
        (one.colour for one in (pack.warning.levels if pack.warning else ()) if one.level == event.level), None
    )
    label = words.colour(event.level_label, colour) if warning else words.level(event.level_label)
    state = case.state
    decided = who(case, pack, event.authority, event.document, case.acting(pack, happened.post, happened.name))
    act = "解除" if warning else "结束"
    since = f"自{words.moment(event.started)}{'发布预警' if warning else '启动应急响应'}以来，{state.title}的处置工作"
    since += f"持续{words.lasted(event.started, happened.at)}。"
    confirmed = f"预案规定的{act}条件已经确认，" if event.confirmed else ""
    lead = (
        f"{since}{confirmed}依据{words.cited(pack, event.clause, numbered=True)}，经{decided}，"
        f"自{words.moment(happened.at)}起{act}{label}。"
    )
    owed = () if warning else _after(case, pack)
    # One heading alone would be a first without a second.
    body: list[Block] = [Text(lead if owed or not event.confirmed else f"{lead}{act}条件的确认情况如下：")]
    if event.confirmed:
        body += [Heading(1, "确认情况")] if owed else []
        body += [Items(tuple(f"{condition}：{words.sentence(how)}" for condition, how in event.confirmed.items()))]
    if event.reason:
        body += [Text(words.sentence(f"有关说明：{event.reason}"))]
    if owed:
        body += [Heading(1, "后续工作"), Items(owed)]
    return Paper(
        kind="warning_lifting" if warning else "response_end", area=case.state.area, issuer=headquarters(pack),
        title=f"关于{'解除' if warning else '结束'}{label}的通知", made=happened.at, body=tuple(body),
        to=recipients(case, pack), printed_by=case.office(pack), rests_on=(Citation(pack.id, event.clause),),
        event=happened.position, plan=pack.id, incident=case.state.id, exercise=case.state.exercise,
    )  # fmt: skip


def _after(case: Case, pack: Pack) -> tuple[str, ...]:
    """What the plan wants done after the end."""
    found = []
    for one in pack.aftermath.duties:
        if one.grades:
            continue
        by = f"{case.names(pack, one.by)}：" if one.by else ""
        due = f"，{words.span(one.within)}办理" if one.within in words.SPANS else ""
        due = f"，{words.span(one.within)}内完成" if one.within and not due else due
        found.append(f"{by}{one.what}{due}（{words.clauses(one.clause)}）。")
    return tuple(found)
