"""Faults planted in the ladders of the small pack."""

from __future__ import annotations

from plan.mutants import Mutant

WARNING = (
    '  - level: %s\n    label: %s级预警\n    colour: %s\n    clause: "3"\n    when: {fact: gap_pct, %s, clause: "3"}\n'
    "    proposed_by: [office]\n    decided_by: [headquarters]\n"
)
"""A level of the warning: its id, its word, its colour, its bounds."""

LADDERS = [
    Mutant("a bound moved so that a hole opens", {"ladder.hole"}, (("response", "below: 20,", "below: 15,"),)),
    Mutant("a level's figures dropped", {"ladder.hole"},
           (("response", '        - {fact: gap_pct, from: 10, below: 20, clause: "4.2"}\n', ""),)),
    Mutant("a whole level dropped", {"ladder.hole", "ladder.levels-differ"},
           (("warning", WARNING % ("II", "二", "橙", "from: 4, below: 8"), ""),)),
    Mutant("a grade forgotten at the top", {"ladder.hole"}, (("response", "grade: 重大, or_worse: true", "grade: 重大"),)),
    Mutant("the worst value of a choice forgotten", {"ladder.hole"},
           (("response", '        - {fact: market, in: [失衡], clause: "4.2"}\n', ""),)),
    Mutant("thresholds of two levels swapped", {"ladder.drop"},
           (("response", "from: 10, below: 20", "from: 3, below: 10.5"), ("response", "from: 3, below: 10,", "from: 10.5, below: 20,"))),
    Mutant("values of two levels swapped", {"ladder.drop"},
           (("response", "in: [失衡]", "in: [波动]"), ("response", "is: 波动", "is: 失衡"))),
    Mutant("a bound moved so that two levels meet", {"ladder.overlap"}, (("response", "from: 10, below: 20", "from: 8, below: 20"),)),
    Mutant("two levels meet beyond an open bound", {"ladder.overlap"},
           (("response", "from: 10, below: 20", "above: 8, below: 20"),)),
    Mutant("two levels meet in one point", {"ladder.overlap"}, (("response", "from: 3, below: 10", "from: 3, to: 10"),)),
    Mutant("two levels meet under a common condition", {"ladder.overlap"},
           (("response", '{fact: gap_pct, from: 10, below: 20, clause: "4.2"}',
             '{all: [{fact: gap_pct, from: 8, below: 20, clause: "4.2"}, {fact: outage_hours, from: 24}]}'),
            ("response", '{fact: gap_pct, from: 3, below: 10, clause: "4.3"}',
             '{all: [{fact: gap_pct, from: 3, below: 10, clause: "4.3"}, {fact: outage_hours, from: 24}]}'),
            ("response", '{fact: gap_pct, from: 20, clause: "4.1"}',
             '{all: [{fact: gap_pct, from: 20, clause: "4.1"}, {fact: outage_hours, from: 24}]}'))),
    Mutant("an upper bound dropped", {"ladder.nested"}, (("response", "from: 10, below: 20", "from: 10"),)),
    Mutant("a level widened over the next", {"ladder.nested", "ladder.unreachable"},
           (("warning", "from: 8,", "from: 4,"),)),
    Mutant("one condition under two levels", {"ladder.duplicate"},
           (("response", "{fact: market, in: [失衡], ", '{fact: market, is: 波动, clause: "4.2"}\n        - {fact: market, in: [失衡], '),)),
    Mutant("one condition before every level", {"ladder.gate"}, tuple(
           ("warning", f'when: {{fact: gap_pct, {bounds}, clause: "3"}}',
            f'when: {{all: [{{fact: gap_pct, {bounds}, clause: "3"}}, {{fact: capacity_exceeded, is: true, clause: "3"}}]}}')
           for bounds in ("from: 8", "from: 4, below: 8", "from: 2, below: 4"))),
    Mutant("a level without a condition", {"ladder.no-condition"},
           (("warning", '    when: {fact: gap_pct, from: 2, below: 4, clause: "3"}\n', ""),)),
    Mutant("a grade only implied", {"ladder.implied"}, (("response", "grade: 较大,", "grade: 较大, implied: true,"),)),
    Mutant("a level when nothing has happened", {"ladder.at-rest"}, (("warning", "from: 2, below: 4", "from: 0, below: 4"),)),
    Mutant("a warning level dropped at the bottom", {"ladder.levels-differ"},
           (("warning", WARNING % ("III", "三", "黄", "from: 2, below: 4"), ""),)),
    Mutant("nobody raises or lowers", {"ladder.no-adjusting"},
           (("response", 'adjusting:\n  - {by: [commander], when: [事态变化], clause: "4"}\n', ""),)),
    Mutant("nobody takes over", {"ladder.no-hand-over"},
           (("response", 'hand_over:\n  - {to: 上级指挥部, when: 上级接管, clause: "4"}\n', ""),)),
    Mutant("warning and response measure differently", {"ladder.basis"}, tuple(
           ("warning", f"gap_pct, {bounds}", f"province_gap_pct, {bounds}") for bounds in ("from: 8", "from: 4", "from: 2"))),
    Mutant("no warning", {"ladder.no-warning"},
           (("warning", "", ""), ("ledger", '"3": {status: rule, title: 预警}', '"3": {status: background, title: 预警}'))),
    Mutant("a warning without a colour", {"ladder.no-colour"}, (("warning", "    colour: 橙\n", ""),)),
    Mutant("a warning after the response", {"ladder.warning-after-response"},
           (("warning", 'when: {fact: gap_pct, from: 8, clause: "3"}',
             'when: {any: [{fact: gap_pct, from: 8, clause: "3"}, {fact: own_level, in: [II, I], clause: "3"}]}'),)),
    Mutant("a bound of two levels left open", {"bound.unstated"},
           (("response", "from: 10, below: 20", "from: 10, to: 20, unstated: [upper]"),)),
    Mutant("以上 not defined", {"wording.undefined"}, (("plan", "at_least: {includes_number: true", "at_least: {includes_number: null"),)),
]  # fmt: skip
