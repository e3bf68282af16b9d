"""What a phone writes into a picture is gone, the picture is the same to the last pixel, and it stands upright as before."""

from __future__ import annotations

import io
import struct
from contextlib import suppress
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps, PngImagePlugin
from PIL.ExifTags import GPS, IFD, Base

from zhishou.errors import ZhishouError
from zhishou.web.console.photos import bare, kind

TOLD = (b"Telephone X9", b"2026:12:15", b"Zhang San", b"35.49N", b"xmpmeta")
"""What must not be found in a picture that is kept."""
XMP = b"<x:xmpmeta>Zhang San 35.49N</x:xmpmeta>"


def photo(form: str, turned: int, *, progressive: bool = False) -> bytes:
    """A picture as a phone makes it: place, device, time, a small picture, a name."""
    image = Image.new("RGB", (48, 32))
    image.putdata([(x * 5 % 256, y * 7 % 256, (x ^ y) * 9 % 256) for y in range(32) for x in range(48)])
    exif = Image.Exif()
    exif[Base.Model], exif[Base.DateTime], exif[Base.Artist] = "Telephone X9", "2026:12:15 20:35:00", "Zhang San"
    if turned:
        exif[Base.Orientation] = turned
    exif.get_ifd(IFD.GPSInfo).update(
        {GPS.GPSLatitudeRef: "N", GPS.GPSLatitude: (35.0, 29.0, 24.0), GPS.GPSMapDatum: "35.49N"}
    )
    out = io.BytesIO()
    if form == "PNG":
        told = PngImagePlugin.PngInfo()
        told.add_text("Author", "Zhang San 35.49N")
        told.add_itxt("XML:com.adobe.xmp", XMP.decode(), zip=False)
        image.save(out, form, exif=exif, pnginfo=told)
    elif form == "WEBP":
        image.save(out, form, exif=exif, xmp=XMP, lossless=True)
    else:
        image.save(out, form, exif=exif, xmp=XMP, comment="Zhang San", quality=80, progressive=progressive)
    return out.getvalue() + (b"ftypmp42 Zhang San 35.49N" if form != "WEBP" else b"")


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize(
    ("form", "turned", "progressive"),
    [*product(("JPEG", "PNG", "WEBP"), (0, 1, 3, 6, 8), (False,)), ("JPEG", 6, True)],
)
def test_the_picture_is_kept_and_what_is_told_besides_is_not(form: str, turned: int, *, progressive: bool) -> None:
    sent = photo(form, turned, progressive=progressive)
    assert any(told in sent for told in TOLD)
    assert opened(sent).getexif().get_ifd(IFD.GPSInfo), "the picture that is sent tells its place"
    kept = bare(sent, "现场.jpg")
    assert not [told for told in TOLD if told in kept]
    before, after = opened(sent), opened(kept)
    assert dict(after.getexif()) == ({Base.Orientation: turned} if turned > 1 else {})
    assert not after.getexif().get_ifd(IFD.GPSInfo)
    assert after.format == form
    assert after.tobytes() == before.tobytes()
    assert ImageOps.exif_transpose(after).tobytes() == ImageOps.exif_transpose(before).tobytes()
    assert bare(kept, "现场.jpg") == kept, "nothing more is found to leave out"


def test_colours_of_a_profile_and_a_second_picture_behind_the_first() -> None:
    """A colour profile is part of the picture; a second picture with its own place, as phones append, is not."""
    image = Image.new("CMYK", (16, 16), (10, 200, 30, 0))
    out = io.BytesIO()
    image.save(out, "JPEG", icc_profile=b"profile" * 20)
    kept = bare(out.getvalue() + photo("JPEG", 6), "一.jpg")
    assert opened(kept).info["icc_profile"] == b"profile" * 20
    assert opened(kept).tobytes() == opened(out.getvalue()).tobytes()
    assert not [told for told in TOLD if told in kept]


@pytest.mark.parametrize(
    "content",
    [b"", b"%PDF-1.7", b"GIF89a" + b"0" * 40, b"\0\0\0\x18ftypheic" + b"0" * 40, b"<svg onload=...>", b"RIFF1234AVI "],
)
def test_what_is_no_picture_of_the_three_is_refused_with_the_mend(content: bytes) -> None:
    assert kind(content) == ""
    with pytest.raises(ZhishouError, match="格式认不得") as caught:
        bare(content, "IMG_1.HEIC")
    assert "JPEG、PNG 或 WebP" in caught.value.mend


@settings(max_examples=120, deadline=None)
@given(st.sampled_from([photo("JPEG", 6), photo("PNG", 6), photo("WEBP", 6)]), st.data())
def test_a_broken_picture_is_told_or_its_telling_left_out(sent: bytes, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(sent)))
    at, byte = data.draw(st.integers(0, len(sent) - 1)), data.draw(st.integers(0, 255))
    for broken in (sent[:cut], sent[:at] + struct.pack("B", byte) + sent[at + 1 :]):
        with suppress(ZhishouError):
            kept = bare(broken, "现场.jpg")
            assert kind(kept) == kind(broken)
            assert not [told for told in TOLD if told in kept and len(broken) < len(sent)]
