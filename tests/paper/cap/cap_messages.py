"""Decisions on record, keys and messages for the tests of public warnings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from zhishou import clock
from zhishou.acts import Event, Happened
from zhishou.incident.levels import LevelDecided, LevelEnded
from zhishou.paper.cap.composing import Issuer, Particulars, Wording, notice
from zhishou.paper.cap.notices import Notice, Published
from zhishou.paper.cap.signing import SigningKey
from zhishou.paper.cap.verifying import Pinned
from zhishou.plan.pack import Pack

SAMPLES = Path(__file__).parent / "samples"
AT = clock.moment("2026-12-15T20:30")
ISSUER = Issuer(
    "bzgb@jincheng.example", "140500", "晋城市人民政府", "Jincheng Municipal Government", "0356-0000000",
    "https://jincheng.example/alerts",
)  # fmt: skip
PARTICULARS = Particulars(
    areas=("jincheng",),
    wordings=(Wording(), Wording("en")),
    onset=AT + timedelta(hours=6),
    expires=AT + timedelta(hours=36),
)


def sample(name: str) -> bytes:
    """A message in a service's shape."""
    return (SAMPLES / f"{name}.xml").read_bytes()


def decided(pack: Pack, level: str, *, was: str = "", authority: str = "") -> LevelDecided:
    """A warning level decided under a plan."""
    assert pack.warning is not None
    of = next(one for one in pack.warning.levels if one.level == level)
    return LevelDecided(
        plan=pack.id, ladder="warning", level=level, level_label=of.label, colour=of.colour,
        change="raise" if was else "start", was=was, clause=of.clause, version=pack.plan.version, digest=pack.digest,
        authority=authority,
    )  # fmt: skip


def ended(pack: Pack, level: str) -> LevelEnded:
    """The warning lifted."""
    return LevelEnded(
        plan=pack.id, ladder="warning", level=level, level_label=level, started=AT, clause=("4.4",),
        reason="供应已恢复平衡",
    )  # fmt: skip


def on_record(events: Sequence[Event], *, exercise: bool = False, start: datetime = AT) -> list[Happened]:
    """Events as the record holds them, ten minutes apart."""
    return [
        Happened(
            event, start + timedelta(minutes=10 * index), "incident/jincheng/2026-1", index + 1, 40 + index,
            start + timedelta(minutes=10 * index, seconds=7, microseconds=123456), "zhang", "张某", "headquarters",
            exercise,
        )
        for index, event in enumerate(events)
    ]  # fmt: skip


def chain(
    record: Iterable[Happened], pack: Pack, issuer: Issuer, particulars: Callable[[Happened], Particulars]
) -> tuple[Notice, ...]:
    """Every message that one incident's record calls for under one plan, each referring to those before."""
    found: list[Notice] = []
    standing: list[Published] = []
    for happened in record:
        made = notice(happened, pack, issuer, particulars(happened), standing)
        if made is not None:
            found.append(made)
            standing = [] if made.msg_type == "Cancel" else [*standing, made.published]
    return tuple(found)


def one_notice(pack: Pack, *, exercise: bool = False) -> Notice:
    """A first alert."""
    made = chain(on_record([decided(pack, "II")], exercise=exercise), pack, ISSUER, lambda _: PARTICULARS)
    return made[0]


@dataclass(frozen=True)
class Signer:
    """A key that signs and the certificate to believe it by."""

    key: SigningKey
    pinned: Pinned
    private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def signer(name: str, *, curve: bool = False, until: datetime = AT + timedelta(days=365)) -> Signer:
    """A fresh key with a certificate of its own."""
    private = ec.generate_private_key(ec.SECP256R1()) if curve else rsa.generate_private_key(65537, 2048)
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(AT - timedelta(days=365))
        .not_valid_after(until)
        .sign(private, hashes.SHA256())
    )
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = certificate.public_bytes(Encoding.PEM)
    return Signer(SigningKey(pem, public), Pinned.of(name, public), private)
