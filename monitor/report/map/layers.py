"""The layers of a port's map as GeoJSON features with their words and colours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd
from rasterio.features import shapes
from shapely import set_precision
from shapely.geometry import LineString, MultiLineString, box, mapping, shape
from shapely.geometry.base import BaseGeometry

from monitor.ais.sea.routes import shipped_coast
from monitor.core.aoi import BERTH_KINDS, LAND_KINDS
from monitor.core.geo.geodesy import WGS84, reproject
from monitor.core.scenes.scene import Raster
from monitor.core.tables import BERTH_STATES, DARK_EVENTS, GAPS, MATCHES, POSITIONS, VESSELS
from monitor.core.timerange import TimeRange
from monitor.core.wording import hours, measured_length, minute
from monitor.fuse.identity.watchlist import read_watchlist
from monitor.report.map.reach import REACH_KN, Silence, at_sea, reach
from monitor.report.page.style import QUIET, STATUS_COLOUR, VERMILLION, ZONE_COLOUR
from monitor.report.page.wording import STATUS, when
from monitor.report.tiles.observations import Observation
from monitor.report.tiles.patches import patches
from monitor.report.tiles.studio import Studio

LARGE_M = 80.0
"""The track of a vessel that reports this length or more is always drawn."""
TRACK_DAYS = 14
_MOST_TRACKS, _MOST_POINTS, _MOST_GAPS, _MOST_CLOUDS = 40, 400, 6, 60
_SIMPLE_DEG = 0.0002
_LAND = "#d8d2c4"
_ZONES = ("site", "road", "anchorage", "yard", "pier", *LAND_KINDS, *BERTH_KINDS)
"""Kinds of zones that are drawn, the uppermost last."""


@dataclass(frozen=True, slots=True)
class Layer:
    """Features under one name; `is_on` when the map opens."""

    name: str
    features: tuple[dict[str, object], ...]
    is_on: bool = True

    def document(self) -> dict[str, object]:
        """The layer as plain values."""
        return {"name": self.name, "features": list(self.features), "on": self.is_on}


def layers(studio: Studio, observation: Observation, raster: Raster) -> tuple[Layer, ...]:
    """All layers that hold something, the lowest first.

    Parameters
    ----------
    studio : Studio
        Draws the port's pictures.
    observation : Observation
        The pass that is shown.
    raster : Raster
        Its pixels, for the cloud mask.
    """
    shown, others = tracks(studio)
    made = (
        clouds(raster),
        zones(studio, observation),
        shown,
        others,
        gaps(studio),
        changes(studio, observation),
        dark(studio, observation),
        *objects(studio, observation),
    )
    return tuple(layer for layer in made if layer.features)


def land(bounds: tuple[float, float, float, float]) -> tuple[Layer, str]:
    """The shipped land within degrees (west, south, east, north), and whose data it is; empty where none is charted."""
    coast = shipped_coast()
    here = coast.land.intersection(box(*bounds)) if box(*coast.bounds).intersects(box(*bounds)) else None
    if here is None or here.is_empty:
        return Layer("Land", ()), ""
    shape_ = set_precision(here.simplify(_SIMPLE_DEG), 1e-4)
    return Layer("Land", (_feature(shape_, "", _LAND, fill=1.0, weight=0.8),)), ",".join(
        coast.attribution.split(",")[:2]
    )


def _feature(geometry: BaseGeometry, words: str, colour: str, **style: float | str) -> dict[str, object]:
    return {"type": "Feature", "geometry": mapping(geometry), "properties": {"text": words, "colour": colour, **style}}


def zones(studio: Studio, observation: Observation) -> Layer:
    """Berths with what was seen of them at the observation, and the other zones, each kind in its own colour."""
    states = studio.given.tables[BERTH_STATES]
    states = states[states["scene_id"] == observation.scene_id]
    known = {str(r.berth_id): r for r in states.itertuples()}
    made = []
    for zone in (zone for kind in _ZONES for zone in studio.aoi.of_kind(kind)):
        row = known.get(zone.id)
        state = "" if row is None else str(row.state)
        chance = "" if row is None or pd.isna(row.probability) else f", probability occupied {row.probability:.2f}"
        made.append(
            _feature(
                zone.outline,
                f"{zone.name or zone.id} ({zone.kind_words}){': ' if state else ''}{state}{chance}",
                ZONE_COLOUR[zone.kind],
                time=_seen(observation),
                dash="" if state in ("occupied", "empty") else "4 3",
                fill={"occupied": 0.35, "empty": 0.02}.get(state, 0.0),
                weight=1.5,
            )
        )
    return Layer("Berths and other zones", tuple(made))


def changes(studio: Studio, observation: Observation) -> Layer:
    """The lasting changes of the ground that stand at the observation, with what each is."""
    shown = patches(studio.given.tables, studio.aoi.id, pd.Timestamp(observation.at))
    made = tuple(
        _feature(patch.geometry, f"Lasting change: {patch.words}", VERMILLION, fill=0.12, weight=2.0, dash="6 3")
        for patch in shown
    )
    return Layer(f"Lasting changes of the ground ({len(made)})", made)


def objects(studio: Studio, observation: Observation) -> tuple[Layer, ...]:
    """The observation's detections, a layer for each status; dark events have a ring too."""
    found: dict[str, list[dict[str, object]]] = {}
    cards = _cards(studio)
    for row in studio.detections(observation.scene_id).itertuples():
        subject = str(row.detection_id)
        status = studio.status[subject]
        words = (
            f"{row.number}{STATUS[status][0]}: {STATUS[status][1].split(':')[0]}, "
            f"{measured_length(row.length_m, row.length_low_m, row.length_high_m)}, score {row.score:.2f}"
        )
        about = {
            "time": _seen(observation),
            "subject": subject,
            "anchor": cards.get(subject, f"tile-{observation.scene_id}-{studio.aoi.id}-overview"),
        }
        drawn = _feature(row.geometry, words, STATUS_COLOUR[status], weight=1.5, fill=0.0, **about)
        found.setdefault(status, []).append(drawn)
        if status == "dark":
            middle = row.geometry.envelope.centroid
            drawn["ring"] = [middle.x, middle.y]
    return tuple(
        Layer(f"Detections: {STATUS[status][1].split(':')[0]} ({len(found[status])})", tuple(found[status]))
        for status in STATUS
        if status in found
    )


def dark(studio: Studio, observation: Observation) -> Layer:
    """Dark events of the period at other observations, as rings."""
    events = _events(studio)
    events = events[events["scene_id"] != observation.scene_id]
    made = tuple(
        _feature(
            r.geometry.envelope.centroid,
            f"Dark event, {measured_length(r.length_m, r.length_low_m, r.length_high_m)}. "
            f"Likelihood: {r.likelihood or 'not given'}.",
            STATUS_COLOUR["dark"],
            fill=0.0,
            time=minute(r.acquired_at),
            subject=str(r.detection_id),
            anchor=f"event-{r.event_id}",
        )
        for r in events.itertuples()
    )
    return Layer(f"Dark events at other observations ({len(made)})", made)


def _events(studio: Studio) -> pd.DataFrame:
    """The port's dark events of the period."""
    events = DARK_EVENTS.within(studio.given.tables[DARK_EVENTS], studio.given.period)
    return events[(events["aoi_id"] == studio.aoi.id) & (events["status"] == "dark")]


def _cards(studio: Studio) -> dict[str, str]:
    """Detection id -> anchor of the card of its dark event."""
    events = _events(studio)
    return {str(d): f"event-{e}" for d, e in zip(events["detection_id"], events["event_id"], strict=True)}


def _seen(observation: Observation) -> str:
    return when(observation.acquisition) if observation.acquisition is not None else minute(observation.at)


def clouds(raster: Raster) -> Layer:
    """Cloud and shadow over the observation, as its mask has them."""
    if raster.cloud is None or not raster.cloud.any():
        return Layer("Cloud", ())
    mask = (raster.cloud & raster.valid).astype(np.uint8)
    found = [shape(s) for s, value in shapes(mask, mask > 0, transform=raster.grid.transform) if value]
    found = sorted(found, key=lambda s: -s.area)[:_MOST_CLOUDS]
    simple = [reproject(s.simplify(2 * raster.grid.gsd_m), raster.grid.epsg, WGS84) for s in found]
    words = "Cloud or cloud shadow at this observation: what lay beneath was not observed"
    return Layer("Cloud", tuple(_feature(s, words, "#ffffff", fill=0.45, weight=1, dash="2 3") for s in simple), False)


def vessels_of_interest(studio: Studio) -> Mapping[int, str]:
    """MMSI of vessels whose tracks are drawn -> why: related to a finding, on the watch list, or large."""
    tables = studio.given.tables
    why: dict[int, str] = {}
    vessels = tables[VESSELS]
    for mmsi in vessels.loc[vessels["length_m"] >= LARGE_M, "mmsi"]:
        why[int(mmsi)] = f"{LARGE_M:.0f} m or longer"
    events = tables[DARK_EVENTS][tables[DARK_EVENTS]["aoi_id"] == studio.aoi.id]
    linked = {gap for ids in events["gap_ids"] for gap in str(ids).split()}
    for mmsi in tables[GAPS].loc[tables[GAPS]["gap_id"].isin(linked), "mmsi"]:
        why[int(mmsi)] = "silent at the time of a dark event"
    pairs = MATCHES.within(tables[MATCHES], studio.given.period)
    near = pairs[(pairs["aoi_id"] == studio.aoi.id) & pairs["status"].isin(["matched", "potential"])]
    for mmsi in near["mmsi"].dropna():
        why[int(mmsi)] = "matched with a detection"
    watched = read_watchlist()
    numbers = {int(m) for m in watched["mmsi"].dropna()}
    hulls = set(watched["imo"]) - {""}
    for row in vessels.itertuples():
        if int(row.mmsi) in numbers or str(row.imo) in hulls:
            why[int(row.mmsi)] = "on the watch list"
    return why


def tracks(studio: Studio) -> tuple[Layer, Layer]:
    """AIS tracks of the period's last two weeks: of vessels that matter, and of the others (off when it opens)."""
    period = studio.given.period
    west, south, east, north = studio.aoi.geometry.buffer(0.15).bounds
    days = TimeRange(max(period.start, period.end - timedelta(days=TRACK_DAYS)), period.end)
    near = POSITIONS.within(studio.given.tables[POSITIONS], days)
    near = near[near["lon"].between(west, east) & near["lat"].between(south, north)]
    why = vessels_of_interest(studio)
    names = {int(v.mmsi): f" ({v.name}, as broadcast)" for v in studio.given.tables[VESSELS].itertuples() if v.name}
    found: tuple[list[dict[str, object]], list[dict[str, object]]] = ([], [])
    for key, track in near.sort_values(["mmsi", "t"]).groupby("mmsi"):
        mmsi = int(str(key))
        line = _line(track)
        if line is None:
            continue
        words = f"Track of MMSI {mmsi}{names.get(mmsi, '')}{': ' if mmsi in why else ''}{why.get(mmsi, '')}"
        colour = "#004f82" if mmsi in why else QUIET
        span = f"{minute(track['t'].iloc[0])} to {minute(track['t'].iloc[-1])}"
        found[mmsi not in why].append(_feature(line, words, colour, weight=1.2, opacity=0.6, time=span))
    return (
        Layer(f"AIS tracks, last {TRACK_DAYS} days", tuple(found[0][:_MOST_TRACKS])),
        Layer("AIS tracks of other craft", tuple(found[1][:_MOST_TRACKS]), False),
    )


def _line(track: pd.DataFrame) -> BaseGeometry | None:
    parts = []
    step = max(len(track) // _MOST_POINTS, 1)
    for _, part in track.groupby((track["t"].diff() > pd.Timedelta(hours=2)).cumsum()):
        if len(part) > 1:
            thin = pd.concat([part.iloc[::step], part.iloc[-1:]])
            parts.append(LineString(thin[["lon", "lat"]].round(5).to_numpy()).simplify(_SIMPLE_DEG))
    return MultiLineString(parts) if parts else None


def gaps(studio: Studio) -> Layer:
    """Gaps with the area a ship could have been in.

    Those that could explain a dark event here first, then the longest of vessels that matter.
    """
    chosen = shown_gaps(studio)
    made: list[dict[str, object]] = []
    for r in chosen.itertuples():
        ends = Silence(r.start_lon, r.start_lat, r.end_lon, r.end_lat, r.duration_h)
        area = at_sea(reach(ends)).simplify(0.003)
        span = f"{minute(r.start)} to {minute(r.end) if r.is_closed else 'the cut-off, still open'}"
        words = (
            f"AIS gap of MMSI {r.mmsi}, {hours(r.duration_h)}. At {REACH_KN:.0f} kn the "
            "ship could have been anywhere in this area; nothing shows where it was. A gap says nothing of intent."
        )
        about = {"time": span, "subject": str(r.gap_id)}
        made.append(_feature(area, words, STATUS_COLOUR["dark"], dash="8 6", weight=1.2, fill=0.03, **about))
        if r.is_closed:
            line = LineString([(r.start_lon, r.start_lat), (r.end_lon, r.end_lat)])
            made.append(_feature(line, words, STATUS_COLOUR["dark"], dash="2 4", weight=2, **about))
    return Layer(f"AIS gaps and reachable areas ({len(chosen)})", tuple(made), False)


def shown_gaps(studio: Studio) -> pd.DataFrame:
    """The GAPS that the map shows."""
    table = GAPS.within(studio.given.tables[GAPS], studio.given.period)
    events = studio.given.tables[DARK_EVENTS]
    events = events[events["aoi_id"] == studio.aoi.id]
    linked = [gap for ids in events["gap_ids"] for gap in str(ids).split()[:1]]
    placed = table[["start_lon", "start_lat"]].notna().all(axis=1)
    mine = table[placed & table["mmsi"].isin(_as_list(vessels_of_interest(studio)))]
    mine = mine.assign(first=~mine["gap_id"].isin(linked))
    order = mine.sort_values(["first", "duration_h", "gap_id"], ascending=[True, False, True])
    return order.drop(columns="first").head(_MOST_GAPS)


def _as_list(why: Mapping[int, str]) -> Sequence[int]:
    return list(why)
