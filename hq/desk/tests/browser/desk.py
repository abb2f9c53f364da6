"""The desk and a service's desk in a real Chromium, over data that came through a real relay.

Started by the ignored test `browser` of tests/desk, which gives everything in the environment. Every check says what it
wanted; the first that does not hold ends the run. Pictures go into PICTURES.
"""

import os
import re
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

DESK = os.environ["DESK_URL"]
SERVICE = os.environ["SERVICE_URL"]
MONTHS = os.environ["MONTHS_URL"]
TOTALS = os.environ["TOTALS"].split()
PICTURES = Path(os.environ["PICTURES"])
CHROMIUM = os.environ["WAYSIDE_CHROMIUM"]
QUIET = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--no-first-run",
]
checks = 0


def check(holds: bool, wanted: str) -> None:
    global checks
    checks += 1
    if not holds:
        sys.exit(f"NOT SO: {wanted}")


class Room:
    """A browser window of its own, which notes whatever should not happen."""

    def __init__(self, browser, scheme: str, base: str) -> None:
        self.context = browser.new_context(color_scheme=scheme, viewport={"width": 1280, "height": 900})
        self.page: Page = self.context.new_page()
        self.base = base
        self.wrong: list[str] = []
        self.page.on("request", self._asked)
        self.page.on("console", lambda said: self.wrong.append(f"console: {said.text}") if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))

    def _asked(self, request) -> None:
        if not request.url.startswith((self.base, "data:")):
            self.wrong.append(f"asked elsewhere: {request.url}")

    def go(self, path: str) -> Page:
        self.page.goto(self.base + path)
        return self.page

    def sign_in(self, name: str) -> Page:
        page = self.go("/sign-in")
        # With the keyboard alone: the first field gets the focus by itself.
        page.wait_for_selector("#name:focus")
        page.keyboard.type(name)
        page.keyboard.press("Tab")
        page.keyboard.type(f"{name} river stone lamp winter field")
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "sign-in" not in url)
        return page

    def picture(self, name: str) -> None:
        self.page.screenshot(path=str(PICTURES / f"{name}.png"), full_page=True)

    def close(self) -> None:
        check(not self.wrong, f"no error, nothing from elsewhere: {self.wrong}")
        self.context.close()


# What a screen reader needs, and that text can be read: run in the page, gives back what is missing.
NEEDS = """() => {
    const lacks = [];
    const named = (e) => e.labels?.length || e.getAttribute('aria-label') || e.getAttribute('aria-labelledby');
    document.querySelectorAll('input:not([type=hidden]), select').forEach((e) => named(e) || lacks.push('no label: ' + e.name));
    document.querySelectorAll('button, a').forEach((e) =>
        (e.textContent.trim() || e.getAttribute('aria-label')) || lacks.push('no words: ' + e.outerHTML));
    document.querySelectorAll('table').forEach((e) => {
        if (!e.caption) lacks.push('a table without caption');
        if (e.querySelector('th:not([scope])')) lacks.push('a head without scope: ' + e.caption?.textContent);
    });
    if (document.querySelectorAll('h1').length !== 1) lacks.push('not one h1');
    if (!document.documentElement.lang) lacks.push('no language');
    const light = (c) => {
        const [r, g, b] = c.match(/[\\d.]+/g).map(Number).map((v) => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
        return .2126 * r + .7152 * g + .0722 * b;
    };
    const behind = (e) => {
        for (; e; e = e.parentElement) {
            const c = getComputedStyle(e).backgroundColor;
            if (c.startsWith('rgb(')) return c;
        }
        return 'rgb(255, 255, 255)';
    };
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const e = walk.currentNode.parentElement, box = e.getBoundingClientRect();
        if (!walk.currentNode.textContent.trim() || box.width === 0 || box.right < 0) continue;
        const [a, b] = [light(getComputedStyle(e).color), light(behind(e))].sort((x, y) => y - x);
        const ratio = (a + .05) / (b + .05);
        if (ratio < 4.5) lacks.push(`contrast ${ratio.toFixed(2)}: ${walk.currentNode.textContent.trim().slice(0, 40)}`);
    }
    if (document.documentElement.scrollWidth > innerWidth) lacks.push('the page is wider than the window');
    return [...new Set(lacks)];
}"""


# Texts of ours that are still English on a page in another language. What was recorded, codes and moments stay as they are.
LEFT_ENGLISH = """() => {
    const left = new Set(), walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const inside = walk.currentNode.parentElement.closest('bdi, code, time, .brand, [dir=auto], [lang]');
        const text = walk.currentNode.textContent.trim();
        if (inside === document.documentElement && /[A-Za-z]{3,}/.test(text)) left.add(text);
    }
    document.querySelectorAll('[aria-label]').forEach((e) =>
        /[A-Za-z]{3,}/.test(e.getAttribute('aria-label')) && left.add(e.getAttribute('aria-label')));
    return [...left];
}"""

# Whether the bars of a chart stand in their order and are as long as the numbers beside them: what is wrong, for each line.
BARS = """() => {
    const wrong = [], turned = document.documentElement.dir === 'rtl';
    document.querySelectorAll('table.over-time').forEach((table) => {
        const lines = [...table.tBodies[0].rows].filter((row) => row.querySelector('svg'));
        const read = (row) => [...row.cells].slice(2).map((cell) => cell.textContent.trim());
        const most = Math.max(...lines.flatMap(read).filter((text) => text !== '–').map(Number));
        for (const row of lines) {
            const name = table.caption.textContent + ', ' + row.cells[0].textContent, room = row.querySelector('svg').clientHeight;
            const boxes = [...row.querySelectorAll('rect')].map((bar) => bar.getBoundingClientRect());
            const numbers = read(row);
            if (boxes.length !== numbers.length) wrong.push(name + ': not a bar for each month');
            boxes.forEach((box, n) => {
                const tall = numbers[n] === '–' ? 2 : Number(numbers[n]) / most * room;
                if (Math.abs(box.height - tall) > 1.1) wrong.push(`${name}: ${box.height} tall for ${numbers[n]}`);
                if (n && (box.left < boxes[n - 1].left) !== turned) wrong.push(name + ': months out of order');
            });
        }
    });
    return wrong;
}"""


def readable(page: Page, where: str) -> None:
    lacks = page.evaluate(NEEDS)
    check(not lacks, f"{where}: {lacks}")


def narrow(page: Page, address: str, where: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(address)
    readable(page, f"{where} on a narrow window")


def all_arabic(page: Page, where: str) -> None:
    left = page.evaluate(LEFT_ENGLISH)
    check(not left, f"{where}, still English: {left}")


def case_manager(browser, scheme: str) -> None:
    room = Room(browser, scheme, DESK)
    page = room.sign_in("case-manager")
    check(page.title().startswith("Work queue"), "the queue comes first")
    first = page.locator("table.queue").first.locator("tbody tr").first.inner_text()
    check("Child protection" in first or "Act now" in first, f"the urgent one stands first: {first}")
    readable(page, "queue")
    room.picture(f"queue-{scheme}")

    page.get_by_role("link", name=os.environ["CASE_ADULT"]).click()
    if scheme == "light":
        # A reason is given once; the dark room comes after it.
        check(page.locator("#answers").count() == 0, "answers are shut before a reason")
        readable(page, "record, shut")
        page.get_by_label("Reason").fill("Follow-up visit planned")
        page.get_by_label("Reason").press("Enter")
    page.wait_for_selector("#answers")
    check("one strong and one medium" in page.inner_text("main"), "the rule's branch is in words")
    check(page.locator("text=الطريق").count() > 0, "a recorded Arabic text is shown")
    readable(page, "record")
    room.picture(f"record-{scheme}")

    page.get_by_label("What the person asks for").select_option("restriction")
    page.get_by_label("What should stand there").fill("The person disputes it")
    page.get_by_role("button", name="Put into the queue").click()
    page.wait_for_url(DESK + "/")

    page.get_by_role("link", name=os.environ["CASE_ACTORS"]).click()
    said = os.environ["SAID"]
    if scheme == "light":
        page.get_by_label("Reason").fill("Safety plan with the person")
        page.get_by_role("button", name="Show the answers").click()
        page.wait_for_selector("#actors")
        check("by-boat" in page.content() and said not in page.content(), "what is said of actors stays shut to one person")
        readable(page, "record with actors, shut")
        room.picture("record-actors-light")
        page.get_by_role("heading", name="Alleged actors").wait_for()
        form = page.locator("form", has=page.get_by_role("button", name="Ask a second person"))
        form.get_by_label("Reason").fill("The person fears them at the ferry")
        form.get_by_role("button").click()
        page.wait_for_selector("text=A second person has to agree")
        check(said not in page.content(), "asking alone opens nothing")
        page.goto(DESK + "/requests")
        row = page.locator("tr", has_text="The person fears them at the ferry")
        check(row.get_by_role("button").count() == 0, "who asked cannot be the second person")
    else:
        # The key officer agreed in the room before.
        page.wait_for_selector("text=A second person agreed")
        check(said in page.inner_text("main"), "two persons open it")
        readable(page, "record with actors, open")
        room.picture("record-actors-dark")
    page.goto(DESK + "/")

    page.get_by_role("link", name="Referrals").click()
    check("Received" in page.inner_text("main"), "the service's answer is here")
    readable(page, "referrals")
    room.picture(f"referrals-{scheme}")
    page.get_by_role("link", name="Team").click()
    check("asks for help" in page.inner_text("main"), "a worker asks for help")
    readable(page, "team")
    with page.expect_download() as saved:
        page.goto(DESK + "/")
        page.get_by_role("link", name="XLSX").click()
    check(Path(saved.value.path()).read_bytes()[:2] == b"PK", "the workbook is one")
    page.goto(DESK + "/devices")
    readable(page, "devices")
    room.picture(f"devices-{scheme}")

    page.get_by_role("link", name="Publishing").click()
    if scheme == "light":
        page.get_by_label("The file", exact=True).set_input_files(os.environ["SERVICES_FILE"])
        page.get_by_role("button", name="Check it").click()
        page.wait_for_selector("text=What would change")
        page.get_by_label("What it is").select_option("rule_set")
        page.get_by_label("The file", exact=True).set_input_files(os.environ["RULES_FILE"])
        page.get_by_label("Files that belong to it").wait_for()
        page.get_by_role("button", name="Check it").click()
        page.wait_for_selector("text=indicator DR1, weight AL")
    check("9 to 18" in page.inner_text("main"), "what would change is shown")
    readable(page, "publishing")
    room.picture(f"publishing-{scheme}")
    if scheme == "dark":
        # The rule set is for somebody else to sign.
        check(page.get_by_role("button", name="Sign and publish").count() == 1, "one of the two is theirs to sign")
        page.get_by_role("button", name="Sign and publish").click()
        page.wait_for_selector("text=Published")
    narrow(page, DESK + "/publishing", "publishing")
    narrow(page, DESK + "/referrals", "referrals")
    room.close()


def key_officer(browser, scheme: str) -> None:
    room = Room(browser, scheme, DESK)
    page = room.sign_in("key-officer")
    page.get_by_role("link", name="Requests").click()
    check("The person disputes it" in page.inner_text("main"), "the request of the case manager waits")
    readable(page, "requests")
    room.picture(f"requests-{scheme}")
    asked = page.locator("tr", has_text="The person fears them at the ferry")
    if scheme == "light":
        asked.get_by_role("button", name="Agree").click()
        asked.get_by_text("Open", exact=True).wait_for()
        check(page.goto(DESK + "/").url.endswith("/requests"), "who agreed reaches no record by that")
        page.get_by_role("link", name="Requests").click()
    check("case-manager" in asked.inner_text() and "key-officer" in asked.inner_text(), "both persons stand there")
    if scheme == "dark":
        row = page.locator("tr", has_text="The person disputes it").first
        row.get_by_label("Reason").fill("until it is clear")
        row.get_by_role("button", name="Grant").click()
        page.wait_for_selector("text=Granted")
    page.get_by_role("link", name="Publishing").click()
    check("It changes indicators: 1, weights: 1" in page.inner_text("main"), "what the rule set changes is counted")
    readable(page, "publishing for the key officer")
    room.picture(f"publishing-officer-{scheme}")
    if scheme == "dark":
        page.get_by_role("button", name="Sign and publish").click()
        page.wait_for_selector("text=Nothing waits.")
    page.get_by_role("link", name="Audit").click()
    check("answers read" in page.inner_text("main"), "the reading stands in the audit")
    readable(page, "audit")
    page.get_by_role("link", name="Data protection").click()
    check("/data/work/unpaid" in page.inner_text("main"), "each field is there")
    readable(page, "data protection")
    room.picture(f"data-protection-{scheme}")
    check(page.goto(DESK + "/export/queue.csv").status == 403, "the key officer exports nothing")
    room.wrong = [line for line in room.wrong if "403" not in line]
    room.close()


def devices(browser, scheme: str) -> None:
    """The key officer lets one phone in and keeps the other out; the test looks at the relay afterwards."""
    room = Room(browser, scheme, DESK)
    page = room.sign_in("key-officer")
    page.get_by_role("link", name="Devices").click()
    device = os.environ["DEVICE_EQUAL" if scheme == "light" else "DEVICE_OTHER"]
    row = page.locator("tr", has=page.locator(f"#device-{device}"))
    check("Waiting" in row.inner_text(), "the phone waits")
    readable(page, "devices for the key officer")
    if scheme == "light":
        room.picture("devices-officer-light")
        row.get_by_role("button", name="Confirm").click()
        check(page.locator("input:invalid").count() > 0 and "Waiting" in row.inner_text(), "not before somebody says that the words are equal")
        row.get_by_label("The words are equal").check()
        row.get_by_role("button", name="Confirm").click()
        row.get_by_text("Confirmed").wait_for()
        check(row.get_by_role("button", name="Confirm").count() == 0, "there is nothing left to confirm")
    else:
        row.get_by_role("button", name="Revoke").click()
        row.get_by_text("Revoked").wait_for()
        check(row.get_by_role("button").count() == 0, "a phone that is out is not let in again")
        room.picture("devices-officer-dark")
    page.get_by_role("link", name="Audit").click()
    check(("device confirmed" if scheme == "light" else "device revoked") in page.inner_text("main"), "it stands in the audit")
    narrow(page, DESK + "/devices", "devices")
    room.close()


def statistics(browser, scheme: str) -> None:
    room = Room(browser, scheme, MONTHS)
    page = room.sign_in("analyst")
    page.goto(MONTHS + "/statistics")
    cells = page.locator("table.over-time").first.locator("tbody td").all_inner_texts()[1:]
    check(cells == TOTALS and "–" in TOTALS, f"each month has its number, oldest first: {cells}, {TOTALS}")
    check(not (wrong := page.evaluate(BARS)), f"bars and numbers say the same: {wrong}")
    check(page.locator("table.over-time tbody tr").count() > 6, "outcomes and sites have a line each")
    readable(page, "statistics")
    room.picture(f"statistics-{scheme}")
    if scheme == "light":
        page.evaluate("() => { document.querySelector('svg.bars rect').setAttribute('height', 3); }")
        check(page.evaluate(BARS), "a bar that is too short is found")
    narrow(page, MONTHS + "/statistics", "statistics")
    room.close()


def arabic_officer(browser) -> None:
    """The same pages from the right, for who reads Arabic."""
    room = Room(browser, "light", MONTHS)
    page = room.sign_in("key-officer")
    page.goto(MONTHS + "/language/ar")
    page.goto(MONTHS + "/statistics")
    check(not (wrong := page.evaluate(BARS)), f"bars run from the right, too: {wrong}")
    readable(page, "statistics in Arabic")
    all_arabic(page, "statistics")
    room.picture("statistics-arabic-light")
    page.evaluate("() => { document.querySelector('h1').textContent = 'Statistics'; }")
    check(page.evaluate(LEFT_ENGLISH) == ["Statistics"], "a heading left in English is found")
    room.close()
    room = Room(browser, "light", DESK)
    page = room.sign_in("key-officer")
    page.goto(DESK + "/language/ar")
    page.goto(DESK + "/devices")
    readable(page, "devices in Arabic")
    all_arabic(page, "devices")
    room.picture("devices-arabic-light")
    room.close()


def focal_point(browser) -> None:
    room = Room(browser, "light", DESK)
    page = room.sign_in("site-focal-point")
    check(os.environ["CASE_OTHER_SITE"] not in page.inner_text("main"), "another site's case is not there")
    check("Devices to confirm" in page.inner_text("main"), "its own counts are")
    room.close()


def arabic(browser, scheme: str) -> None:
    room = Room(browser, scheme, DESK)
    page = room.sign_in("case-manager")
    page.get_by_role("link", name="العربية").click()
    page.wait_for_selector("html[dir=rtl]")
    check(page.locator("h1").inner_text() == "قائمة العمل", "the head of the page is Arabic")
    left = page.locator("table.queue thead th").first.bounding_box()["x"]
    right = page.locator("table.queue thead th").last.bounding_box()["x"]
    check(left > right, "tables run from the right")
    readable(page, "queue in Arabic")
    room.picture(f"queue-arabic-{scheme}")
    page.get_by_role("link", name="الإحالات").click()
    readable(page, "referrals in Arabic")
    room.picture(f"referrals-arabic-{scheme}")
    words = re.findall(r"[A-Za-z]{4,}", page.locator("main thead").inner_text())
    check(not words, f"the heads of the table are Arabic: {words}")
    page.get_by_role("link", name="النشر").click()
    readable(page, "publishing in Arabic")
    room.picture(f"publishing-arabic-{scheme}")
    page.get_by_role("link", name="English").click()
    page.wait_for_selector("html[lang=en]")
    room.close()


def service(browser, scheme: str) -> None:
    room = Room(browser, scheme, SERVICE)
    page = room.go("/")
    page.get_by_role("button", name="Fetch and send").click()
    page.locator("tbody a").first.click()
    check("a wound that does not heal" in page.inner_text("main"), "the consented field is read")
    check("1S+1M" not in page.content() and "Act now" not in page.content(), "and nothing of the record")
    readable(page, "letter")
    room.picture(f"service-{scheme}")
    if scheme == "dark":
        page.get_by_role("button", name="Accepted").click()
        page.wait_for_selector("ol.steps >> text=Accepted")
    room.close()


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        for scheme in ("light", "dark"):
            case_manager(browser, scheme)
            key_officer(browser, scheme)
            if scheme == "light":
                # While a phone still waits.
                arabic_officer(browser)
            devices(browser, scheme)
            statistics(browser, scheme)
            service(browser, scheme)
        # Once: which way a page runs does not depend on the theme.
        arabic(browser, "light")
        focal_point(browser)
        # A check that cannot fail proves nothing: a page with a planted fault is found.
        room = Room(browser, "light", DESK)
        page = room.go("/sign-in")
        page.evaluate("() => { const i = document.createElement('input'); i.name = 'planted'; document.body.append(i); }")
        page.evaluate("() => { document.querySelector('h1').style.color = '#ccc'; }")
        lacks = page.evaluate(NEEDS)
        check(any("planted" in lack for lack in lacks), "an input without a label is found")
        check(any("contrast" in lack for lack in lacks), "pale text is found")
        room.close()
        print(f"chromium {browser.version}: {checks} checks hold, {len(list(PICTURES.glob('*.png')))} pictures")
        browser.close()


main()
