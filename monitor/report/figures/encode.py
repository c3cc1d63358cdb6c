"""Figures as files: PNG, SVG, GIF and, where ffmpeg is installed, MP4."""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as Drawing

from monitor.core.errors import DataError
from monitor.io.atomic import write_bytes
from monitor.report.figures.draw import draw_figure
from monitor.report.figures.model import FigureContent, size_of
from monitor.report.page.style import Rgb, gif, rc

FORMATS = ("png", "svg", "gif", "mp4")
FRAME_S = 1.2
"""How long an animation shows one observation; chosen."""
_FFMPEG_S = 300


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """A figure at one size, which shows itself in a notebook and is written in the format of a file's name.

    Attributes
    ----------
    content : FigureContent
        What stands in it.
    size : str
        One of `report.figures.model.SIZES`.
    """

    content: FigureContent
    size: str = "wide"

    def encoded(self, form: str) -> bytes:
        """The bytes of a file of a format of `FORMATS`; the same figure gives the same bytes.

        Raises
        ------
        DataError
            There is no such format, a single picture was asked for as an animation, or ffmpeg is missing.
        """
        makers = {"png": self._png, "svg": self._svg, "gif": self._gif, "mp4": self._mp4}
        if form not in makers:
            raise DataError(f"figures are not written as {form!r}; use one of {', '.join(FORMATS)}")
        with mpl.rc_context(rc()):
            return makers[form]()

    def write(self, out: str | Path) -> Path:
        """Write the figure, in the format that the name ends in, whole or not at all; the file.

        Raises
        ------
        DataError
            As `encoded`.
        ArchiveError
            The file cannot be written.
        """
        path = Path(out)
        return write_bytes(path, self.encoded(path.suffix.lstrip(".").lower()))

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, object]:  # noqa: ARG002
        """The still for notebooks, with its text alternative."""
        return {"image/png": self.encoded("png"), "text/plain": self.content.alt}

    def _png(self) -> bytes:
        drawn = draw_figure(self.content, size_of(self.size), self.content.panels)
        out = io.BytesIO()
        FigureCanvasAgg(drawn).print_png(out, metadata=self._about | {"Software": None})
        return out.getvalue()

    def _svg(self) -> bytes:
        drawn = draw_figure(self.content, size_of(self.size), self.content.panels)
        out = io.StringIO()
        FigureCanvasSVG(drawn).print_svg(out, metadata=self._about | {"Date": None, "Creator": None, "Type": None})
        return out.getvalue().encode()

    def _gif(self) -> bytes:
        return gif(self._frames("gif"), self.content.alt, seconds=FRAME_S).data

    def _mp4(self) -> bytes:
        program = shutil.which("ffmpeg")
        if program is None:
            raise DataError("MP4 needs ffmpeg, and none is on the PATH; install it (apt install ffmpeg), or use --gif")
        frames = self._frames("mp4")
        rows, cols = frames[0].shape[:2]
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "figure.mp4"
            source = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{cols}x{rows}", "-r", str(1 / FRAME_S), "-i", "-"]
            made = ["-r", "25", "-pix_fmt", "yuv420p", "-movflags", "+faststart", "-map_metadata", "-1"]
            line = [program, "-loglevel", "error", "-y", *source, *made, "-fflags", "+bitexact", str(out)]
            done = subprocess.run(
                line, input=b"".join(f.tobytes() for f in frames), capture_output=True, timeout=_FFMPEG_S, check=False
            )
            if done.returncode:
                said = done.stderr.decode(errors="replace").strip()
                raise DataError(f"ffmpeg cannot make the MP4 ({said}); use --gif")
            return out.read_bytes()

    def _frames(self, form: str) -> list[Rgb]:
        """One drawing a panel, in order of time."""
        if len(self.content.panels) < 2:
            raise DataError(f"{self.content.title}: one picture is no animation, so no {form}; use --png or --svg")
        return [_pixels(draw_figure(self.content, size_of(self.size), (panel,))) for panel in self.content.panels]

    @property
    def _about(self) -> dict[str, str | None]:
        return {"Title": self.content.title, "Description": self.content.alt}


def _pixels(drawn: Drawing) -> Rgb:
    canvas = FigureCanvasAgg(drawn)
    canvas.draw()
    return np.ascontiguousarray(np.asarray(canvas.buffer_rgba())[:, :, :3])
