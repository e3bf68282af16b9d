"""Photos as a form brings them: not too many, not too large, each the picture alone under a name of its own."""

from __future__ import annotations

from starlette.datastructures import FormData, UploadFile

from zhishou.errors import ZhishouError
from zhishou.incident.reports import PHOTOS
from zhishou.web.console.photos import bare

LARGEST = 8 * 1024 * 1024
"""Bytes of one photo."""


def sent_with(form: FormData) -> dict[str, bytes]:
    """The photos that were sent, by a name of their own: the pictures alone, without place, time and device.

    Raises:
        ZhishouError: one is too large, no picture, or broken.
    """
    sent = [one for one in form.getlist("photo") if isinstance(one, UploadFile) and one.filename]
    if len(sent) > PHOTOS:
        raise ZhishouError(f"照片超过 {PHOTOS} 张", where="照片", mend="挑要紧的报，其余再报一次")
    found: dict[str, bytes] = {}
    for number, one in enumerate(sent, 1):
        content = one.file.read(LARGEST + 1)
        name = (one.filename or "照片").replace("\\", "/").rpartition("/")[2][-60:]
        if len(content) > LARGEST:
            raise ZhishouError(f"“{name}”超过 8 MB", where="照片", mend="拍小一点，或压缩后再传")
        found[f"{number} {name}"] = bare(content, name)
    return found
