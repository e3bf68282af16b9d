"""Who signed a message, by certificates pinned beforehand; it stands alone because trust is decided here and only here.

What is read afterwards is the very tree that was signed, never the document it lay in, so that a signature moved into
another message (wrapping) signs nothing there.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.exceptions import InvalidCertificate, SignXMLException
from signxml.verifier import SignatureConfiguration, XMLVerifier

from zhishou.errors import UntrustedError, ZhishouError

_DS = "{http://www.w3.org/2000/09/xmldsig#}"
_ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
_CANONICAL = frozenset(
    {
        "http://www.w3.org/2001/10/xml-exc-c14n#",
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
        "http://www.w3.org/2006/12/xml-c14n11",
    }
)
_METHODS = frozenset(
    {
        SignatureMethod.RSA_SHA256, SignatureMethod.RSA_SHA384, SignatureMethod.RSA_SHA512,
        SignatureMethod.ECDSA_SHA256, SignatureMethod.ECDSA_SHA384, SignatureMethod.ECDSA_SHA512,
    }
)  # fmt: skip
_DIGESTS = frozenset({DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512})


@dataclass(frozen=True)
class Pinned:
    """A certificate that the deployment has decided to believe, and whose it is."""

    name: str
    certificate: x509.Certificate = field(repr=False)

    @classmethod
    def of(cls, name: str, pem: bytes) -> Pinned:
        """From PEM.

        Raises:
            ZhishouError: unreadable.
        """
        try:
            return cls(name, x509.load_pem_x509_certificate(pem))
        except ValueError:
            raise ZhishouError("读不出来", where=f"{name}的证书", mend="要 PEM 格式的证书") from None


@dataclass(frozen=True)
class Verified:
    """What was signed, and by whom."""

    root: Any
    """The signed tree, without the signature; nothing else of the document may be read."""
    signer: str


def signatures(root: Any) -> int:
    """How many signatures lie anywhere in a document."""
    return sum(1 for _ in root.iter(f"{_DS}Signature"))


def verified(root: Any, pinned: Sequence[Pinned], at: datetime) -> Verified:
    """The signed tree of a message.

    Args:
        root: the message as it came through the door.
        pinned: the certificates believed.
        at: now; a certificate counts within its time.

    Raises:
        UntrustedError: no signature, several, one in the wrong place or over something else than the whole message, by
            an unknown certificate, by one out of its time, with weak algorithms, or over other content. `unknown` where
            none of them is by anybody known: then they say nothing, however many there are and however they were made.
    """
    _known(root, pinned)
    signature = _signature(root)
    candidates = _candidates(signature, pinned)
    expected = SignatureConfiguration(
        location="./", expect_references=1, signature_methods=_METHODS, digest_algorithms=_DIGESTS,
        verification_time=at,
    )  # fmt: skip
    failure = "内容与签名不符，信息在途中被改动过，或签名不是用这张证书作的"
    for one in candidates:
        try:
            result = XMLVerifier().verify(root, x509_cert=one.certificate, expect_config=expected)
        except InvalidCertificate:
            failure = f"{one.name}的证书不在有效期内"
        except (SignXMLException, InvalidSignature, ValueError, KeyError, TypeError, etree.LxmlError):
            continue  # malformed in whatever way: not signed
        else:
            signed = None if isinstance(result, list) else result.signed_xml
            if signed is None or signed.tag != root.tag:
                continue
            return Verified(signed, one.name)
    raise _untrusted(failure)


def _known(root: Any, pinned: Sequence[Pinned]) -> None:
    """Refuse signatures none of which is by anybody known."""
    strange: UntrustedError | None = None
    for signature in root.iter(f"{_DS}Signature"):
        try:
            _candidates(signature, pinned)
        except UntrustedError as error:
            if not error.unknown:
                raise
            strange = error
        else:
            return
    if strange is not None:
        raise strange


def _signature(root: Any) -> Any:
    """The one signature of a document, over the whole of it and nothing but it."""
    if (count := signatures(root)) != 1:
        raise _untrusted("没有签名" if not count else f"有 {count} 个签名，只认一个")
    signature = next(child for child in root.iter(f"{_DS}Signature"))
    if signature.getparent() is not root:
        raise _untrusted("签名不在信息的第一层")
    references = signature.findall(f"{_DS}SignedInfo/{_DS}Reference")
    if len(references) != 1 or references[0].get("URI") != "":
        raise _untrusted("签名所指的不是整份信息")
    transforms = [one.get("Algorithm") for one in references[0].iter(f"{_DS}Transform")]
    if _ENVELOPED not in transforms or set(transforms) - {_ENVELOPED} - _CANONICAL:
        raise _untrusted("签名所用的变换不在容许之列")
    if signature.find(f"{_DS}Object") is not None or len(signature.findall(f"{_DS}SignedInfo")) != 1:
        raise _untrusted("签名里夹带了别的内容")
    return signature


def _candidates(signature: Any, pinned: Sequence[Pinned]) -> Sequence[Pinned]:
    """The pinned certificates that the signature can be of: whose certificate or key it names, or all where it names none."""
    if (modulus := signature.find(f"{_DS}KeyInfo/{_DS}KeyValue/{_DS}RSAKeyValue/{_DS}Modulus")) is not None:
        number = int.from_bytes(_decoded(modulus), "big")
        pinned = [one for one in pinned if _modulus(one.certificate) == number]
    named = [_decoded(one) for one in signature.iter(f"{_DS}X509Certificate")]
    found = [one for one in pinned if not named or one.certificate.public_bytes(Encoding.DER) in named]
    if not found:
        raise UntrustedError("签名所用的证书不在信任名单里", unknown=True, mend="向发送单位核实后，把它的证书加进名单")
    return found


def _decoded(element: Any) -> bytes:
    try:
        return base64.b64decode("".join((element.text or "").split()), validate=True)
    except (binascii.Error, ValueError):
        raise _untrusted("签名里的证书读不出来") from None


def _modulus(certificate: x509.Certificate) -> int:
    """The number that an RSA key is known by; nought for other keys."""
    key = certificate.public_key()
    return key.public_numbers().n if isinstance(key, RSAPublicKey) else 0


def _untrusted(what: str) -> UntrustedError:
    return UntrustedError(what, mend="不予采信；请向发送单位电话核实")
