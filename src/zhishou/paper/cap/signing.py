"""The signature under a message (XML-DSig, enveloped); it stands alone because it alone holds the private key.

CAP 1.2, 3.3.2.1 places it last in `alert`. RSA or ECDSA with SHA-256, exclusive canonicalisation, and the certificate in
`KeyInfo`, so that a receiver can see who claims to have signed before asking whether to believe it.
"""

from __future__ import annotations

from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from signxml import methods
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod
from signxml.signer import XMLSigner

from zhishou.errors import ZhishouError
from zhishou.paper.cap.writing import as_bytes

_RSA_BITS = 2048
_WHERE = "预警签名密钥"


class SigningKey:
    """A private key with its certificate, as the deployment gives them."""

    def __init__(self, key: bytes, certificate: bytes, password: bytes | None = None) -> None:
        """Take both as PEM.

        Raises:
            ZhishouError: unreadable, neither RSA of 2048 bits or more nor an elliptic curve, or not a pair.
        """
        try:
            private = load_pem_private_key(key, password)
            self.certificate = x509.load_pem_x509_certificate(certificate)
        except (ValueError, TypeError):
            raise ZhishouError("读不出来", where=_WHERE, mend="要 PEM 格式的私钥和证书，有口令的给出口令") from None
        if not isinstance(private, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
            raise ZhishouError("不是 RSA 或椭圆曲线密钥", where=_WHERE, mend="用 RSA 2048 位以上或 P-256")
        if isinstance(private, rsa.RSAPrivateKey) and private.key_size < _RSA_BITS:
            raise ZhishouError(f"RSA 只有 {private.key_size} 位", where=_WHERE, mend="用 2048 位以上")
        if private.public_key() != self.certificate.public_key():
            raise ZhishouError("私钥和证书不是一对", where=_WHERE, mend="核对两个文件")
        self._private = private
        self._pem = self.certificate.public_bytes(Encoding.PEM).decode()
        kind = SignatureMethod.RSA_SHA256 if isinstance(private, rsa.RSAPrivateKey) else SignatureMethod.ECDSA_SHA256
        self._signer = XMLSigner(
            method=methods.enveloped, signature_algorithm=kind, digest_algorithm=DigestAlgorithm.SHA256,
            c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
        )  # fmt: skip

    def signed(self, root: Any) -> bytes:
        """The message with its signature, as UTF-8; not a byte of it may change afterwards."""
        return as_bytes(self._signer.sign(root, key=self._private, cert=self._pem))
