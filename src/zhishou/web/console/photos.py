"""Photos as they are kept: the picture alone. Where it was taken, when, by whose device and what else a phone writes into it is left out.

It stands alone because it reads the three formats byte by byte; no picture is decoded, so none loses in quality. What
turns a picture upright is kept, as the one entry that is written anew.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from zhishou.errors import ZhishouError

JPEG, PNG = b"\xff\xd8", b"\x89PNG\r\n\x1a\n"
MEND = "用 JPEG、PNG 或 WebP 格式；苹果手机在“设置→相机→格式”里选“兼容性最佳”"
PNG_KEPT = frozenset(
    {
        b"IHDR",
        b"PLTE",
        b"IDAT",
        b"IEND",
        b"tRNS",
        b"gAMA",
        b"cHRM",
        b"sRGB",
        b"iCCP",
        b"cICP",
        b"sBIT",
        b"bKGD",
        b"pHYs",
    }
)
"""Chunks that are the picture and its colours."""
WEBP_KEPT = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
EXIF_FLAG, XMP_FLAG = 0x08, 0x04
"""Of a WebP's first chunk: what else the file holds."""


def kind(content: bytes) -> str:
    """What kind of picture bytes are; empty where they are none."""
    if content.startswith(JPEG + b"\xff"):
        return "image/jpeg"
    if content.startswith(PNG):
        return "image/png"
    return "image/webp" if content[:4] == b"RIFF" and content[8:12] == b"WEBP" else ""


def bare(content: bytes, name: str) -> bytes:
    """The picture without what was written into it besides, upright as before.

    Args:
        content: the file as it was sent.
        name: of the file, for the message.

    Raises:
        ZhishouError: it is no picture of the three formats, or a broken one.
    """
    of = {"image/jpeg": _jpeg, "image/png": _png, "image/webp": _webp}.get(kind(content))
    if of is None:
        raise ZhishouError(f"“{name}”不是照片，或格式认不得", where="照片", mend=MEND)
    try:
        return of(content)
    except (struct.error, IndexError):
        raise ZhishouError(f"“{name}”没有传全，或已损坏", where="照片", mend="重新拍一张，或重新选一次") from None


def _jpeg(content: bytes) -> bytes:
    """Segments of ITU-T T.81 up to the end of the first picture; of the APPn those for colours alone."""
    kept, turned, at, colours = [], 1, 2, []
    while True:
        marker, at = _marker(content, at)
        if marker == 0xD9:
            break
        size = struct.unpack_from(">H", content, at)[0]
        body = content[at + 2 : at + size]
        if size < 2 or len(body) != size - 2:
            raise IndexError
        at += size
        if marker == 0xE1 and body.startswith(b"Exif\0\0"):
            turned = _orientation(body[6:])
        elif (marker == 0xE2 and body.startswith(b"ICC_PROFILE\0")) or (marker == 0xEE and body.startswith(b"Adobe")):
            colours.append(_segment(marker, body))
        elif marker == 0xE0 and body.startswith(b"JFIF\0"):
            colours.append(_segment(marker, body[:12] + b"\0\0"))  # without its small picture
        elif 0xC0 <= marker <= 0xDF:
            kept.append(_segment(marker, body))
        if marker == 0xDA:
            until = _end_of_scan(content, at)
            kept.append(content[at:until])
            at = until
    if not any(one[1] == 0xDA for one in kept):
        raise IndexError
    upright = [] if turned == 1 else [_segment(0xE1, b"Exif\0\0" + _exif(turned))]
    jfif = [one for one in colours if one[1] == 0xE0]
    return b"".join([JPEG, *jfif, *upright, *(one for one in colours if one not in jfif), *kept, b"\xff\xd9"])


def _marker(content: bytes, at: int) -> tuple[int, int]:
    if content[at] != 0xFF:
        raise IndexError
    while content[at] == 0xFF:
        at += 1
    return content[at], at + 1


def _end_of_scan(content: bytes, at: int) -> int:
    """Where the coded picture gives way to the next marker; 0xFF00 and restart marks are part of it."""
    while (at := content.find(b"\xff", at)) >= 0:
        if content[at + 1] != 0 and content[at + 1] != 0xFF and not 0xD0 <= content[at + 1] <= 0xD7:
            return at
        at += 1 if content[at + 1] == 0xFF else 2
    raise IndexError


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def _png(content: bytes) -> bytes:
    """Chunks of ISO/IEC 15948."""
    kept, turned, at, name = [], 1, len(PNG), b""
    while name != b"IEND":
        size, name = struct.unpack_from(">I4s", content, at)
        body = content[at + 8 : at + 8 + size]
        if len(body) != size or at + 12 + size > len(content):
            raise IndexError
        at += 12 + size
        if name == b"eXIf":
            turned = _orientation(body)
        elif name in PNG_KEPT:
            kept.append(_chunk(name, body))
    if turned != 1:
        kept.insert(1, _chunk(b"eXIf", _exif(turned)))
    return PNG + b"".join(kept)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _webp(content: bytes) -> bytes:
    """Chunks of RFC 9649."""
    kept, turned = [], 1
    for name, body in _riff(content):
        if name == b"EXIF":
            turned = _orientation(body.removeprefix(b"Exif\0\0"))
        elif name in WEBP_KEPT:
            kept.append((name, body))
    if not kept:
        raise IndexError
    if kept[0][0] == b"VP8X":
        flags = kept[0][1][0] & ~(EXIF_FLAG | XMP_FLAG) | (EXIF_FLAG if turned != 1 else 0)
        kept[0] = (b"VP8X", bytes([flags]) + kept[0][1][1:])
        if turned != 1:
            kept.append((b"EXIF", _exif(turned)))
    whole = b"WEBP" + b"".join(
        name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2) for name, body in kept
    )  # fmt: skip
    return b"RIFF" + struct.pack("<I", len(whole)) + whole


def _riff(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    end, at = 8 + struct.unpack_from("<I", content, 4)[0], 12
    if end > len(content) + 1:
        raise IndexError
    while at + 8 <= min(end, len(content)):
        name, size = struct.unpack_from("<4sI", content, at)
        body = content[at + 8 : at + 8 + size]
        if len(body) != size:
            raise IndexError
        yield name, body
        at += 8 + size + size % 2


def _orientation(exif: bytes) -> int:
    """How a picture is turned (Exif 2.3, 0x0112); 1, upright, where it does not say or cannot be read."""
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None:
        return 1
    try:
        (first,) = struct.unpack_from(f"{order}I", exif, 4)
        (count,) = struct.unpack_from(f"{order}H", exif, first)
        for number in range(count):
            tag, type_, _, value = struct.unpack_from(f"{order}HHIH", exif, first + 2 + 12 * number)
            if (tag, type_) == (0x0112, 3):
                return int(value) if 1 <= value <= 8 else 1
    except struct.error:
        pass
    return 1


def _exif(turned: int) -> bytes:
    """An Exif block that says how the picture is turned, and nothing else."""
    return b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, turned, 0, 0)
