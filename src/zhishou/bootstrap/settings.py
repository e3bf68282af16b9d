"""house.yaml: what a duty room settles for itself; it stands alone because it is the one file that a deployment edits."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationError

from zhishou import clock
from zhishou.bootstrap.warnings import WarningSettings
from zhishou.callout.channels.settings import CalloutSettings
from zhishou.errors import PackError, ZhishouError, why
from zhishou.plan import marks
from zhishou.plan.base import Model, Names
from zhishou.plan.wrong import translated

NAME = "house.yaml"
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]{1,200}(:\d{1,5})?/?")


def _length(value: str) -> str:
    minutes = clock.minutes(value)
    if minutes is None or not 0 < minutes <= 527_040:
        raise ValueError("时长写成 15 min、2 h、1 d，至多一年")
    return value


Length = Annotated[str, AfterValidator(_length)]
"""A length of time: `15 min`, `2 h`, `1 d`."""


def _server(value: str) -> str:
    host, _, port = value.rpartition(":")
    if not host or not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise ValueError("邮件服务器写成 主机:端口")
    return value


class MailSettings(Model):
    """How the head of the record leaves by e-mail; user and password come from the environment alone."""

    to: Names = Field(min_length=1)
    """Addresses outside the duty room: whoever can keep what nobody here can take back."""
    sender: str = Field(min_length=3, max_length=200)
    """Address it comes from."""
    server: Annotated[str, AfterValidator(_server)]
    """Mail server, `host:port`."""
    security: Literal["tls", "starttls", "none"] = "starttls"
    """`tls` from the first byte, `starttls`, or `none` inside a trusted network."""


def _address(value: str) -> str:
    if value and not _ADDRESS.fullmatch(value):
        raise ValueError("网址写成 https://主机名 的样子，后面不带路径")
    return value


Address = Annotated[str, AfterValidator(_address)]
"""Where something is found on the web: scheme, host, perhaps a port."""


class AnchorSettings(Model):
    """Where the head of the record is written outside the database, and how often."""

    every: Length = "1 h"
    """How often."""
    files: Names = ()
    """Files to add a line to; they belong on another disk."""
    mail: MailSettings | None = None
    """By e-mail as well; none: not."""


class HouseSettings(Model):
    """What a duty room settles for itself."""

    areas: Names = Field(("jincheng",), min_length=1)
    """Area ids of the duty rooms in this record, the main one first."""
    immediately: Length | None = None
    """How long 立即 may take where a plan gives no figure; empty: it has no deadline."""
    promptly: Length | None = None
    """The same for 及时."""
    dated_back: Length = "7 d"
    """How far back an incident that is entered afterwards may be dated; further is taken for a slip."""
    anchors: AnchorSettings = AnchorSettings()
    """Where the head of the record is written outside the database."""
    demand_second_factor: bool = False
    """True: weighty commands are taken only from accounts that use a second factor."""
    plain_http: bool = False
    """True: people may log in over plain HTTP from other machines. Their passwords then cross the network unprotected."""
    proxies: Names = ("127.0.0.1", "::1")
    """Addresses of proxies whose word on the caller's address and scheme is taken."""
    idle: Length = "1 h"
    """A login ends after so long without use."""
    longest: Length = "24 h"
    """A login ends after so long in any case."""
    supply: dict[str, str] = Field(default_factory=dict)
    """Area → its supply system's file, as a path within the data folder or from the root."""
    address: Address = ""
    """Under which address people reach the console; the codes on papers lead there. Empty: they say number and code in words."""
    warnings: WarningSettings = WarningSettings()
    """Public warnings: in whose name they go out, and whom the house believes."""
    history: dict[str, str] = Field(default_factory=dict)
    """Area → the table of its daily demand and temperature so far, from which the days ahead are forecast."""
    weather: dict[str, str] = Field(default_factory=dict)
    """Area → the table of the temperatures foretold, renewed daily by whoever has them."""
    reassess_every: Length = "5 min"
    """How often assessments are looked at anew without new facts, because facts grow stale."""
    call_policy: str = ""
    """File with this deployment's own rules of calling, within the data folder; empty: the shipped ones."""
    call_texts: str = ""
    """File with this deployment's own words for messages, within the data folder; empty: the shipped ones."""
    callout: CalloutSettings = CalloutSettings()
    """How people are told: channels, their secrets and limits, the monthly test."""


def length(text: str) -> timedelta:
    """A length of time of the settings."""
    return timedelta(minutes=clock.minutes(text) or 0)


def read_settings(folder: Path) -> HouseSettings:
    """The settings of a data folder; where there is no file yet it is written, with every setting explained.

    Raises:
        PackError: with every problem, its line and mend.
        ZhishouError: the file cannot be read or written.
    """
    file = folder / NAME
    try:
        if not file.exists():
            folder.mkdir(parents=True, exist_ok=True)
            with file.open("x", encoding="utf-8") as new:
                new.write(_FIRST)
    except FileExistsError:
        pass  # another process wrote it at the same moment
    except OSError as error:
        raise ZhishouError(f"数据文件夹写不了（{why(error)}）", where=str(folder), mend="核对文件夹和权限") from None
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise ZhishouError("读不了，应为 UTF-8 文字", where=str(file), mend="核对权限和编码") from None
    marked = marks.read(text, NAME)
    try:
        return HouseSettings.model_validate(marked.data or {})
    except ValidationError as error:
        raise PackError(translated(error, marked)) from None


_FIRST = """\
# 值班室自己的设置。改后重启服务生效。每台服务器用同样的内容。

# 设值班室的地区，第一个为主。可写几个：[jincheng, chengqu]
areas: [jincheng]

# 预案只写“立即”“及时”、没有写多少分钟时，本值班室按多长计时；不写则不计时、不算迟。
# immediately: 15 min
# promptly: 1 h

# 补登事件时，登记时间最多可早于现在多久；再早的按写错年月处理。
# dated_back: 7 d

# 把记录的末条封印定时写到库外，末尾被截也能发现。文件应在另一块盘上。
anchors:
  every: 1 h
  files: []
  # 同时用邮件发到值班室以外；用户和口令取环境变量 ZHISHOU_MAIL_USER、ZHISHOU_MAIL_PASSWORD。演练不发。
  # mail: {to: [archive@example.cn], sender: desk@example.cn, server: "mail.example.cn:587", security: starttls}

# true：决定、审批、结束、移交、任免等，只受理已启用动态口令的账户。
demand_second_factor: false

# true：允许其他机器用未加密的 http 登录（口令在网上不设防）。默认只许本机，其他机器经 https 反向代理。
plain_http: false

# 反向代理的地址：只信它们转告的来访地址。
proxies: [127.0.0.1, "::1"]

# 登录多久不用即退出；最长多久。
idle: 1 h
longest: 24 h

# 供气系统文件（报送单位、管网、用户），有的地区才能收报表。相对路径从本文件夹算起。
# supply: {jincheng: system.yaml}

# 大家用什么网址打开控制台。写了，文件上的二维码扫一下就到这条记录；不写，二维码只有文号和核对码。
# address: https://zhiban.example
# 历年逐日用气量和气温、今后几天气温预报（每天换新），有的地区才有七天预测。列名见 docs/supply.md。
# history: {jincheng: history.csv}
# weather: {jincheng: weather.csv}

# 公开预警信息（CAP）：以谁的名义发、用哪把钥匙签；收谁的、信哪些证书。各项见 docs/cap.md。
# warnings:
#   senders: {jincheng: {sender: bzgb@jincheng.example, name: 晋城市人民政府}}
#   key: cap/key.pem
#   certificate: cap/certificate.pem
#   sources: [{name: weather, senders: ["14050041600000"]}]
#   unsigned: true

# 没有新要素时，隔多久重新研判一次（要素会过时）。
reassess_every: 5 min

# 本值班室自己的呼叫规则（几分钟不应答呼下一位、隔多久重呼），格式见 docs/callout.md；不写用自带的。
# call_policy: call_policy.yaml
# 本值班室自己的通知用语，按类写，没有写的用自带的，格式见 docs/callout.md。
# call_texts: call_texts.yaml

# 通知的通道。密钥只写在哪里（env 或 file），不写密钥本身；accepted 写明网关怎样回答才算收下。
# callout:
#   site: https://duty.example.cn
#   channels:
#     sms:
#       kind: sms
#       url: https://sms.example.cn/send
#       key: {env: SMS_KEY}
#       body: {key: "{key}", mobile: "{to}", content: "{text}", id: "{id}"}
#       accepted: {code: 0}
"""
