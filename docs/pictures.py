"""The site's pictures, from a finished demonstration: `monitor demo DEMO`, then `python docs/pictures.py DEMO [NAME…]`.

Needs Chromium. Parts of the brief are shown alone and photographed; the port's page is that of `monitor serve`. All are
of the SIMULATED season, and say so.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tempfile
from collections.abc import Collection
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image, ImageChops

OUT = Path(__file__).resolve().parent / "pictures"
PARTS = {
    "season": (r'id="(season-chart)"', (1100, 1000)),
    "berth": (r'id="(tile-s2_dunai_[^"]+-detail)"', (900, 1085)),
    "map": (r'id="(map-dunai)"', (900, 1000)),
    "dark": (r'id="(event-dark[^"]+)"', (1000, 1000)),
}
"""Name, the part's id in the brief (the first that fits), and the window's width and height in pixels."""
LARGEST_BYTES = 100_000
PORT = "port-page"
_PAGE = (1280, 1000)
_CHROMIUM = ("chromium", "--headless", "--no-sandbox", "--hide-scrollbars", "--virtual-time-budget=4000")
_SERVE = "from monitor.cli import main; main()"


def main(demo: Path, names: Collection[str]) -> None:
    """Write the pictures of these names; every one without any."""
    brief = sorted((demo / "reports").glob("brief_*.html"))[-1].read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "part.html"
        for name in names or (*PARTS, PORT):
            if name == PORT:
                write(name, port_page(demo))
                continue
            pattern, size = PARTS[name]
            found = re.search(pattern, brief)
            assert found, f"{demo}: its brief has no {pattern}"
            page.write_text(alone(brief, found[1]), encoding="utf-8")
            write(name, photograph(page.as_uri(), size))


def port_page(demo: Path) -> Image.Image:
    """Dunai's page as `monitor serve` shows it."""
    serve = [sys.executable, "-c", _SERVE, "-w", str(demo), "serve", "--no-open", "--port", "0"]
    with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            address = next(word for line in server.stdout for word in line.split() if word.startswith("http"))
            return photograph(urlsplit(address)._replace(path="/ports/dunai").geturl(), _PAGE)
        finally:
            server.terminate()


def alone(brief: str, name: str) -> str:
    """The brief with nothing shown but one part of it and the line that it is SIMULATED.

    Its policy goes, since it would not allow the style that hides the rest.
    """
    part = f'[id="{name}"]'
    shown = f":is({part},.banner)"
    style = f"<style>body *:not(:has({shown})):not({shown}):not({shown} *){{display:none!important}}</style>"
    plain = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", brief)
    return plain.replace("<details", "<details open").replace("</head>", f"{style}</head>", 1)


def photograph(address: str, size: tuple[int, int]) -> Image.Image:
    """A page as Chromium draws it, without the empty margin around."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "page.png"
        size_and_target = (f"--window-size={size[0]},{size[1]}", f"--screenshot={target}")
        subprocess.run([*_CHROMIUM, *size_and_target, address], check=True, capture_output=True)
        drawn = Image.open(io.BytesIO(target.read_bytes())).convert("RGB")
    empty = Image.new("RGB", drawn.size, drawn.getpixel((drawn.width - 1, drawn.height - 1)))
    return drawn.crop(ImageChops.difference(drawn, empty).getbbox())


def write(name: str, picture: Image.Image) -> None:
    """As WebP, as good as `LARGEST_BYTES` allows."""
    for quality in (85, 75, 65, 55, 45):
        buffer = io.BytesIO()
        picture.save(buffer, "WEBP", quality=quality, method=6)
        if buffer.tell() <= LARGEST_BYTES:
            break
    (OUT / f"{name}.webp").write_bytes(buffer.getvalue())
    sys.stdout.write(f"{name}.webp: {picture.width} × {picture.height}, {buffer.tell() / 1000:.0f} kB\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
