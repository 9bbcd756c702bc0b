"""Takes pictures with a browser; runs in Odoo's Python, called by `dev/pictures.py`.

Reads a JSON file: the server's address, where the pictures go, and the pictures as in
docs/pictures.toml.
"""

import io
import json
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Error, sync_playwright

#: What a picture may weigh, in bytes: a handbook is read on the road, too.
LIMIT = 150_000
#: Width, height, pixels of the picture per pixel of the page.
SCREENS = {"phone": (360, 740, 2), "desktop": (1280, 800, 1)}
PASSWORD = "kundenportal"
#: How long nothing must have been loaded, and how long that is waited for, in milliseconds.
QUIET, PATIENCE = 500, 15_000
SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--lang=de",  # of what the browser itself writes: dates in fields
)
#: Announcements stand on every page; on pictures only where they are what is to be seen.
WITHOUT_BANNERS = ".kp_announcements { display: none !important; }"
#: Odoo's backend is there when a view is; then what it loads afterwards.
BACKEND_READY = (
    ".o_action_manager .o_view_controller, .o_action_manager .o_action, .modal .o_form_view"
)


def main(file):
    order = json.loads(Path(file).read_text(encoding="utf-8"))
    failed = 0
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=path, args=SWITCHES)
        people = {}
        for picture in order["pictures"]:
            try:
                page = _page_of(browser, people, order["address"], picture)
                data = _shrunk(_taken(page, order["address"], picture))
            except (Error, ValueError) as error:
                failed += 1
                print(f"{picture['name']}: {error}", flush=True)
                continue
            (Path(order["folder"]) / f"{picture['name']}.png").write_bytes(data)
            print(f"  {picture['name']}.png, {len(data) / 1000:.0f} kB", flush=True)
        browser.close()
    sys.exit(1 if failed else 0)


def _page_of(browser, people, address, picture):
    """Return a tab in which the person is signed in; each person signs in once per screen."""
    login, screen = picture.get("login"), picture.get("screen", "desktop")
    if (login, screen) not in people:
        width, height, scale = SCREENS[screen]
        context = browser.new_context(
            viewport={"width": width, "height": height},
            device_scale_factor=scale,
            has_touch=screen == "phone",
            is_mobile=screen == "phone",
            locale="de-DE",
            timezone_id="Europe/Berlin",
            reduced_motion="reduce",
        )
        context.set_default_timeout(120_000)  # a busy machine takes its time
        page = context.new_page()
        _watch(page)
        if login:
            page.goto(f"{address}/web/login")
            page.fill("#login", login)
            page.fill("#password", PASSWORD)
            page.click("form.oe_login_form button[type=submit]")
            page.wait_for_url(lambda url: "/web/login" not in url)
        people[login, screen] = page
    return people[login, screen]


def _taken(page, address, picture):
    """Go where the picture is, do what leads there, and take it.

    :return: a PNG
    :rtype: bytes
    """
    width, height, _scale = SCREENS[picture.get("screen", "desktop")]
    page.context.set_offline(False)
    page.set_viewport_size(
        {"width": picture.get("width", width), "height": picture.get("height", height)}
    )
    page.goto(address + picture["page"])
    _settle(page)
    for step in picture.get("steps", ()):
        _do(page, step)
    if not picture.get("banners"):
        page.add_style_tag(content=WITHOUT_BANNERS)
    if "see" in picture:
        page.locator(picture["see"]).first.evaluate(
            "node => node.scrollIntoView({block: 'center', behavior: 'instant'})"
        )
    page.mouse.move(0, 0)
    _settle(page)
    if "only" in picture:
        return page.locator(picture["only"]).first.screenshot(animations="disabled")
    return page.screenshot(animations="disabled", full_page=picture.get("whole", False))


def _do(page, step):
    """Do one step, see docs/pictures.toml."""
    if "until" in step:
        for _try in range(4):
            if page.locator(step["until"]).count():
                break
            page.locator(step["click"]).first.click()
            _settle(page)
    elif "click" in step:
        page.locator(step["click"]).first.click()
    elif "fill" in step:
        selector, text = step["fill"]
        page.locator(selector).first.fill(text)
    elif "press" in step:
        page.keyboard.press(step["press"])
    elif "go" in step:
        page.goto(_address(page) + step["go"])
    elif "offline" in step:
        page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
        page.context.set_offline(True)
        page.goto(_address(page) + step["offline"])
    else:
        raise ValueError(f"unknown step: {step}")
    _settle(page)


def _address(page):
    """Return the server's address."""
    return "/".join(page.url.split("/", 3)[:3])


def _settle(page):
    """Wait until a view is there and nothing has been loaded for a moment."""
    page.wait_for_load_state("load")
    if "/odoo" in page.url:
        page.wait_for_selector(BACKEND_READY)
    quiet, waited = 0, 0
    while quiet < QUIET and waited < PATIENCE:
        page.wait_for_timeout(100)
        waited += 100
        quiet = 0 if page.pending else quiet + 100
    page.evaluate("() => document.fonts.ready.then(() => true)")


def _watch(page):
    """Keep in ``page.pending`` what is being loaded, but for the bus, which never ends."""
    page.pending = set()
    page.on("request", lambda request: _is_bus(request) or page.pending.add(request))
    for event in ("requestfinished", "requestfailed"):
        page.on(event, lambda request: page.pending.discard(request))


def _is_bus(request):
    return "/websocket" in request.url or "/bus/" in request.url


def _shrunk(data):
    """Return the picture with a palette, as few colours as it takes."""
    image = Image.open(io.BytesIO(data)).convert("RGB")
    for colors in (256, 128, 64, 32):
        smaller = io.BytesIO()
        # The same input gives the same picture: no dithering.
        image.quantize(colors, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
            smaller, "PNG", optimize=True
        )
        if smaller.tell() <= LIMIT:
            return smaller.getvalue()
    raise ValueError(f"{smaller.tell()} bytes, more than {LIMIT}")


if __name__ == "__main__":
    main(sys.argv[1])
