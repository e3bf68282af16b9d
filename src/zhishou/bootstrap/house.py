"""The house as one value: database, record, people, plans and the desk over them, opened from an address and a folder."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from sqlalchemy import Engine, make_url
from sqlalchemy.exc import ArgumentError

from zhishou import clock, database
from zhishou.bootstrap.settings import HouseSettings, length, read_settings
from zhishou.bootstrap.warnings import warning_office
from zhishou.callout.book.keeping import ContactBook
from zhishou.callout.channels.opening import Channels, open_channels
from zhishou.callout.channels.settings import CalloutSettings
from zhishou.callout.codes import Codes
from zhishou.callout.matters import Matter
from zhishou.callout.own_texts import read_texts
from zhishou.callout.policy import Policy, read_policy
from zhishou.callout.sending.claims import Claims
from zhishou.callout.sending.sender import Sender
from zhishou.callout.texts import Texts
from zhishou.desk import Desk
from zhishou.desk.callout import CallOut
from zhishou.desk.manners import Kinds, Manners, Quiet
from zhishou.errors import NotFoundError, ZhishouError
from zhishou.incident.context import HouseRules
from zhishou.journal import Progress, SqlJournal, found
from zhishou.people.gate import Gate
from zhishou.people.key import Seal, deployment_key
from zhishou.people.passwords import Cost
from zhishou.people.sessions import Rules
from zhishou.plan.load import Library, library
from zhishou.supply.reading import read_system
from zhishou.supply.system import System


@dataclass(frozen=True)
class House:
    """Everything that a server, a command or a test works with."""

    settings: HouseSettings
    engine: Engine
    journal: SqlJournal
    gate: Gate
    library: Library
    desk: Desk
    now: Callable[[], datetime]
    machine: str
    folder: Path
    book: ContactBook
    codes: Codes

    @cached_property
    def channels(self) -> Channels:
        """The channels by which messages leave; opened when first asked for, because only a server has their secrets.

        Raises:
            ProblemsError: secrets or libraries that are missing, all of them at once.
        """
        return open_channels(self.settings.callout, os.environ, self.folder)

    @property
    def exercise(self) -> bool:
        """Whether everything here is an exercise."""
        return self.journal.exercise

    def close(self) -> None:
        """Let go of the database and of every gateway."""
        if "channels" in self.__dict__:
            self.channels.close()
        self.engine.dispose()

    @property
    def callout(self) -> CallOut:
        """The call-out of its desk."""
        assert self.desk.callout is not None  # noqa: S101 - `open_house` has connected it
        return self.desk.callout

    def sender(self) -> Sender:
        """A new sender of this process. In an exercise it has no channel but those marked for exercises."""
        usable = self.channels.usable(exercise=self.exercise)
        own = f"{self.machine}/{os.getpid()}/{secrets.token_hex(4)}"
        return Sender(self.callout.outbox, Claims(self.engine, own), usable, self.now)


def machine_time() -> datetime:
    """The machine's clock, in Asia/Shanghai."""
    return clock.moment(datetime.now(UTC))


def database_url(given: str | None, folder: Path, *, exercise: bool = False) -> str:
    """The database's address: as given, as `ZHISHOU_DATABASE` says, or a file in the data folder.

    An exercise never falls to the database of the real record by default. The password of a database server may lie in
    a file that `ZHISHOU_DATABASE_PASSWORD_FILE` names.

    Raises:
        ZhishouError: that file cannot be read.
    """
    named = given or (None if exercise else os.environ.get("ZHISHOU_DATABASE"))
    if not named:
        return f"sqlite:///{folder / ('exercise.db' if exercise else 'zhishou.db')}"
    file = os.environ.get("ZHISHOU_DATABASE_PASSWORD_FILE")
    return _with_password(named, Path(file)) if file and not named.startswith("sqlite") else named


def _with_password(url: str, file: Path) -> str:
    try:
        parsed, password = make_url(url), file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise ZhishouError(
            "数据库口令文件读不了", where=str(file), mend="核对 ZHISHOU_DATABASE_PASSWORD_FILE 和权限"
        ) from None
    except ArgumentError:
        return url  # who opens it says what is wrong with it
    return url if parsed.password else parsed.set(password=password).render_as_string(hide_password=False)


def open_house(
    url: str,
    folder: Path,
    *,
    exercise: bool = False,
    now: Callable[[], datetime] = machine_time,
    plans: Library | None = None,
    cost: Cost | None = None,
    progress: Progress = lambda _, __: None,
    create: bool = True,
) -> House:
    """Open a house; tables are brought up to date and the record is founded where there is none.

    Args:
        url: of the database.
        folder: the data folder, with house.yaml and, for SQLite, the deployment's key.
        exercise: whether the record is an exercise; one that exists must be of the same kind.
        now: the clock.
        plans: the plans, where they are loaded already.
        cost: of hashing a password; a test takes less than the default.
        progress: is told of the steps of a migration.
        create: make the file of a database that is not there; otherwise its address is taken for a slip of the pen.

    Raises:
        PackError: house.yaml or a plan is wrong.
        JournalError: the record is of the other kind.
        DatabaseError: the database cannot be reached, or is of a later version.
    """
    if not create:  # before anything is laid down in a folder that nobody meant
        database.engine(url, create=False).dispose()
    settings = read_settings(folder)
    shelf = plans or library()
    for area in settings.areas:
        if area not in shelf.lexicon.areas:
            raise NotFoundError(
                f"没有“{area}”这个地区", where="house.yaml areas", mend=f"可用：{'、'.join(shelf.lexicon.areas)}"
            )
    policy, texts = _policy(folder, settings.call_policy), _call_texts(folder, settings.call_texts)
    systems = {area: _system(folder / name, shelf) for area, name in settings.supply.items()}
    office = warning_office(settings.warnings, folder, shelf.lexicon)
    engine = database.engine(url)
    try:
        database.upgrade(engine, progress)
        journal = found(engine, f"{settings.areas[0]}-{secrets.token_hex(4)}", now(), exercise=exercise)
        beside = folder if engine.dialect.name == "sqlite" else None
        key = deployment_key(os.environ, beside)
        seal, codes, book = Seal(key), Codes(key), ContactBook(engine, Seal(key))
    except Exception:
        engine.dispose()
        raise
    rules = Rules(idle=length(settings.idle), absolute=length(settings.longest))
    machine = socket.gethostname() or "server"
    house_rules = HouseRules(settings.immediately or "", settings.promptly or "", length(settings.dated_back))
    desk = Desk(
        journal, shelf, machine=machine, now=now, rules=house_rules, systems=systems, address=settings.address,
        office=office,
    )  # fmt: skip
    gate = Gate(engine, seal, cost=cost, rules=rules)
    names = settings.callout.usable(exercise=exercise)
    desk.connect(
        book, codes, usable(settings.callout, exercise=exercise), policy=policy,
        manners=Manners(
            lambda name: names.get(name, name), quiet(settings.callout, exercise=exercise), bool(settings.callout.site),
            settings.callout.hears, texts,
        ),
    )  # fmt: skip
    return House(settings, engine, journal, gate, shelf, desk, now, machine, folder, book, codes)


def usable(settings: CalloutSettings, *, exercise: bool) -> Kinds:
    """Which channels may be used for a matter at a moment, by name and kind: in an exercise those that are marked for it."""
    own = settings.usable(exercise=exercise)
    words = frozenset((*own, *own.values()))
    return lambda _matter, _at: words


def quiet(settings: CalloutSettings, *, exercise: bool) -> Quiet:
    """Which channels are quiet for a matter at a moment, and until when: never for level I and II."""

    def found(matter: Matter, at: datetime) -> dict[str, datetime]:
        return settings.quiet(exercise=exercise, at=at, level=matter.level, urgent=matter.urgent)

    return found


def _policy(folder: Path, name: str) -> Policy | None:
    """The deployment's own rules of calling; None: the shipped ones hold."""
    if not name:
        return None
    file = folder / name
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise NotFoundError("呼叫规则文件读不了", where=str(file), mend="核对 house.yaml 的 call_policy") from None
    return read_policy(text, file.name)


def _call_texts(folder: Path, name: str) -> Texts:
    """The deployment's own words for messages; none: the shipped ones hold."""
    if not name:
        return {}
    file = folder / name
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise NotFoundError("通知用语文件读不了", where=str(file), mend="核对 house.yaml 的 call_texts") from None
    return read_texts(text, file.name)


def _system(file: Path, shelf: Library) -> System:
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise NotFoundError("供气系统文件读不了", where=str(file), mend="核对 house.yaml 的 supply") from None
    return read_system(text, file.name, shelf.lexicon)
