"""A route map of flights: solid where positions were received, broken in silences, calls marked by their status."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline
from pyproj import Proj
from shapely import segmentize
from shapely.geometry import box
from shapely.geometry.base import BaseGeometry

from monitor.ais.sea.routes import Coast, shipped_coast
from monitor.core.arrays import Floats
from monitor.core.tables.aviation import AIR_CALLS, AIR_TRACKS, AIRFIELDS
from monitor.core.timerange import isoformat
from monitor.report.page.blocks import Picture
from monitor.report.page.style import (
    BLUE,
    GREEN,
    INK,
    ORANGE,
    PAPER,
    PURPLE,
    QUIET,
    RULE,
    SKY,
    VERMILLION,
    drawable,
    lossless,
    rc,
)

SILENT_S = 1200.0
"""A stretch without a position for longer is drawn broken: where the aircraft was in it is not known."""
_WIDTH_IN, _DPI, _MARGIN = 9.0, 120, 0.08
_TOP_IN, _FOOT_IN = 0.55, 1.45
_LAND, _SEA, _UNCHARTED = "#e9e5dc", "#e8f1f7", "#fbfbfa"
_LINES = (BLUE, VERMILLION, PURPLE, GREEN, "#8c6d00", "#3b7ea1")
_MARKS = {
    "landed": ("o", GREEN, "landed: seen at rest, or low and slow"),
    "consistent": ("D", ORANGE, "consistent with a landing (not seen)"),
    "undecided": ("D", ORANGE, "consistent with a landing at one of these"),
    "overflight": ("^", SKY, "overflight"),
    "contested": ("X", PURPLE, "contested: nothing is claimed"),
    "track ends": (">", QUIET, "trace ends"),
    "track begins": ("<", QUIET, "trace begins"),
}

_SHIFT = {
    "landed": (-13, 10),
    "consistent": (13, 10),
    "undecided": (0, 17),
    "contested": (-19, -3),
    "overflight": (19, -3),
}
"""Where a mark stands beside its place, in points: one field often has several."""


@dataclass(frozen=True, slots=True)
class _View:
    """Azimuthal equidistant kilometres about a middle: true scale and bearing from there."""

    proj: Proj
    west: float
    south: float
    east: float
    north: float

    def xy(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        x, y = self.proj(np.asarray(lon), np.asarray(lat))
        return np.asarray(x) / 1000.0, np.asarray(y) / 1000.0


def air_map(
    tracks: pd.DataFrame,
    calls: pd.DataFrame,
    airfields: pd.DataFrame,
    *,
    bounds: tuple[float, float, float, float] | None = None,
    coast: Coast | None = None,
    title: str = "Flights",
    simulated: bool = False,
) -> Picture:
    """The route map as a PNG.

    Parameters
    ----------
    tracks : AIR_TRACKS table
        Body 0 of each aircraft is drawn, one colour an aircraft.
    calls : AIR_CALLS table
    airfields : AIRFIELDS table
        Closed fields are filled squares, others hollow ones.
    bounds : (west, south, east, north), optional
        Degrees; by default what holds the closed fields and all calls near them.
    coast : Coast, optional
        Land with the box in which it is charted; by default the coast that is shipped. Outside its box no land is
        drawn, and the map states so.
    title : str, optional
        Above the map; empty for none.
    simulated : bool
        Writes SIMULATED across the map.
    """
    tracks, calls, airfields = AIR_TRACKS.conform(tracks), AIR_CALLS.conform(calls), AIRFIELDS.conform(airfields)
    view = _view(bounds or default_bounds(calls, airfields))
    across = 0.96 * _WIDTH_IN
    tall = float(np.clip(across * (view.north - view.south) / (view.east - view.west), 3.0, 14.0))
    height = tall + _TOP_IN + _FOOT_IN
    with rc_context(rc()):
        figure = Figure(figsize=(_WIDTH_IN, height), dpi=_DPI, facecolor=PAPER)
        canvas = FigureCanvasAgg(figure)
        axes = figure.add_axes((0.02, _FOOT_IN / height, 0.96, tall / height), facecolor=_UNCHARTED)
        axes.set_xlim(view.west, view.east)
        axes.set_ylim(view.south, view.north)
        axes.set_aspect("equal")
        axes.set_xticks([])
        axes.set_yticks([])
        charted = shipped_coast() if coast is None else coast
        _land(axes, view, charted)
        _graticule(axes, view)
        named = _tracks(axes, view, tracks)
        _fields(axes, view, airfields)
        shown = _calls(axes, view, calls, airfields)
        _furniture(figure, axes, view, (title, charted.attribution, simulated))
        _legend(figure, named, shown)
        canvas.draw()
        pixels = np.asarray(canvas.buffer_rgba())[:, :, :3].copy()
    return lossless(pixels, _alt(title, tracks, calls))


def default_bounds(calls: pd.DataFrame, airfields: pd.DataFrame) -> tuple[float, float, float, float]:
    """Degrees (west, south, east, north) around the closed fields and the calls near them, with a margin."""
    closed = airfields[airfields["closed"]]
    closed = closed if len(closed) else airfields
    lon, lat = closed["lon"].to_numpy(), closed["lat"].to_numpy()
    near = calls[
        calls["status"].isin(("landed", "consistent"))
        & (calls["lon"] - lon.mean()).abs().lt(12.0)
        & (calls["lat"] - lat.mean()).abs().lt(8.0)
    ]
    x, y = np.append(lon, near["lon"]), np.append(lat, near["lat"])
    wide, high = max(float(np.ptp(x)), 2.0), max(float(np.ptp(y)), 1.5)
    return (
        float(x.min()) - _MARGIN * wide - 0.5,
        float(y.min()) - _MARGIN * high - 0.5,
        float(x.max()) + _MARGIN * wide + 0.8,
        float(y.max()) + _MARGIN * high + 0.5,
    )


def _view(bounds: tuple[float, float, float, float]) -> _View:
    west, south, east, north = bounds
    proj = Proj(proj="aeqd", lon_0=(west + east) / 2, lat_0=(south + north) / 2, datum="WGS84")
    edge = np.linspace(0.0, 1.0, 25)
    lon = np.concatenate([west + edge * (east - west)] * 2 + [np.full(25, west), np.full(25, east)])
    lat = np.concatenate([np.full(25, south), np.full(25, north)] + [south + edge * (north - south)] * 2)
    x, y = (np.asarray(v) / 1000.0 for v in proj(lon, lat))
    return _View(proj, float(x.min()), float(y.min()), float(x.max()), float(y.max()))


def _land(axes: Any, view: _View, coast: Coast) -> None:
    frame = segmentize(box(*coast.bounds), 0.2)
    axes.add_patch(PathPatch(_outline(frame, view), facecolor=_SEA, edgecolor="none", zorder=0.5))
    land = segmentize(coast.land, 0.2)
    for polygon in getattr(land, "geoms", [land]):
        if not polygon.is_empty:
            axes.add_patch(
                PathPatch(_outline(polygon, view), facecolor=_LAND, edgecolor=QUIET, linewidth=0.5, zorder=1)
            )
    x, y = view.xy(*np.asarray(frame.exterior.coords).T)
    axes.plot(x, y, color=QUIET, linewidth=0.8, linestyle=(0, (1, 2)), zorder=1)
    where = (x >= view.west) & (x <= view.east) & (y >= view.south) & (y <= view.north)
    if where.any():
        k = int(np.flatnonzero(where)[np.argmin(y[where] - x[where] * 0.001)])
        axes.annotate(
            "land is charted within the dotted frame only",
            (x[k], y[k]),
            xytext=(0, -11),
            textcoords="offset points",
            fontsize=8,
            color=QUIET,
            ha="left",
            zorder=2,
        )


def _outline(polygon: BaseGeometry, view: _View) -> Outline:
    rings = [polygon.exterior, *polygon.interiors]
    parts = []
    for ring in rings:
        x, y = view.xy(*np.asarray(ring.coords)[:, :2].T)
        codes = np.full(len(x), Outline.LINETO)
        codes[0] = Outline.MOVETO
        parts.append(Outline(np.column_stack([x, y]), codes))
    return Outline.make_compound_path(*parts)


def _graticule(axes: Any, view: _View) -> None:
    lon0, lat0 = view.proj(0.0, 0.0, inverse=True)
    span_deg = (view.east - view.west) / 111.0
    step = next(s for s in (1, 2, 5, 10, 20) if span_deg / s <= 12 or s == 20)
    reach = np.linspace(-60.0, 60.0, 241)
    for k in range(-40, 41):
        for along in ("lon", "lat"):
            fixed = (round((lon0 if along == "lon" else lat0) / step) + k) * step
            if along == "lat" and abs(fixed) > 85:
                continue
            if along == "lon":
                x, y = view.xy(np.full(241, fixed), np.clip(lat0 + reach, -89, 89))
            else:
                x, y = view.xy(lon0 + reach, np.full(241, fixed))
            inside = (x >= view.west) & (x <= view.east) & (y >= view.south) & (y <= view.north)
            if not inside.any():
                continue
            axes.plot(x, y, color=RULE, linewidth=0.6, zorder=1.5)
            at = int(np.flatnonzero(inside)[0])
            label = f"{fixed:g}° {'E' if along == 'lon' else 'N'}"
            axes.annotate(label, (x[at], y[at]), xytext=(3, 3), textcoords="offset points", fontsize=8, color=QUIET)


def _tracks(axes: Any, view: _View, tracks: pd.DataFrame) -> list[tuple[str, str]]:
    named = []
    own = tracks[tracks["body"] == 0]
    for n, (icao24, rows) in enumerate(own.groupby("icao24", sort=True)):
        colour = _LINES[n % len(_LINES)]
        rows = rows.sort_values("t")
        x, y = view.xy(rows["lon"].to_numpy(), rows["lat"].to_numpy())
        inside = (x > view.west) & (x < view.east) & (y > view.south) & (y < view.north)
        if not inside.any():
            continue
        breaks = np.flatnonzero(np.diff(rows["t"].astype("int64").to_numpy() / 1e6) > SILENT_S)
        for part in np.split(np.arange(len(x)), breaks + 1):
            axes.plot(x[part], y[part], color=colour, linewidth=1.5, zorder=4, solid_capstyle="round")
        for k in breaks:
            axes.plot(
                x[k : k + 2], y[k : k + 2], color=colour, linewidth=0.9, linestyle=(0, (3, 4)), alpha=0.8, zorder=3
            )
        tail = rows.loc[rows["registration"] != "", "registration"]
        named.append((str(tail.iloc[0]) if len(tail) else str(icao24), colour))
    return named


def _fields(axes: Any, view: _View, airfields: pd.DataFrame) -> None:
    x, y = view.xy(airfields["lon"].to_numpy(), airfields["lat"].to_numpy())
    for row, px, py in zip(airfields.itertuples(), x, y, strict=True):
        if not (view.west < px < view.east and view.south < py < view.north):
            continue
        axes.plot(
            px,
            py,
            marker="s",
            markersize=6,
            markeredgecolor=INK,
            markerfacecolor=INK if row.closed else PAPER,
            linestyle="none",
            zorder=6,
        )
        right = px < view.west + 0.8 * (view.east - view.west)
        axes.annotate(
            drawable(f"{row.name} {row.airfield_id}"),
            (px, py),
            xytext=(9 if right else -9, -13),
            textcoords="offset points",
            fontsize=9,
            color=INK,
            ha="left" if right else "right",
            zorder=8,
            bbox={"facecolor": PAPER, "alpha": 0.75, "edgecolor": "none", "pad": 0.8},
        )


def _calls(axes: Any, view: _View, calls: pd.DataFrame, airfields: pd.DataFrame) -> list[str]:
    """Marks beside the places that calls name; a call that names several fields has a hollow mark at each."""
    several = (calls["status"] == "consistent") & calls["candidates"].str.contains(" ")
    places = airfields.set_index("airfield_id")[["lon", "lat"]]
    rows = list(calls.loc[~several, ["status", "lon", "lat"]].itertuples(index=False, name=None))
    for names in calls.loc[several, "candidates"]:
        rows += [("undecided", *places.loc[name]) for name in names.split() if name in places.index]
    if not rows:
        return []
    status, lon, lat = (np.array(column) for column in zip(*rows, strict=True))
    x, y = view.xy(lon.astype(float), lat.astype(float))
    inside = (x > view.west) & (x < view.east) & (y > view.south) & (y < view.north)
    shown = []
    for name in _MARKS:
        own = inside & (status == name)
        if own.any():
            shown.append(name)
            _marks(axes, name, *np.unique(np.round(np.column_stack([x, y])[own], 1), axis=0, return_counts=True))
    return shown


def _marks(axes: Any, status: str, places: Floats, counts: npt.NDArray[np.intp]) -> None:
    marker, colour, _ = _MARKS[status]
    shift = np.array(_SHIFT.get(status, (0, 0)))
    for place, count in zip(places, counts, strict=True):
        at = axes.transData.inverted().transform(axes.transData.transform(place) + shift * _DPI / 72.0)
        axes.plot(*np.column_stack([place, at]), color=colour, linewidth=0.8, zorder=6.5)
        face = PAPER if status == "undecided" else colour
        edge = colour if status == "undecided" else INK
        axes.plot(*at, marker=marker, markersize=9, color=face, markeredgecolor=edge, linestyle="none", zorder=7)
        if count > 1:
            axes.annotate(f"×{count}", at, xytext=(0, 7), textcoords="offset points", fontsize=8, ha="center", zorder=9)


def _furniture(figure: Figure, axes: Any, view: _View, words: tuple[str, str, bool]) -> None:
    title, attribution, simulated = words
    width = view.east - view.west
    length = next(km for km in (1000, 500, 200, 100, 50, 20, 10) if km <= width / 4 or km == 10)
    x0, y0 = view.east - 0.04 * width - length, view.south + 0.04 * (view.north - view.south)
    axes.plot([x0, x0 + length], [y0, y0], color=INK, linewidth=2.5, solid_capstyle="butt", zorder=9)
    axes.annotate(
        f"{length} km", (x0 + length / 2, y0), xytext=(0, 4), textcoords="offset points", ha="center", fontsize=9
    )
    north = view.north - 0.03 * (view.north - view.south)
    axes.annotate(
        "N",
        (view.east - 0.05 * width, north),
        xytext=(0, -34),
        textcoords="offset points",
        ha="center",
        va="top",
        fontsize=10,
        fontweight="bold",
        arrowprops={"arrowstyle": "-|>", "color": INK},
    )
    if simulated:
        axes.text(
            0.5,
            0.5,
            "SIMULATED",
            transform=axes.transAxes,
            fontsize=46,
            color=VERMILLION,
            alpha=0.22,
            ha="center",
            va="center",
            rotation=25,
            zorder=10,
        )
    figure.text(
        0.02, 1.0 - 0.5 * _TOP_IN / figure.get_figheight(), drawable(title), fontsize=14, fontweight="bold", va="center"
    )
    note = (
        "Azimuthal equidistant about the middle: scale and bearing hold from there. Broken lines: nothing was received."
    )
    figure.text(
        0.02, 0.012, note + (f" Land: {attribution}" if attribution else ""), fontsize=7, color=QUIET, wrap=True
    )


def _legend(figure: Figure, named: list[tuple[str, str]], shown: list[str]) -> None:
    lines: list[Line2D] = [Line2D([], [], color=colour, linewidth=2, label=drawable(name)) for name, colour in named]
    lines.append(
        Line2D([], [], color=INK, linewidth=0.9, linestyle=(0, (3, 4)), label="not received for 20 min or more")
    )
    for status in shown:
        marker, colour, label = _MARKS[status]
        lines.append(_key(marker, PAPER if status == "undecided" else colour, label))
    lines += [_key("s", INK, "airfield, closed airspace"), _key("s", PAPER, "airfield")]
    figure.legend(
        handles=lines,
        loc="lower left",
        bbox_to_anchor=(0.015, 0.38 / figure.get_figheight()),
        ncols=3,
        fontsize=8.5,
        frameon=False,
    )


def _key(marker: str, colour: str, label: str) -> Line2D:
    return Line2D([], [], marker=marker, color=colour, markersize=8, markeredgecolor=INK, linestyle="none", label=label)


def _alt(title: str, tracks: pd.DataFrame, calls: pd.DataFrame) -> str:
    counts = calls["status"].value_counts().sort_index()
    calls_text = ", ".join(f"{n} {status}" for status, n in counts.items()) or "no calls"
    if tracks.empty:
        return f"{title}: no tracks; {calls_text}"
    first, last = (isoformat(t.to_pydatetime()) for t in (tracks["t"].min(), tracks["t"].max()))
    return f"{title}: {tracks['icao24'].nunique()} aircraft received between {first} and {last}; {calls_text}"
