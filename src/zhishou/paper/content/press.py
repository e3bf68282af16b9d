"""A press draft: what was decided and released, and nothing that was not; names of persons and unverified reports stay out."""

from __future__ import annotations

from zhishou.incident.casualties import CASUALTIES
from zhishou.incident.levels import LevelDecided, LevelEnded
from zhishou.paper import words
from zhishou.paper.case import Case, headquarters
from zhishou.paper.content.wish import Wish
from zhishou.paper.value import Block, Citation, Heading, Items, Paper, Signatures, Text, blank


def press_draft(case: Case, wish: Wish) -> Paper:
    """The draft for whoever releases information."""
    pack = case.pack(wish.plan)
    state = case.state
    releases = pack.aftermath.release
    clauses = tuple(dict.fromkeys(clause for one in releases for clause in one.clause))
    when = words.moment(state.occurred) if state.occurred else blank("发生时间")
    body: list[Block] = [
        Text(
            f"{when}，{'' if case.place in state.title else case.place}{words.occurring(state.title)}。{_steps(case, pack.id)}"
        )
    ]
    hurt = state.casualties
    counted = "、".join(f"{label}{hurt[kind]}人" for kind, label in CASUALTIES.items() if kind in hurt)
    until = f"截至{words.moment(case.at)}"
    body.append(Text(f"{until}，{counted}。" if counted else f"人员伤亡情况：{blank('人员伤亡情况')}（{until}）。"))
    body += [Text(f"对公众的提示：{blank('对公众的提示')}。"), Text("后续情况将及时发布。")]
    if state.releases:
        body += [Heading(1, "已发布的口径"), Items(tuple(
            f"{words.moment(one.signed.at)}，{one.channel}：{words.sentence(one.text)}" for one in state.releases
        ))]  # fmt: skip
    rules = [rule for one in releases for rule in one.rules]
    if rules:
        body += [Heading(1, "发布要求"), Text(f"{'；'.join(map(words.bare, rules))}（{words.clauses(clauses)}）。")]
    by = case.names(pack, (name for one in releases for name in one.by)) or blank("发布单位")
    provided = case.names(pack, (name for one in releases for name in one.provided_by))
    return Paper(
        kind="press_draft", area=state.area, issuer=headquarters(pack) if pack.plan.area == state.area else case.office(pack), title=f"关于{state.title}的新闻通稿（送审稿）",
        made=case.at, body=(*body, Signatures((f"供稿（{provided}）" if provided else "供稿", "审核", f"签发（{by}）"))),
        rests_on=(Citation(pack.id, clauses),) if clauses else (),
        basis=f"依据{words.cited(pack, clauses, numbered=True)}，由{by}发布；未经签发不得对外提供" if clauses
        else f"《{pack.plan.title}》没有规定信息发布，依据本值班室的规定；未经签发不得对外提供",
        event=case.newest, plan=pack.id, incident=state.id, exercise=state.exercise,
    )  # fmt: skip


def _steps(case: Case, plan: str) -> str:
    """What was decided, without who."""
    told, before = [], case.state.occurred
    for one in case.story:
        event = one.event
        if not isinstance(event, LevelDecided | LevelEnded) or event.plan != plan:
            continue
        when, before = words.later(one.at, before), one.at
        warning = event.ladder == "warning"
        label = words.level(event.level_label)
        if isinstance(event, LevelEnded):
            told.append(f"{when}{'解除' if warning else '结束'}{label}")
        elif event.change == "start":
            told.append(f"{when}{'发布' if warning else '启动'}{label}")
        else:
            told.append(f"{when}{'提高' if event.change == 'raise' else '降低'}为{label}")
    return f"{headquarters(case.packs[plan])}依据预案，{'，'.join(told)}。" if told else ""
