"""Signatures: what was signed passes, everything else does not."""

from __future__ import annotations

import base64
import copy
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cap_messages import AT, Signer, one_notice, sample, signer
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod
from signxml.signer import XMLSigner

from zhishou.errors import UntrustedError, ZhishouError
from zhishou.paper.cap import schema
from zhishou.paper.cap.door import parsed
from zhishou.paper.cap.reading import read, received
from zhishou.paper.cap.signing import SigningKey
from zhishou.paper.cap.verifying import verified
from zhishou.paper.cap.writing import NAMESPACE, as_bytes, element
from zhishou.plan.load import Library

DS = "{http://www.w3.org/2000/09/xmldsig#}"
CAP = f"{{{NAMESPACE}}}"


@pytest.fixture(scope="module", params=["rsa", "curve"])
def ours(request: pytest.FixtureRequest) -> Signer:
    return signer("晋城市值班室", curve=request.param == "curve")


@pytest.fixture(scope="module")
def stranger() -> Signer:
    return signer("陌生人", curve=True)


@pytest.fixture(scope="module")
def signed(packs: Library, ours: Signer) -> bytes:
    return ours.key.signed(element(one_notice(packs.packs["jincheng/gas-winter-2021"])))


def test_what_was_signed_passes_and_says_the_same(packs: Library, ours: Signer, signed: bytes):
    root = parsed(signed)
    assert schema.problems(root) == []
    assert root[-1].tag == f"{DS}Signature"  # CAP 1.2, 3.3.2.1: within alert; the schema places it last
    found = verified(root, [ours.pinned], AT)
    assert found.signer == "晋城市值班室"
    assert read(found.root) == read(parsed(as_bytes(element(one_notice(packs.packs["jincheng/gas-winter-2021"])))))


def test_who_signed_is_kept_with_the_message(ours: Signer, stranger: Signer, signed: bytes):
    message = received(signed, [stranger.pinned, ours.pinned], AT)
    assert message.signer == "晋城市值班室"
    assert "签名：晋城市值班室" in message.provenance


def test_blanks_between_attributes_and_another_encoding_do_not_break_it(ours: Signer, signed: bytes):
    text = signed.decode().replace("<?xml version='1.0' encoding='UTF-8'?>", "")
    again = b'<?xml version="1.0" encoding="GB18030"?>' + text.encode("gb18030")
    assert received(again, [ours.pinned], AT).signer == ours.pinned.name


@pytest.mark.parametrize("element_name", ["status", "severity", "expires", "areaDesc", "polygon", "description"])
def test_a_changed_word_is_found(ours: Signer, signed: bytes, element_name: str):
    root = parsed(signed)
    at = next(root.iter(f"{CAP}{element_name}"))
    at.text = at.text[:-1] + ("0" if at.text[-1] != "0" else "1")
    _refused(root, ours, "内容与签名不符")


def test_every_element_taken_away_or_doubled_is_found(ours: Signer, signed: bytes):
    for index in range(len(list(parsed(signed).iter(f"{CAP}*"))) - 1):
        for double in (False, True):
            root = parsed(signed)
            at = list(root.iter(f"{CAP}*"))[index + 1]
            if double:
                at.addnext(copy.deepcopy(at))
            else:
                at.getparent().remove(at)
            _refused(root, ours, "内容与签名不符")


def test_unsigned_and_strangers(ours: Signer, stranger: Signer, packs: Library, signed: bytes):
    plain = element(one_notice(packs.packs["jincheng/gas-winter-2021"]))
    _refused(parsed(as_bytes(plain)), ours, "没有签名")
    _refused(parsed(stranger.key.signed(plain)), ours, "不在信任名单")
    with pytest.raises(UntrustedError, match="不在信任名单"):
        verified(parsed(signed), [], AT)


def test_a_stranger_who_shows_our_certificate(ours: Signer, stranger: Signer, packs: Library, signed: bytes):
    forged = parsed(stranger.key.signed(element(one_notice(packs.packs["jincheng/gas-winter-2021"]))))
    shown = next(parsed(signed).iter(f"{DS}X509Certificate")).text
    next(forged.iter(f"{DS}X509Certificate")).text = shown
    _refused(forged, ours, "内容与签名不符")


def test_a_certificate_out_of_its_time(packs: Library):
    old = signer("旧证书", until=AT - timedelta(days=1))
    root = parsed(old.key.signed(element(one_notice(packs.packs["jincheng/gas-winter-2021"]))))
    _refused(root, old, "不在有效期内")
    assert verified(root, [old.pinned], AT - timedelta(days=2)).signer == "旧证书"


def _moved_into_another(root: Any) -> Any:
    """The signed message hidden inside a forged one, its signature taken out to the top (XSW)."""
    forged = parsed(sample("nws"))
    signature = next(root.iter(f"{DS}Signature"))
    forged.append(signature)
    signature.append(etree.SubElement(signature, f"{DS}Object"))
    signature[-1].append(root)
    return forged


def _signed_message_as_a_child(root: Any) -> Any:
    forged = parsed(sample("nws"))
    forged.append(root)
    return forged


def _beside(root: Any) -> Any:
    forged = parsed(sample("nws"))
    forged.append(next(root.iter(f"{DS}Signature")))
    return forged


def _in_an_info(root: Any) -> Any:
    root.find(f"{CAP}info").append(root[-1])
    return root


def _twice(root: Any) -> Any:
    root.append(copy.deepcopy(root[-1]))
    return root


def _by_id(root: Any) -> Any:
    """The signature refers to a part, and the part is put where nobody looks."""
    part = copy.deepcopy(root)
    part.set("Id", "part")
    next(root.iter(f"{DS}Reference")).set("URI", "#part")
    root.find(f"{CAP}status").text = "Test"
    root.append(part)
    return root


def _to_a_part(root: Any) -> Any:
    """The signature refers to one info, and the rest may be anything."""
    root.find(f"{CAP}info").set("Id", "part")
    next(root.iter(f"{DS}Reference")).set("URI", "#part")
    return root


def _transformed(algorithm: str) -> Callable[[Any], Any]:
    def change(root: Any) -> Any:
        transforms = next(root.iter(f"{DS}Transforms"))
        etree.SubElement(transforms, f"{DS}Transform", Algorithm=algorithm)
        return root

    return change


def _with_object(root: Any) -> Any:
    etree.SubElement(root[-1], f"{DS}Object").text = "x"
    return root


def _no_enveloped(root: Any) -> Any:
    first = next(root.iter(f"{DS}Transform"))
    first.getparent().remove(first)
    return root


def _hmac(root: Any) -> Any:
    next(root.iter(f"{DS}SignatureMethod")).set("Algorithm", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256")
    return root


def _rubbish(name: str, text: str) -> Callable[[Any], Any]:
    def change(root: Any) -> Any:
        next(root.iter(f"{DS}{name}")).text = text
        return root

    return change


@pytest.mark.parametrize(
    ("attack", "said"),
    [
        (_moved_into_another, "夹带"),
        (_signed_message_as_a_child, "不在信息的第一层"),
        (_beside, "内容与签名不符"),
        (_in_an_info, "不在信息的第一层"),
        (_twice, "有 2 个签名"),
        (_by_id, "有 2 个签名"),
        (_to_a_part, "所指的不是整份信息"),
        (_with_object, "夹带"),
        (_no_enveloped, "变换"),
        (_transformed("http://www.w3.org/TR/1999/REC-xpath-19991116"), "变换"),
        (_transformed("http://www.w3.org/TR/1999/REC-xslt-19991116"), "变换"),
        (_transformed("http://www.w3.org/2000/09/xmldsig#base64"), "变换"),
        (_hmac, "内容与签名不符"),
        (_rubbish("SignatureValue", "AAAA"), "内容与签名不符"),
        (_rubbish("SignatureValue", ""), "内容与签名不符"),
        (_rubbish("SignatureValue", "&&&"), "内容与签名不符"),
        (_rubbish("DigestValue", "AAAA"), "内容与签名不符"),
        (_rubbish("X509Certificate", "no certificate"), "证书读不出来"),
        (_rubbish("X509Certificate", base64.b64encode(b"x").decode()), "不在信任名单"),
    ],
)
def test_wrapped_moved_and_twisted_signatures(ours: Signer, signed: bytes, attack: Callable[[Any], Any], said: str):
    root = parsed(as_bytes(attack(parsed(signed))))
    with pytest.raises(UntrustedError, match=said):
        verified(root, [ours.pinned], AT)


@pytest.mark.parametrize("attack", [_in_an_info, _twice, _by_id, _with_object, _rubbish("DigestValue", "AAAA")])
def test_a_broken_signature_does_not_pass_where_unsigned_ones_do(ours: Signer, signed: bytes, attack: Any):
    with pytest.raises(UntrustedError):
        received(as_bytes(attack(parsed(signed))), [ours.pinned], AT, unsigned=True)


def test_a_strangers_signature_counts_as_none_where_unsigned_ones_pass(stranger: Signer, signed: bytes):
    assert received(signed, [stranger.pinned], AT, unsigned=True).signer == ""


@pytest.mark.parametrize("made", [_twice, _by_id, _to_a_part, _in_an_info, _no_enveloped])
def test_so_do_several_of_strangers_however_they_were_made(stranger: Signer, signed: bytes, made: Any):
    """One national aggregator adds its signature to the service's."""
    both = as_bytes(made(parsed(signed)))
    assert received(both, [stranger.pinned], AT, unsigned=True).signer == ""
    with pytest.raises(UntrustedError, match="不在信任名单"):
        received(both, [stranger.pinned], AT)


def test_of_two_signatures_one_by_somebody_known_is_enough_to_refuse_them(
    ours: Signer, stranger: Signer, signed: bytes, packs: Library
):
    root = parsed(signed)
    other = parsed(stranger.key.signed(element(one_notice(packs.packs["jincheng/gas-winter-2021"]))))
    root.append(next(other.iter(f"{DS}Signature")))
    with pytest.raises(UntrustedError, match="有 2 个签名"):
        received(as_bytes(root), [ours.pinned], AT, unsigned=True)


@pytest.mark.parametrize(
    ("method", "digest", "believed"),
    [
        (SignatureMethod.RSA_SHA256, DigestAlgorithm.SHA256, True),
        (SignatureMethod.RSA_SHA512, DigestAlgorithm.SHA384, True),
        (SignatureMethod.RSA_SHA1, DigestAlgorithm.SHA256, False),
        (SignatureMethod.RSA_SHA256, DigestAlgorithm.SHA1, False),
        (SignatureMethod.RSA_SHA224, DigestAlgorithm.SHA256, False),
        (SignatureMethod.RSA_SHA256, DigestAlgorithm.SHA224, False),
    ],
)
def test_weak_digests_are_not_believed(
    packs: Library,
    method: SignatureMethod,
    digest: DigestAlgorithm,
    believed: bool,  # noqa: FBT001 - a table
):
    class Old(XMLSigner):
        def check_deprecated_methods(self) -> None:
            """Let SHA-1 pass, as an old sender would."""

    mine = signer("x")
    key = Old(
        signature_algorithm=method, digest_algorithm=digest,
        c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    )  # fmt: skip
    pem = mine.pinned.certificate.public_bytes(Encoding.PEM).decode()
    plain = element(one_notice(packs.packs["jincheng/gas-winter-2021"]))
    root = parsed(as_bytes(key.sign(plain, key=mine.private, cert=pem)))
    if believed:
        assert verified(root, [mine.pinned], AT).signer == "x"
    else:
        _refused(root, mine, "内容与签名不符")


def _pem(private: Any) -> bytes:
    found: bytes = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return found


def test_a_key_that_cannot_sign_is_told_at_once(ours: Signer):
    certificate = ours.pinned.certificate.public_bytes(Encoding.PEM)
    with pytest.raises(ZhishouError, match="不是一对"):
        SigningKey(_pem(ec.generate_private_key(ec.SECP256R1())), certificate)
    with pytest.raises(ZhishouError, match="读不出来"):
        SigningKey(b"no key", certificate)
    with pytest.raises(ZhishouError, match="1024 位"):
        SigningKey(_pem(rsa.generate_private_key(65537, 1024)), certificate)  # noqa: S505 - the weak one on purpose


def _refused(root: Any, by: Signer, said: str) -> None:
    with pytest.raises(UntrustedError, match=said):
        verified(parsed(as_bytes(root)), [by.pinned], AT)


def _with_key_alone(signed: bytes, key: rsa.RSAPrivateKey) -> bytes:
    """A signature that shows a key and no certificate."""
    root = parsed(signed)
    holder = next(root.iter(f"{DS}KeyInfo"))
    for child in list(holder):
        holder.remove(child)
    numbers = key.public_key().public_numbers()
    value = etree.SubElement(etree.SubElement(holder, f"{DS}KeyValue"), f"{DS}RSAKeyValue")
    for name, number in (("Modulus", numbers.n), ("Exponent", numbers.e)):
        etree.SubElement(value, f"{DS}{name}").text = base64.b64encode(
            number.to_bytes((number.bit_length() + 7) // 8, "big")
        ).decode()
    return bytes(etree.tostring(root, encoding="UTF-8"))


def test_a_key_that_nobody_knows_counts_as_unsigned_whoever_else_is_believed(packs: Library):
    ours, other = signer("晋城市值班室"), signer("陌生人")
    signed = ours.key.signed(element(one_notice(packs.packs["jincheng/gas-winter-2021"])))
    assert isinstance(ours.private, rsa.RSAPrivateKey)
    shown = _with_key_alone(signed, ours.private)
    assert received(shown, [other.pinned, signer("曲线", curve=True).pinned], AT, unsigned=True).signer == ""
    assert received(shown, [other.pinned, ours.pinned], AT).signer == "晋城市值班室"
    with pytest.raises(UntrustedError, match="内容与签名不符"):
        received(shown.replace("晋城".encode(), "运城".encode()), [ours.pinned], AT, unsigned=True)
