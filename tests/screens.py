"""`make screenshots`: every page of the console on the sample, photographed into docs/screenshots."""

import asyncio
import base64
import re
import struct
import tempfile
import zlib
from pathlib import Path

from playwright.async_api import Page, ViewportSize, async_playwright

from tests.stories.tracker_process import ROOT, tracker, up
from tests.tracker.console.window import CHROMIUM

FOLDER = ROOT / "docs" / "screenshots"
LARGEST_BYTES = 100_000
WIDE, NARROW = ViewportSize(width=1280, height=800), ViewportSize(width=390, height=780)
Clicks = tuple[str, ...]
# A name, where to begin, and what is clicked there to arrive.
PAGES: tuple[tuple[str, str, Clicks], ...] = (
    ("start", "/", ()),
    ("policy", "/policy?destination=EC", ()),
    ("matrix", "/policy/matrix", ()),
    ("cell", "/policy/EC/CN", ()),
    ("past", "/policy/EC/CN?valid_at=2024-06-30&known_at=2024-06-19", ()),
    ("events", "/events", ()),
    ("event", "/events?type=policy-changed", (".line",)),
    ("figures", "/stats", ()),
    ("series", "/stats/series?metric=border-entries&geography=EC&counterpart=CN", ()),
    ("statements", "/statements", ()),
    ("incidents", "/incidents", ()),
    ("calendar", "/calendar?all=1", ()),
    ("conflicts", "/conflicts", ()),
    ("document", "/policy/EC/CN", (".source figcaption a",)),
    ("record", "/record", ()),
    ("inbox", "/inbox", ()),
    ("feeds", "/feeds", ()),
    ("feed", "/feeds", (".feeds h2 a",)),
    ("alerts", "/alerts", ()),
    ("subscription", "/alerts", (".feeds h2 a",)),
    ("new-alert", "/alerts/new", ()),
    ("deliveries", "/alerts/log", ()),
    ("audit", "/audit", ()),
    ("replay", "/audit/replay?tag=rule:EC&step=3", ()),
    ("users", "/users", ()),
)  # fmt: skip
# The commonest 256 colours stay as they are; every other becomes the nearest of them.
TO_PALETTE = """async (png) => {
  const picture = await createImageBitmap(await (await fetch("data:image/png;base64," + png)).blob());
  const { width, height } = picture, canvas = new OffscreenCanvas(width, height).getContext("2d");
  canvas.drawImage(picture, 0, 0);
  const pixels = new Uint32Array(canvas.getImageData(0, 0, width, height).data.buffer);
  const counts = new Map();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  const colours = [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a));
  const palette = colours.slice(0, 256), parts = (c) => [c & 255, (c >> 8) & 255, (c >> 16) & 255];
  const apart = (a, b) => parts(a).reduce((sum, part, i) => sum + (part - parts(b)[i]) ** 2, 0);
  const near = new Map(colours.map((colour, place) => [colour, place < 256 ? place :
    palette.reduce((best, other, i) => apart(colour, other) < apart(colour, palette[best]) ? i : best, 0)]));
  let text = "";
  for (const pixel of pixels) text += String.fromCharCode(near.get(pixel));
  return { width, height, palette: palette.flatMap(parts), indexes: btoa(text) };
}"""
NARROW_AND_DARK = ("start", "policy", "cell", "inbox")


async def _photograph(page: Page, desk: Page, name: str, address: str, clicks: Clicks) -> None:
    await page.goto(address)
    for selector in clicks:
        await page.locator(selector).first.click()
        await page.wait_for_load_state()
    taken = base64.b64encode(await page.screenshot()).decode()
    small = png(**await desk.evaluate(TO_PALETTE, taken))
    (FOLDER / f"{name}.png").write_bytes(small)
    if len(small) > LARGEST_BYTES:
        print(f"{name}.png has {len(small):,} bytes")


def png(width: int, height: int, palette: list[int], indexes: str) -> bytes:
    """A PNG with a palette, from the place of each pixel's colour in it."""
    pixels = base64.b64decode(indexes)
    lines = b"".join(b"\0" + pixels[at : at + width] for at in range(0, len(pixels), width))
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"PLTE", bytes(palette)),
              (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))  # fmt: skip
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


async def photograph(base: str, token: str) -> None:
    """Open Chromium, sign in, and take every picture."""
    FOLDER.mkdir(exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        desk = await browser.new_page()
        page = await browser.new_page(viewport=WIDE, color_scheme="light")
        await page.goto(f"{base}/login?token={token}")
        await page.get_by_role("button", name="Sign in").click()
        for name, path, clicks in PAGES:
            await _photograph(page, desk, name, base + path, clicks)
        await page.set_viewport_size(NARROW)
        await page.emulate_media(color_scheme="dark")
        for name, path, clicks in PAGES:
            if name in NARROW_AND_DARK:
                await _photograph(page, desk, f"{name}-narrow", base + path, clicks)
        await browser.close()


def main() -> None:
    """The sample in a data folder of its own; its user may see every page for once."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        with up(data, "--sample") as running:
            tracker(data, "user", "role", "sample", "admin")
            link = tracker(data, "user", "login-link", "sample")
            found = re.search(r"token=([\w-]+)", link)
            assert found, link
            asyncio.run(photograph(running.url, found[1]))


if __name__ == "__main__":
    main()
