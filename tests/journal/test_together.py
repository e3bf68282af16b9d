"""Many at once: threads, and servers that share one database. Nothing is lost, doubled or torn."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

import pytest
from postgres import Server, server
from records import EVENING, act, drafts, raises_nothing, row, write
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import IntegrityError

from zhishou import database
from zhishou.database.transactions import ASKING, READING
from zhishou.errors import DatabaseError, StaleError
from zhishou.journal import Entry, Journal, Link, Row, SqlJournal, Write, found, opened, verify
from zhishou.journal.orders import Order
from zhishou.journal.turns import TOGETHER, Ticket, Turns


def at_once(works: Sequence[Callable[[], object]]) -> None:
    """Run all at the same moment, each in its thread; the first failure is the test's."""
    errors: list[BaseException] = []
    gate = threading.Barrier(len(works))

    def held(work: Callable[[], object]) -> Callable[[], None]:
        def run() -> None:
            gate.wait()
            work()

        return raises_nothing(run, errors)

    threads = [threading.Thread(target=held(work)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
        assert not thread.is_alive()
    if errors:
        raise errors[0]


def test_threads_on_their_own_streams_all_get_through(journal: Journal):
    def work(name: str) -> None:
        for number in range(20):
            made = journal.append([Write(name, number, drafts(number))], act(f"{name}-{number}"), [row(name)])
            assert [entry.version for entry in made.entries] == [number + 1]

    at_once([lambda name=f"s{i}": work(name) for i in range(8)])
    assert journal.streams() == tuple((f"s{i}", 20) for i in range(8))
    assert verify(journal).good
    assert journal.count("b") == 8


def test_of_those_who_decided_on_the_same_version_one_wins(journal: Journal):
    won: Counter[int] = Counter()
    behind: list[int] = []

    def work(number: int) -> None:
        for version in range(10):
            try:
                journal.append([Write("s", version, drafts(number))], act())
                won[version] += 1
            except StaleError as error:
                behind.append(error.actual - version)
            while journal.version("s") <= version:
                time.sleep(0.001)

    at_once([lambda number=i: work(number) for i in range(6)])
    assert won == dict.fromkeys(range(10), 1)
    assert len(behind) == 50
    assert min(behind) > 0
    assert verify(journal).good


def test_a_command_sent_by_many_at_once_is_carried_out_once(journal: Journal):
    made: list[tuple[tuple[Entry, ...], bool]] = []

    def work() -> None:
        for number in range(10):
            one = journal.append([Write("s", number, drafts(number))], act(f"c{number}"))
            made.append((one.entries, one.repeated))

    at_once([work] * 6)
    assert journal.version("s") == 10
    assert Counter(entries[0].command for entries, repeated in made if not repeated) == {f"c{i}": 1 for i in range(10)}
    assert all(entries == (journal.read("s")[int(entries[0].command[1:])],) for entries, _ in made)


def test_two_servers_on_one_database_follow_one_another(sql_journal: SqlJournal):
    url = sql_journal.engine.url.render_as_string(hide_password=False)
    other = opened(database.engine(url))
    records = (sql_journal, other)

    def work(number: int) -> None:
        for turn in range(15):
            one = records[(number + turn) % 2]
            one.append([Write(f"s{number}", turn, drafts(turn))], act(f"{number}-{turn}"))
            assert records[(number + turn + 1) % 2].append([Write("x", 9)], act(f"{number}-{turn}")).repeated

    at_once([lambda number=i: work(number) for i in range(6)])
    assert [entry.position for entry in other.since(0)] == list(range(1, 91))
    assert verify(other).good
    other.close()


def test_a_reader_who_follows_the_record_misses_nothing(journal: Journal):
    seen: list[int] = []
    done = threading.Event()

    def follow() -> None:
        while len(seen) < 120 and not (done.is_set() and not journal.since(len(seen))):
            seen.extend(entry.position for entry in journal.since(len(seen), limit=7))

    def work(name: str) -> None:
        for number in range(30):
            journal.append([Write(name, number, drafts(number))], act())

    at_once([follow, *(lambda name=f"s{i}": work(name) for i in range(4))])
    done.set()
    assert seen == list(range(1, 121))


def test_a_rebuild_beside_appends_loses_no_line(journal: Journal):
    for number in range(30):
        write(journal, "s", number)

    def lines(entries: Iterable[Entry]) -> Iterable[Row]:
        return (row(f"{entry.stream}-{entry.version}") for entry in entries)

    def work(name: str) -> None:
        for number in range(10):
            journal.append([Write(name, number, drafts(number))], act(), [row(f"{name}-{number + 1}")])

    at_once([lambda: journal.rebuild(lines, lambda _, __: None, {"b"}), *(lambda n=f"t{i}": work(n) for i in range(3))])
    assert journal.count("b") == 60
    assert verify(journal).good


def test_what_the_database_refuses_of_one_is_not_its_neighbours_affair(
    sql_journal: SqlJournal, monkeypatch: pytest.MonkeyPatch
):
    from zhishou.journal import sql  # noqa: PLC0415 - patched in this test alone

    take_all = sql._take_all  # noqa: SLF001 - stands for a driver that refuses one value

    def refuses(connection: object, orders: Sequence[tuple[Order, object, object]]) -> object:
        if any("bad" in one.act.command for one, *_ in orders):
            raise OverflowError("too large")
        return take_all(connection, orders)  # type: ignore[arg-type]

    monkeypatch.setattr(sql, "_take_all", refuses)
    failed: list[str] = []

    def work(name: str) -> None:
        for number in range(5):
            try:
                sql_journal.append([Write(name, number, drafts(number))], act(f"{name}-{number}"))
            except Exception as error:  # noqa: BLE001 - looked at below
                failed.append(f"{name}: {error}")
                return

    at_once([lambda name=name: work(name) for name in ("a", "bad", "c", "d", "e")])
    assert len(failed) == 1
    assert failed[0].startswith("bad: 数据库不收这条记录：too large")
    assert verify(sql_journal).entries == 20


@contextmanager
def full_disk(journal: SqlJournal) -> Iterator[None]:
    """Every commit of entries fails, though each statement before it went well."""
    engine = journal.engine
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.execute(text(_REFUSE))
            connection.execute(text(_AT_COMMIT))
        yield
        with engine.begin() as connection:
            connection.execute(text("DROP TRIGGER refused ON entries"))
        return

    def fails(connection: Connection) -> None:
        if not connection.get_execution_options().get(READING) and not connection.get_execution_options().get(ASKING):
            raise DatabaseError("磁盘满了")

    event.listen(engine, "commit", fails)
    yield
    event.remove(engine, "commit", fails)


_REFUSE = """CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql
    AS $$BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = '53100'; END$$"""
_AT_COMMIT = """CREATE CONSTRAINT TRIGGER refused AFTER INSERT ON entries
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()"""


def test_nobody_is_told_of_success_before_the_commit(sql_journal: SqlJournal):
    """A commit that fails is told to everybody whose entry was in it, and the record is as it was."""
    write(sql_journal, "s", 0)
    errors: list[BaseException] = []
    links = [Link() for _ in range(5)]

    def work(number: int) -> None:
        sql_journal.append([Write(f"t{number}", 0, drafts(number))], act(), [row(f"t{number}")], links[number])

    with full_disk(sql_journal):
        at_once([raises_nothing(lambda i=i: work(i), errors) for i in range(5)])
    assert [type(error) for error in errors] == [DatabaseError] * 5
    assert all("磁盘满了" in str(error) for error in errors)
    assert all(link.settled and not link.made for link in links)
    assert sql_journal.head().position == 1
    assert not sql_journal.rows("b")
    assert write(sql_journal, "s", 1).entries[0].position == 2
    assert verify(sql_journal).good


def test_a_statement_that_fails_takes_the_commit_with_it(sql_journal: SqlJournal):
    """Where statements go to the server together, none after the one that failed is carried out: least of all the commit."""
    write(sql_journal, "s", 0)

    def says(broken: str) -> None:
        with database.writing(sql_journal.engine) as connection, database.at_last(connection):
            for said in ("INSERT INTO streams VALUES ('u', 1)", broken, "INSERT INTO streams VALUES ('v', 1)"):
                connection.execute(text(said))

    for broken in ("INSERT INTO streams VALUES ('s', 1)", "INSERT INTO streams VALUES ('t', NULL)"):
        with pytest.raises(IntegrityError):
            says(broken)
    assert sql_journal.streams() == (("s", 1),)


@pytest.mark.usefixtures("postgres")  # which skips, or fails, where there is none
def test_a_server_stopped_while_commands_flow_loses_none_and_doubles_none():
    with server() as running:
        engine = database.engine(running.url())
        database.upgrade(engine)
        journal = found(engine, "record-1", EVENING, exercise=False)
        accepted: list[str] = []
        sent = 60

        def work(name: str) -> None:
            for number in range(sent):
                while True:  # as a client does: the same key until somebody answers
                    try:
                        journal.append([Write(name, number, drafts(number))], act(f"{name}-{number}"))
                    except DatabaseError:
                        continue
                    accepted.append(f"{name}-{number}")
                    break

        def disturb() -> None:
            for at_once_ in (False, True):
                while len(accepted) < (sent if at_once_ else sent // 2):
                    time.sleep(0.001)
                running.stop(at_once=at_once_)
                running.start()

        workers = threading.Thread(target=at_once, args=[[lambda name=f"s{i}": work(name) for i in range(4)]])
        workers.start()
        disturb()  # in the main thread: the server ends with the thread that started it
        workers.join(timeout=60)
        assert len(accepted) == len(set(accepted)) == 4 * sent
        assert [entry.command for i in range(4) for entry in journal.read(f"s{i}")] == [
            f"s{i}-{number}" for i in range(4) for number in range(sent)
        ]
        assert verify(journal).good
        journal.close()


def test_a_lock_held_by_a_stranger_is_busy_not_forever(postgres: Server):
    url = postgres.fresh()
    engine = database.engine(url)
    database.upgrade(engine)
    journal = found(engine, "record-1", EVENING, exercise=False)
    stranger = database.engine(url)
    with stranger.begin() as connection, engine.connect() as own:
        connection.execute(text("SELECT * FROM journal FOR UPDATE"))
        own.execute(text("SET lock_timeout = '100ms'"))
        own.commit()
        own.close()
        with pytest.raises(DatabaseError, match="正忙"):
            write(journal, "s", 1)
    assert write(journal, "s", 1).entries[0].position == 1
    for one in (engine, stranger):
        one.dispose()
    postgres.drop(url)


def test_turns_are_taken_in_order_and_no_more_than_so_many_together():
    batches: list[list[int]] = []
    first = threading.Event()

    def carry(tickets: Sequence[Ticket[int, int]]) -> None:
        first.wait()
        batches.append([ticket.brought for ticket in tickets])
        for ticket in tickets:
            ticket.got = ticket.brought * 2

    turns: Turns[int, int] = Turns(carry)
    got: dict[int, int] = {}
    threads = []
    for number in range(TOGETHER * 2 + 10):
        thread = threading.Thread(target=lambda n=number: got.__setitem__(n, turns.take(n)))
        thread.start()
        threads.append(thread)
        while not (turns._waiting and turns._waiting[-1].brought == number) and number:  # noqa: SLF001 - that it waits
            time.sleep(0.0005)
    first.set()
    for thread in threads:
        thread.join(timeout=10)
    assert got == {number: number * 2 for number in range(TOGETHER * 2 + 10)}
    assert [one for batch in batches for one in batch] == sorted(got)
    assert max(map(len, batches)) == TOGETHER


def test_a_leader_that_is_interrupted_leaves_nobody_waiting():
    led = threading.Event()
    go = threading.Event()
    interrupt = [True]

    def carry(tickets: Sequence[Ticket[int, int]]) -> None:
        led.set()
        go.wait()
        if interrupt.pop() if interrupt else False:
            raise KeyboardInterrupt
        for ticket in tickets:
            ticket.got = 1

    turns: Turns[int, int] = Turns(carry)
    errors: list[BaseException] = []
    threads = [threading.Thread(target=raises_nothing(lambda: turns.take(0), errors))]
    threads[0].start()
    led.wait()
    threads += [threading.Thread(target=raises_nothing(lambda: turns.take(1), errors)) for _ in range(3)]
    for thread in threads[1:]:
        thread.start()
    go.set()
    for thread in threads:
        thread.join(timeout=10)
        assert not thread.is_alive()
    assert [type(error) for error in errors] == [KeyboardInterrupt]
    assert turns.take(2) == 1
