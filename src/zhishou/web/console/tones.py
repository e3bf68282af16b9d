"""Which of the four level colours a level has; it stands alone because most plans give their levels no colour of their own.

A colour that the plan gives counts. Otherwise the most severe level is the first tone, and so on downward; a ladder with
more than four levels shows the mild ones in the last tone. The label always stands beside the colour.
"""

from __future__ import annotations

from zhishou.plan.load import Library

TONES = {"红": 1, "橙": 2, "黄": 3, "蓝": 4}


def tone(library: Library, plan: str, ladder: str, level: str | None, colour: str | None = None) -> str:
    """The class of a level: `tone1` (the most severe) to `tone4`; `tone0` where there is no level."""
    if not level:
        return "tone0"
    if colour in TONES:
        return f"tone{TONES[colour]}"
    pack = library.packs.get(plan)
    of = {str(kind): one for kind, one in pack.ladders.items()}.get(ladder) if pack else None
    order = [one.level for one in of.levels] if of else ["I", "II", "III", "IV"]
    return f"tone{min(order.index(level) + 1, 4)}" if level in order else "tone4"
