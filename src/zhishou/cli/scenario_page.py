"""docs/scenarios.md: the format of a drill's scenario from its models, and the scenarios that come with the house."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from zhishou.drill import shipped
from zhishou.drill.reading import KEPT, read_scenario
from zhishou.drill.scenario import Scenario
from zhishou.plan.base import Model
from zhishou.plan.load import Library

_INTRODUCTION = """
A drill is a YAML file: duty rooms, people in posts, a timeline of steps, and what is expected of it. It runs on a simulated clock through the very
desk that a duty room uses; the clock jumps from one due moment to the next. The record is an exercise from its first line, a real record refuses it,
and the desk of a drill has nobody to send anything to.

```sh
zhishou drill list                     # the scenarios shipped, one for each plan with levels
zhishou drill run gas-winter-2021      # in memory: the story, what was not met (file:line), the score, the verified seal
zhishou drill run FILE --database sqlite:///drill.db [--brief] [--format json]
zhishou drill schema --write scenario.schema.json
```

Exit code 0 where everything came as expected and the record is whole, 1 where not, 2 where the file is not right; then every slip is told with file, line
and mend, and nothing is run. The same text gives the same record, seal and all.

Expectations come from the official text and cite its clause, so that a scenario is a check of the pack and of the house as well as of the people. A
cited clause that the plan's ledger does not have is refused. Facts, figures and names are made up, and `note` says so.

```yaml
title: 小演练
note: 人物和数字虚构
plans: [gas-winter-2021]
start: 2026-12-15T16:00
rooms: [jincheng]
people:
  duty: {name: 程甲, posts: [duty:jincheng]}
  director: {name: 郭乙, posts: [office_director]}
  commander: {name: 王丙, posts: [commander]}
steps:
  - by: duty
    give: open_incident
    with: {title: 缺气, subject: gas_supply_shortage, place: yangcheng}
  - at: +10 min
    by: duty
    state: {area: jincheng, facts: {全市天然气供需缺口: 6}}
    expect:
      - assessed: {level: II, clause: 4.2.2(1)}
  - by: director
    give: propose_level
    with: {level: II}
  - by: director
    give: decide_proposal
    refused: {code: post, clause: 4.2.2.1}   # the office proposes, the commander decides
  - at: T+20 min
    by: commander
    give: decide_proposal
    expect:
      - level: {level: II}
      - task: {is: 上报省指挥部, clause: 4.2.2.2(4)}
```

**Times.** `T+2 h 5 min` counts from the start, `+20 min` from the step before, `2026-12-15T18:00` stands for itself; units `min`, `h`, `d`. A deadline of
the very minute of a step is met by the step: the desk wakes for what is due before it, then the step is taken, then what was due is marked.

**Names.** Incidents are called what `on` says where they are opened; a report passed up opens one above, which `opens` names. Fields that name one thing
may be left out. The commands and their fields are in [incident.md](incident.md).

**House rules.** Where a text says 立即 or 及时 and no figure, `house` says how long that is in this drill; without it such a duty has no moment and cannot be late.

**Returns.** `supply` holds a made-up supply system for an area, `reporter:ID` is the post of whoever sends a reporter's returns, and a step with `return` sends one through
the desk as a file: read, judged, entered, and turned into the area's facts by itself. What is
held of it a step with `decide` settles, given by whoever may. `state` is for what no return tells.

**Several levels of government** keep one record: give each its room. A county's report opens the city's incident; what the province states in its room is a fact below.
"""


def page(tables: Callable[[type[Model], set[type[Model]]], Iterator[str]], generated: str, shelf: Library) -> str:
    """The page.

    Args:
        tables: writes the table of a model and of those within it.
        generated: the line that says that the page is.
        shelf: the plans.
    """
    lines = ["# Scenarios of drills", generated, _INTRODUCTION.rstrip(), "", "## The shipped scenarios", ""]
    lines += ["| scenario | plan | what happens | steps |", "|---|---|---|---|"]
    for name, file in shipped().items():
        script = read_scenario(file.read_text("utf-8"), file.name, shelf)
        plans = "、".join(shelf.pack(plan).plan.number for plan in script.scenario.plans)
        lines.append(f"| `{name}` | {plans} | {script.scenario.title} | {len(script.moments)} |")
    lines += ["", "## The format", *tables(Scenario, set())]
    lines += ["", "Commands to a duty room, for `keep`:", ""]
    lines += ["| command | 中文 | fields |", "|---|---|---|"]
    lines += [
        f"| `{kind.name}` | {kind.label} | {', '.join(f'`{field}`' for field in kind.model_fields)} |"
        for kind in KEPT.values()
    ]
    return "\n".join(lines) + "\n"
