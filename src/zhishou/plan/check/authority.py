"""Who decides: levels without a decider, deciders without a deputy, proposers who decide on their own proposal."""

from __future__ import annotations

from collections.abc import Iterator

from zhishou.plan.check.finding import Finding, joined
from zhishou.plan.conditions import GradeCondition, leaves
from zhishou.plan.ladder import Ladder, Level
from zhishou.plan.pack import LADDER_LABELS, LadderKind, Pack


def findings(pack: Pack) -> Iterator[Finding]:
    """Everything wrong with the authority in one plan."""
    for kind, ladder in pack.ladders.items():
        yield from _without_decider(pack, kind)
        yield from _without_ender(pack, kind)
        if kind == "response":
            yield from _without_deputy(pack)
            yield from _own_proposal(pack)
            yield from _two_posts(pack)
            yield from _other_ender(pack)
            for rule in ladder.adjusting:
                yield from _two_rules(pack, kind, rule.by, rule.clause)
    yield from _joint(pack)
    yield from _measures(pack)
    scene = pack.organisation.on_scene
    if scene is not None and not scene.commander:
        lead = f"，只写{joined(scene.lead)}牵头" if scene.lead else ""
        yield Finding(
            "authority.no-commander", (pack.id,), joined(scene.clause),
            f"{scene.label}没有写由谁任指挥长{lead}",
            "the on-scene headquarters has no commander",
            {"lead": list(scene.lead)}, pack.place("organisation", "on_scene"),
        )  # fmt: skip


def _labels(pack: Pack, names: tuple[str, ...]) -> str:
    return joined([pack.actor(name).label for name in names])


def _without_decider(pack: Pack, kind: LadderKind) -> Iterator[Finding]:
    ladder = pack.ladders[kind]
    for index, level in enumerate(ladder.levels):
        elsewhere = any(level.level in special.levels and special.decided_by for special in ladder.exceptions)
        if not level.decided_by and not elsewhere:
            yield Finding(
                "authority.none", (pack.id,), joined(level.decision_clause or level.clause),
                f"{LADDER_LABELS[kind]}：没有写{level.label}由谁决定",
                f"{kind}: nobody is named to decide level {level.level}",
                {"level": level.level}, pack.place(kind, "levels", index),
            )  # fmt: skip


def _without_ender(pack: Pack, kind: LadderKind) -> Iterator[Finding]:
    ladder = pack.ladders[kind]
    if any(rule.by or rule.by_starter for rule in ladder.ending):
        return
    open_ = [level for level in ladder.levels if not level.ended_by]
    if open_:
        word = "解除" if kind == "warning" else "结束"
        yield Finding(
            "authority.no-ender", (pack.id,), joined(list(dict.fromkeys(c for level in open_ for c in level.clause))),
            f"{LADDER_LABELS[kind]}：没有写{joined([level.label for level in open_])}由谁{word}",
            f"{kind}: nobody is named to end or lift {', '.join(level.level for level in open_)}",
            {"levels": [level.level for level in open_]}, pack.place(kind),
        )  # fmt: skip


def _two_posts(pack: Pack) -> Iterator[Finding]:
    """Levels proposed by the office and decided by a post that the office's own director also holds."""
    posts = {post.id: post for post in pack.organisation.posts}
    director = posts.get("office_director")
    if director is None:
        return
    for index, level in enumerate(pack.ladders["response"].levels):
        for name in level.decided_by:
            same = set(posts[name].held_by) & set(director.held_by) if name in posts and name != director.id else set()
            if same and "office" in level.proposed_by:
                yield Finding(
                    "authority.two-posts", (pack.id,), joined([*director.clause, *(level.decision_clause or level.clause)]),
                    f"{joined(sorted(same))}既是{director.label}又是{posts[name].label}，{level.label}由其建议也可由其决定",
                    f"the same person is {director.id} and {name}, and may decide level {level.level} on the office's own proposal",
                    {"person": sorted(same), "level": level.level}, pack.place("response", "levels", index),
                )  # fmt: skip


def _without_deputy(pack: Pack) -> Iterator[Finding]:
    """Levels that hang on one post for which nobody may act."""
    posts = {post.id: post for post in pack.organisation.posts}
    stand_in = {covered for post in posts.values() for covered in post.acts_for}
    alone: dict[str, list[Level]] = {}
    for level in pack.ladders["response"].levels:
        sole = level.decided_by[0] if len(level.decided_by) == 1 else ""
        if sole in posts and sole not in stand_in and len(posts[sole].held_by) < 2:
            alone.setdefault(sole, []).append(level)
    for post, levels in alone.items():
        clauses = [clause for level in levels for clause in level.decision_clause or level.clause]
        yield Finding(
            "authority.no-deputy", (pack.id,), joined(list(dict.fromkeys(clauses))),
            f"{joined([level.label for level in levels])}只能由{posts[post].label}一人决定，全文没有写其不在时由谁代行",
            f"levels {', '.join(level.level for level in levels)} hang on the {post} alone, and nobody may act for that post",
            {"post": post, "held_by": list(posts[post].held_by)},
            pack.place("response", "levels", pack.ladders["response"].levels.index(levels[0])),
        )  # fmt: skip


def _own_proposal(pack: Pack) -> Iterator[Finding]:
    """Levels that whoever proposes also decides: the office and its own director count as one."""
    for index, level in enumerate(pack.ladders["response"].levels):
        proposers, deciders = set(level.proposed_by), set(level.decided_by)
        heads = {"office": "office_director"}
        same = proposers & deciders | {name for name in proposers if heads.get(name) in deciders}
        if same and deciders <= same | {heads.get(name, "") for name in same}:
            yield Finding(
                "authority.self-approval", (pack.id,), joined(level.decision_clause or level.clause),
                f"{level.label}由{_labels(pack, level.proposed_by)}建议，又由{_labels(pack, level.decided_by)}决定，没有第二人把关",
                f"level {level.level} is proposed and decided by the same office",
                {"proposed_by": list(level.proposed_by), "decided_by": list(level.decided_by)},
                pack.place("response", "levels", index),
            )  # fmt: skip


def _other_ender(pack: Pack) -> Iterator[Finding]:
    ladder = pack.ladders["response"]
    if any(rule.by_starter for rule in ladder.ending):
        return
    for index, level in enumerate(ladder.levels):
        enders, ended_clause = _enders(ladder, level)
        if enders and not set(enders) & {"headquarters", *level.decided_by}:
            clauses = [*(level.decision_clause or level.clause), *ended_clause]
            yield Finding(
                "authority.end-differs", (pack.id,), joined(list(dict.fromkeys(clauses))),
                f"{level.label}由{_labels(pack, level.decided_by)}启动，却由{_labels(pack, enders)}结束",
                f"level {level.level} is started by {', '.join(level.decided_by)} and ended by {', '.join(enders)}",
                {"decided_by": list(level.decided_by), "ended_by": list(enders)},
                pack.place("response", "levels", index),
            )  # fmt: skip


def _enders(ladder: Ladder, level: Level) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who ends a level, and where it says so: the level's own rule, or the rule for the grades that lead to it."""
    if level.ended_by:
        return level.ended_by, level.ended_clause
    grades = {leaf.grade for leaf in leaves(level.when) if isinstance(leaf, GradeCondition) and leaf.of == "actual"}
    for rule in ladder.ending:
        if rule.grades and grades & set(rule.grades):
            return rule.by, rule.clause
    return (), ()


def _two_rules(pack: Pack, kind: LadderKind, by: tuple[str, ...], clause: tuple[str, ...]) -> Iterator[Finding]:
    """A general clause that lets somebody decide whom no level names."""
    deciders = {name for level in pack.ladders[kind].levels for name in level.decided_by}
    others = [name for name in by if name not in deciders | {"headquarters", "on_scene", "superior"}]
    if others and deciders:
        yield Finding(
            "authority.two-rules", (pack.id,), joined(clause),
            f"{LADDER_LABELS[kind]}的变更权给了{_labels(pack, tuple(others))}，而各级由{_labels(pack, tuple(sorted(deciders)))}决定，两处规定不一",
            f"{kind}: {', '.join(others)} may change the level, yet {', '.join(sorted(deciders))} decide it",
            {"adjusting": others, "deciding": sorted(deciders)}, pack.place(kind, "adjusting"),
        )  # fmt: skip


def _joint(pack: Pack) -> Iterator[Finding]:
    """Posts that several fill, that nobody fills, and deputies without any power."""
    deciders = {name for ladder in pack.ladders.values() for level in ladder.levels for name in level.decided_by}
    for index, post in enumerate(pack.organisation.posts):
        place = pack.place("organisation", "posts", index)
        if not post.held_by:
            yield Finding(
                "authority.vacant-post", (pack.id,), joined(post.clause), f"{post.label}由谁担任没有写",
                f"nobody is named to fill the post of {post.id}", {"post": post.id}, place,
            )  # fmt: skip
        if "deputy" in post.id and post.id not in deciders and not post.acts_for:
            yield Finding(
                "authority.idle-post", (pack.id,), joined(post.clause),
                f"设了{post.label}，但全文没有给其启动、批准或代行的权力",
                f"the post of {post.id} exists and has no power anywhere", {"post": post.id}, place,
            )  # fmt: skip
    for index, post in enumerate(pack.organisation.posts):
        if post.id in {"commander", "office_director"} and len(post.held_by) > 1:
            yield Finding(
                "authority.joint-post", (pack.id,), joined(post.clause),
                f"{post.label}由{joined(post.held_by)}兼任，意见不一时谁说了算没有规定",
                f"the post of {post.id} is filled by {len(post.held_by)} people at once",
                {"held_by": list(post.held_by)}, pack.place("organisation", "posts", index),
            )  # fmt: skip
        levels = [level for level in _response_levels(pack) if post.id in level.decided_by]
        if "deputy" in post.id and len(post.held_by) > 1 and levels:
            clauses = [*post.clause, *(clause for level in levels for clause in level.decision_clause or level.clause)]
            yield Finding(
                "authority.joint-post", (pack.id,), joined(list(dict.fromkeys(clauses))),
                f"{post.label}有 {len(post.held_by)} 人（{joined(post.held_by)}），可决定{joined([level.label for level in levels])}，没有写由哪一位",
                f"the post of {post.id}, which may decide level {', '.join(level.level for level in levels)}, "
                f"is filled by {len(post.held_by)} people",
                {"held_by": list(post.held_by)}, pack.place("organisation", "posts", index),
            )  # fmt: skip


def _response_levels(pack: Pack) -> tuple[Level, ...]:
    return pack.response.levels if pack.response is not None else ()


def _measures(pack: Pack) -> Iterator[Finding]:
    for kind, ladder in pack.ladders.items():
        groups = [(level.label, level.measures, ("levels", i)) for i, level in enumerate(ladder.levels)]
        for label, measures, path in [*groups, (LADDER_LABELS[kind], ladder.measures, ())]:
            bare = [measure for measure in measures if not measure.by]
            if bare:
                clauses = list(dict.fromkeys(clause for measure in bare for clause in measure.clause))
                yield Finding(
                    "measure.no-unit", (pack.id,), joined(clauses),
                    f"{label}有 {len(bare)} 项措施没有写责任单位：{joined([measure.task for measure in bare])}",
                    f"{len(bare)} measures of {kind} name nobody who owes them",
                    {"measures": [measure.task for measure in bare]}, pack.place(kind, *path),
                )  # fmt: skip
