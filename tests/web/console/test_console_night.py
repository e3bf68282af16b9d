"""The cold wave by clicking, in a real browser: at the desk and in the hand, several people at once, from a report to the review."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pyotp
from playwright.sync_api import Browser, Page, Request, expect
from web.console.browser import DESK, PHONE, screen
from web.console.conftest import Visits
from web.console.served import INCIDENT, Evening

Own = tuple[Evening, Visits]
HOME = f"/incidents/{INCIDENT}"
GAS = "jincheng/gas-winter-2021"
PASSWORD = "桥头 三只灰鹅 往北飞去"  # noqa: S105 - of the test


def _once(one: Evening, person: str) -> str:
    return one.house.gate.accounts.reset_password(person, one.clock.at, "admin").secret.get_secret_value()


def _enter(page: Page, login: str, password: str) -> None:
    page.get_by_label("登录名").fill(login)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录", exact=True).click()


def test_coming_in_with_a_second_factor(chromium: Browser, own_night: Own) -> None:
    """One-time password, a password of one's own, the second factor taken into use, and asked for the next time."""
    one, _ = own_night
    with screen(chromium, one, size=PHONE) as hand:
        page = hand.open("/incidents")
        expect(page.get_by_role("note")).to_contain_text("【演练】")
        _enter(page, "wang.bing", _once(one, "wang.bing"))
        page.get_by_label("新密码").fill(PASSWORD)
        page.get_by_label("再输一遍").fill(PASSWORD)
        page.get_by_role("button", name="换好，继续").click()
        expect(page).to_have_url(one.address + "/incidents")
        page.goto(one.address + "/me")
        page.get_by_role("button", name="启用动态口令").click()
        seed = page.locator(".once").inner_text().replace(" ", "")
        assert page.evaluate("document.documentElement.scrollWidth <= 390"), "the seed is broken over lines"
        page.get_by_label("6 位数字").fill(pyotp.TOTP(seed).at(one.clock.at))
        page.get_by_role("button", name="启用", exact=True).click()
        expect(page.locator("main")).to_contain_text("恢复码只显示这一次")
        page.locator("details.me summary").click()
        page.get_by_role("button", name="退出登录").click()
        one.clock.at += timedelta(minutes=2)
        _enter(page, "wang.bing", "不是这个密码")
        expect(page.get_by_role("alert")).to_be_visible()
        _enter(page, "wang.bing", PASSWORD)
        page.get_by_label("手机上的 6 位数字").fill(pyotp.TOTP(seed).at(one.clock.at))
        page.get_by_role("button", name="继续").click()
        expect(page.locator("h1")).to_have_text("态势")
        _a_login_that_ends_takes_nothing(page, one, pyotp.TOTP(seed))
        assert hand.faults == []


def _a_login_that_ends_takes_nothing(page: Page, one: Evening, factor: pyotp.TOTP) -> None:
    """What was typed when it ended is there again after the login, on the form it was typed into."""
    form = f"{one.address}{HOME}/do/add_note"
    page.goto(form)
    page.get_by_label("记什么").fill("省里来电，要求零点前再报一次")
    page.context.clear_cookies()
    page.get_by_role("button", name="记事").click()
    one.clock.at += timedelta(minutes=2)
    _enter(page, "wang.bing", PASSWORD)
    page.get_by_label("手机上的 6 位数字").fill(factor.at(one.clock.at))
    page.get_by_role("button", name="继续").click()
    expect(page).to_have_url(form)
    expect(page.get_by_label("记什么")).to_have_value("省里来电，要求零点前再报一次")
    expect(page.locator("main")).to_contain_text("没有提交，已填回")
    page.get_by_role("button", name="记事").click()
    expect(page.locator("main .done, #story")).to_contain_text("要求零点前再报一次")


def test_the_night_from_a_report_to_the_review(chromium: Browser, own_night: Own) -> None:
    one, _ = own_night
    with (
        screen(chromium, one, "cheng.jia", DESK) as duty,
        screen(chromium, one, "guo.yi", DESK) as office,
        screen(chromium, one, "wang.bing", PHONE) as commander,
    ):
        _a_report_comes_in_while_the_office_types(duty.open(HOME), office.open("/"))
        _the_commander_decides_on_his_phone(commander.open("/"), office.page)
        _gas_is_cut_by_a_signed_list(office.page, commander.page)
        _nobody_else_could_have_decided(duty.page)
        _it_ends_and_is_reviewed(one, commander.page, office.page)
        assert duty.faults + office.faults + commander.faults == []
    state = one.house.desk.incident(INCIDENT)
    assert not state.active
    (cut_list,) = state.cut_lists.values()
    assert cut_list.signed is not None
    assert (cut_list.drawn_up.name, cut_list.signed.name) == ("郭乙", "王丙")
    assert state.reviews


def _a_report_comes_in_while_the_office_types(duty: Page, office: Page) -> None:
    """What the office has typed stays while news comes in; sent, it is told what changed and asked again."""
    asked: dict[str, set[str]] = {"": set(), "1": set()}

    def heard(request: Request) -> None:
        if request.method == "GET" and "hx-request" in request.headers:
            asked[request.headers.get("x-zhishou-renewed", "")].add(urlsplit(request.url).path)

    office.on("request", heard)
    office.get_by_role("link", name="阳城县天然气供应紧张").first.click()
    office.locator("#assessment summary", has_text="逐条看各级条件").first.click()
    office.locator("#proposals").get_by_role("link", name="提出级别建议").click()
    form = office.locator("#panel form")
    form.get_by_label("办哪一件").select_option(label="Ⅱ级响应")
    form.get_by_label("建议的理由").fill("夜里还要降温，阳城告急")
    duty.locator("#reports").get_by_role("link", name="接报", exact=True).click()
    panel = duty.locator("#panel form")
    panel.get_by_label("谁报来的").fill("阳城县人民政府")
    panel.get_by_label("说了什么").fill("县城东片已停气，学校改用备用气源")
    panel.get_by_role("button", name="接报").click()
    expect(duty.locator("#panel .done")).to_be_visible()
    expect(office.locator("#story")).to_contain_text("县城东片已停气")
    assert HOME in asked["1"], "what a page fetches by itself says so"
    assert f"{HOME}/do/propose_level" in asked[""], "what somebody clicks does not"
    expect(form.get_by_label("建议的理由")).to_have_value("夜里还要降温，阳城告急")
    expect(office.locator("#assessment details[open]")).to_have_count(1)
    form.get_by_role("button", name="提出级别建议").click()
    expect(office.get_by_role("alert")).to_contain_text("情况有变")
    expect(office.get_by_role("alert")).to_contain_text("县城东片已停气")
    expect(form.get_by_label("建议的理由")).to_have_value("夜里还要降温，阳城告急")
    form.get_by_role("button", name="提出级别建议").click()
    expect(office.locator("#panel .done")).to_be_visible()


def _the_commander_decides_on_his_phone(commander: Page, office: Page) -> None:
    """He sees it waits for him, what will follow, and confirms; the office's screen shows it at once."""
    expect(commander.locator("main")).to_contain_text("等您决定")
    commander.get_by_role("link", name="看建议，决定").click()
    commander.get_by_role("button", name="下一步：核对").click()
    expect(commander.locator("main")).to_contain_text("确认后随即")
    expect(commander.locator("main")).to_contain_text("按保供顺序对工业、商业用户限停气")
    commander.get_by_role("button", name="确认决定").click()
    expect(commander.locator("main .done")).to_be_visible()
    expect(office.locator("#incident .level.big")).to_have_text("Ⅱ级响应")


def _gas_is_cut_by_a_signed_list(office: Page, commander: Page) -> None:
    """From the board to a list in the plan's order; whoever drew it up does not sign it, the commander does, in the hand."""
    office.get_by_role("link", name="态势").click()
    office.get_by_role("link", name="压减清单").click()
    office.get_by_role("checkbox").check()
    office.get_by_role("button", name="按今晚报表起草清单").click()
    expect(office.locator("#cut-head")).to_contain_text("合计压减", timeout=60_000)
    expect(office.get_by_role("link", name="签发", exact=True)).to_have_count(0)
    commander.get_by_role("link", name="供需").click()
    commander.get_by_role("link", name="压减", exact=True).click()
    commander.get_by_role("link", name="第1号压减清单").click()
    commander.get_by_role("link", name="签发", exact=True).click()
    panel = commander.locator("#panel")
    panel.get_by_role("button", name="下一步：核对").click()
    panel.get_by_role("button", name="确认签发压减清单").click()
    expect(commander.locator("#cut-head")).to_contain_text("已签发")
    office.go_back()
    expect(office.locator("main")).to_contain_text("王丙签发")


def _nobody_else_could_have_decided(duty: Page) -> None:
    duty.goto(duty.url.partition("/incidents")[0] + f"{HOME}/do/end_level?plan={GAS}&ladder=response")
    expect(duty.get_by_role("alert")).to_contain_text("4.4")
    expect(duty.locator("main form[action*='/do/']")).to_have_count(0)


def _it_ends_and_is_reviewed(one: Evening, commander: Page, office: Page) -> None:
    office.goto(one.address + HOME)
    one.clock.at += timedelta(minutes=50)
    commander.goto(one.address + HOME)
    commander.locator("#ending").get_by_role("link", name="结束Ⅱ级响应").click()
    form = commander.locator("#panel form")
    conditions = form.locator("input[name^='confirmed:']")
    expect(conditions).to_have_count(3)  # 4.4 of the plan names three
    for condition in conditions.all():
        condition.fill("已核实")
    form.get_by_role("button", name="下一步：核对").click()
    commander.locator("#panel").get_by_role("button", name="确认结束").click()
    expect(commander.locator("#panel .done")).to_be_visible()
    expect(office.locator("#incident .levels")).to_contain_text("未启动任何级别")
    office.locator("#ending").get_by_role("link", name="提交评估报告").click()
    review = office.locator("#panel form")
    review.get_by_label("评估报告").fill("响应及时，终端压减偏慢")
    review.get_by_role("button", name="提交评估报告").click()
    expect(office.locator("#panel .done")).to_be_visible()
