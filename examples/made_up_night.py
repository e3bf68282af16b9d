"""A made-up cold wave in Jincheng, under way at 20:35: people with posts, returns, an incident at level III. For the console.

People, enterprises and figures are invented; posts and clauses are the plan's. Everything is kept as an exercise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path

from zhishou import clock
from zhishou.acts import Command
from zhishou.bootstrap import House, first_start, open_house
from zhishou.bootstrap.house import machine_time
from zhishou.incident.levels import DecideProposal
from zhishou.incident.opening import OpenIncident
from zhishou.incident.proposals import ProposeLevel
from zhishou.incident.reports import ReceiveReport, ReportGiven, VerifyReport
from zhishou.incident.tasks import AcceptTask, FinishTask
from zhishou.people.passwords import Cost
from zhishou.plan.load import Library
from zhishou.watch.commands import AppointToPost, BeginShift, PlanShifts, ShiftWish, WriteLog

HOME = Path(__file__).parent / "jincheng-supply"
GAS = "jincheng/gas-winter-2021"
BEGINS = clock.moment("2026-12-15T20:35")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody invented."""

    account: str
    name: str
    posts: tuple[str, ...]
    what: str


PEOPLE = (
    Person("cheng.jia", "程甲", ("duty:jincheng",), "值班员"),
    Person("qin.ji", "秦己", ("duty:jincheng",), "接班的值班员"),
    Person("guo.yi", "郭乙", (f"{GAS}:office_director", f"{GAS}:office", "unit:jincheng_development_reform"), "指挥部办公室主任"),
    Person("wang.bing", "王丙", (f"{GAS}:commander",), "总指挥"),
    Person("li.ding", "李丁", (f"{GAS}:deputy_commander",), "副总指挥"),
    Person("zhang.wu", "张戊", ("unit:jincheng_publicity",), "市委宣传部"),
    Person("wei.xin", "卫辛", ("unit:jincheng_industry_information",), "市工信局"),
    Person("shi.gui", "史癸", ("unit:pipeline_enterprises", "reporter:jincheng/pipe_main"), "管输企业"),
    Person("niu.ren", "牛壬", ("duty:yangcheng", "unit:yangcheng_government"), "阳城县值班员"),
    Person("lingchuan", "陵川报送员", ("reporter:jincheng/county_lingchuan", "unit:lingchuan_government"), "陵川县（报送）"),
    Person("gaoping", "高平报送员", ("reporter:jincheng/gas_gaoping",), "高平燃气公司（报送）"),
)  # fmt: skip


@dataclass
class Clock:
    """A clock that stands where it is put, until it is told to run."""

    at: datetime = BEGINS
    _ran: datetime | None = field(default=None, init=False)

    def __call__(self) -> datetime:
        """The moment."""
        return self.at if self._ran is None else self.at + (machine_time() - self._ran)

    def run(self) -> None:
        """Run on from where it stands, as fast as real time."""
        self._ran = machine_time()

    def put(self, text: str) -> None:
        """Put it to an hour of the night."""
        self.at = clock.moment(f"2026-12-15T{text}")


@dataclass
class Night:
    """The night as far as it has come."""

    house: House
    clock: Clock
    secrets: Mapping[str, str]
    """Account → one-time password."""
    incident: str


def night(folder: Path, *, cost: Cost | None = None, plans: Library | None = None) -> Night:
    """Make the night in an empty folder.

    Args:
        folder: for the record, the settings and the key.
        cost: of hashing a password; a test takes less than the default.
        plans: the plans, where they are loaded already.
    """
    settings = "areas: [jincheng, yangcheng]\npromptly: 1 h\n" + "".join(
        f"{name}: {{jincheng: {HOME / file}}}\n"
        for name, file in (("supply", "system.yaml"), ("history", "history.csv"), ("weather", "weather.csv"))
    )
    (folder / "house.yaml").write_text(settings, "utf-8")
    hand = Clock(clock.moment("2026-12-13T08:00"))
    house = open_house(f"sqlite:///{folder / 'exercise.db'}", folder, exercise=True, now=hand, cost=cost, plans=plans)
    issued = first_start(house)
    teller = _Teller(house, hand)
    secrets = {"admin": issued.secret.get_secret_value() if issued else ""}
    for one in PEOPLE:
        teller.appoint(one)
    hand.at = clock.moment("2026-12-13T20:30")
    for evening in ("2026-12-14", "2026-12-15"):
        hand.at = clock.moment(f"{evening}T20:05") if evening != "2026-12-15" else clock.moment(f"{evening}T17:50")
        teller.returns(date.fromisoformat(evening))
    hand.at = clock.moment("2026-12-15T17:55")
    incident = teller.evening()
    hand.at = BEGINS
    for one in PEOPLE:
        secrets[one.account] = house.gate.accounts.reset_password(
            one.account, hand.at, "admin"
        ).secret.get_secret_value()
    secrets["admin"] = house.gate.accounts.reset_password("admin", hand.at, "admin").secret.get_secret_value()
    house.desk.record_people(house.gate.changes)
    house.desk.tick()
    return Night(house, hand, secrets, incident)


class _Teller:
    """Plays what has happened so far, through the desk, as everybody would."""

    def __init__(self, house: House, hand: Clock) -> None:
        self.house, self.hand, self.keys = house, hand, count(1)
        self.id = ""

    def key(self) -> str:
        return f"night/{next(self.keys)}"

    def appoint(self, one: Person) -> None:
        self.house.gate.accounts.add_person(one.account, one.name, self.hand.at, "admin")
        for post in one.posts:
            area = post.partition(":")[2] if post.startswith("duty:") else "jincheng"
            wish = AppointToPost(post=post, person=one.account, person_name=one.name, basis="演练指派")
            self.keep(area, "admin", wish)

    def keep(self, area: str, person: str, command: Command) -> None:
        desk = self.house.desk
        desk.keep(area, command, desk.actor(person, name(person)), key=self.key())

    def returns(self, evening: date) -> None:
        """What came in, each reporter's file; Lingchuan's of the last evening is still missing, Gaoping's has a slip."""
        duty = self.house.desk.actor("cheng.jia", "程甲")
        for file in sorted((HOME / "returns" / evening.isoformat()).glob("*.csv")):
            self.house.desk.returns.file(
                "jincheng", file.name, file.read_bytes(), duty, key=self.key(), gas_day=evening
            )

    def give(self, person: str, hour: str, command: Command) -> None:
        self.hand.put(hour)
        self.house.desk.tick()
        desk = self.house.desk
        desk.give(self.id, command, desk.actor(person, name(person)), key=self.key())

    def task(self, words: str) -> str:
        found = (id_ for id_, one in self.house.desk.incident(self.id).tasks.items() if words in one.text)
        return next(found)

    def evening(self) -> str:
        """From the first call to where the console begins."""
        desk = self.house.desk
        self.hand.put("18:00")
        self.keep("jincheng", "cheng.jia", BeginShift())
        tomorrow = self.hand.at + timedelta(hours=14)
        self.keep("jincheng", "admin", PlanShifts(shifts=(
            ShiftWish(person="cheng.jia", person_name="程甲", since=self.hand.at, until=tomorrow),
            ShiftWish(person="qin.ji", person_name="秦己", since=tomorrow, until=tomorrow + timedelta(hours=24)),
        )))  # fmt: skip
        self.hand.put("18:12")
        items = {"时间": "17时40分", "地点": "阳城县城门站", "信息来源": "门站值班记录", "影响范围": "约两万户"}
        opening = OpenIncident(
            title="阳城县天然气供应紧张", subject="gas_supply_shortage", place="yangcheng", where="阳城县城门站",
            occurred=clock.moment("2026-12-15T17:40"),
            report=ReportGiven(sender="阳城县人民政府", how="phone", text="门站来气压力降了三成，晚高峰恐怕不保", items=items),
        )  # fmt: skip
        actor = desk.actor("cheng.jia", "程甲")
        self.id = desk.open(opening, actor, area="jincheng", key=self.key()).incident
        self.give("cheng.jia", "18:20", VerifyReport(report="r1", how="致电阳城县发改局和门站，来气确实减少"))
        self.give("guo.yi", "18:41", ProposeLevel(plan=GAS, level="III", reason="阳城来气减三成，全市缺口在 3% 以上"))
        self.give("wang.bing", "18:47", DecideProposal(proposal="p1", note="同意，先按Ⅲ级"))
        self.give("niu.ren", "18:55", AcceptTask(task=self.task("按本级预案组织实施")))
        self.give(
            "guo.yi", "19:02", FinishTask(task=self.task("向有关县提出意见"), note="18时58分电话告知阳城、沁水两县")
        )
        self.give("cheng.jia", "19:20", ReceiveReport(
            kind="follow_up", sender="阳城县人民政府", text="县城东片灶火偏小，学校、医院正常",
            items={"发展趋势": "夜间气温还要下降", "已采取的措施": "已启用备用气源"},
        ))  # fmt: skip
        self.hand.put("19:40")
        self.keep("jincheng", "cheng.jia", WriteLog(
            occurred=self.hand.at, category="call", text="省保供办来电询问阳城供气情况，已口头答复，书面情况随续报报送。"
        ))  # fmt: skip
        return self.id


def name(account: str) -> str:
    """What somebody is called."""
    return next((one.name for one in PEOPLE if one.account == account), "系统管理员")
