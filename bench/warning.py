"""One public warning: from the decision on record to signed bytes, and the way back in."""

from __future__ import annotations

from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from timing import Row, Subject, duration, seconds

from zhishou import clock
from zhishou.acts import Happened
from zhishou.incident.levels import LevelDecided
from zhishou.paper.cap import schema
from zhishou.paper.cap.composing import Issuer, Particulars, Wording, notice
from zhishou.paper.cap.reading import received
from zhishou.paper.cap.signing import SigningKey
from zhishou.paper.cap.verifying import Pinned
from zhishou.paper.cap.writing import element
from zhishou.plan.load import library

AT = clock.moment("2026-12-15T20:30")


def measure() -> Subject:
    """The whole city, Chinese and English, seven polygons in each."""
    pack = library().packs["jincheng/gas-winter-2021"]
    assert pack.warning is not None
    level = next(one for one in pack.warning.levels if one.level == "II")
    event = LevelDecided(
        plan=pack.id, ladder="warning", level="II", level_label=level.label, colour=level.colour, change="start",
        clause=level.clause, version=pack.plan.version, digest=pack.digest,
    )  # fmt: skip
    happened = Happened(event, AT, "incident/jincheng/2026-1", 1, 40, AT, "zhang", "张某", "headquarters")
    issuer = Issuer("bzgb@jincheng.example", "140500", "晋城市人民政府", "Jincheng Municipal Government")
    particulars = Particulars(
        ("jincheng",), (Wording(), Wording("en")), AT + timedelta(hours=6), AT + timedelta(hours=36)
    )
    made = notice(happened, pack, issuer, particulars)
    assert made is not None
    root = element(made)
    rows = [Row("compose from the record, as an element", duration(_build(happened, issuer, particulars)))]
    rows.append(Row("validate against the CAP 1.2 schema", duration(seconds(lambda: schema.check(root), times=20))))
    for label, curve in (("RSA 2048", False), ("ECDSA P-256", True)):
        key, pinned = _key(curve=curve)
        content = key.signed(element(made))

        def whole(key: SigningKey = key) -> bytes:
            one = notice(happened, pack, issuer, particulars)
            assert one is not None
            root = element(one)
            schema.check(root)
            return key.signed(root)

        rows += [
            Row(f"sign, {label}", duration(seconds(lambda key=key: key.signed(element(made)), times=10))),
            Row(
                f"compose, write, validate and sign, {label}",
                duration(seconds(whole, times=10)),
                "≤ 20 ms",
                f"{len(content):,} bytes",
            ),
            Row(
                f"take in: parse, verify, read, {label}",
                duration(seconds(lambda content=content, pinned=pinned: received(content, [pinned], AT), times=10)),
            ),
        ]
    return Subject("One public warning (CAP 1.2), the whole city in two languages", rows)


def _build(happened: Happened, issuer: Issuer, particulars: Particulars) -> float:
    pack = library().packs["jincheng/gas-winter-2021"]

    def build() -> None:
        made = notice(happened, pack, issuer, particulars)
        assert made is not None
        element(made)

    return seconds(build, times=20)


def _key(*, curve: bool) -> tuple[SigningKey, Pinned]:
    private = ec.generate_private_key(ec.SECP256R1()) if curve else rsa.generate_private_key(65537, 2048)
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "bench")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(private.public_key())
        .serial_number(1)
        .not_valid_before(AT - timedelta(days=1))
        .not_valid_after(AT + timedelta(days=1))
        .sign(private, hashes.SHA256())
        .public_bytes(Encoding.PEM)
    )
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return SigningKey(pem, certificate), Pinned.of("bench", certificate)
