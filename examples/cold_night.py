"""A cold night in Jincheng from a file of facts, hour by hour. An illustration: the figures are made up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from zhishou import clock
from zhishou.assess import assess_all, situation
from zhishou.cli import night
from zhishou.plan import marks
from zhishou.plan.load import library

FACTS = Path(__file__).parent / "cold-night-hours.yaml"


def main() -> None:
    """Tell the night."""
    shelf = library()
    story: dict[str, Any] = marks.read(FACTS.read_text("utf-8"), FACTS.name).data
    area = shelf.lexicon.area(story["area"])
    plans = [pack for pack in shelf.for_area(area) if pack.plan.kind in {"supply", "notice"}]
    print(f"值守演示：晋城的一个寒潮夜晚（{story['note']}）\n要素来自 examples/{FACTS.name}，可自行改动再运行。\n")
    known: dict[str, Any] = {}
    for hour in story["hours"]:
        known |= hour["facts"]
        at = clock.moment(hour["at"])
        print(f"━━ {at:%H:%M}　{hour['says']}\n")
        first_or_last = hour in (story["hours"][0], story["hours"][-1])
        shown = [pack for pack in plans if pack.ladders or first_or_last]
        answers = assess_all(shown, situation({"facts": known}, shelf.lexicon), at)
        print(night.told(answers, shelf, at, area, story["note"], measures=hour is story["hours"][-1]), "\n")
    others = len(shelf.packs) - len(plans)
    print(f"另有 {others} 个预案在库：zhishou plan list。预案自身的空档与矛盾：zhishou plan check --all。")


if __name__ == "__main__":
    main()
