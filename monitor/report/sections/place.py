"""One port as a reader wants it: berths in a picture, what lay at each, stacks that changed, the last observations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd

from monitor.core.aoi import Aoi
from monitor.core.geo.geodesy import WGS84, reproject, transformer
from monitor.core.tables import BERTH_STATES, STACKS, VISITS
from monitor.core.wording import about_length, day, plural
from monitor.fuse.findings.rules import FindingRule
from monitor.report.page.blocks import Block, Cell, Film, Section, Table, Text, TileFigure
from monitor.report.page.model import BriefInput
from monitor.report.page.wording import when
from monitor.report.sections.land.place import land, share_text
from monitor.report.sections.notable import short_name
from monitor.report.tiles.captions import tally
from monitor.report.tiles.frames import Frame, detail, overview
from monitor.report.tiles.observations import Observation, choose, within
from monitor.report.tiles.studio import Studio

MARGIN_M = 300.0
"""About the berths that a port's picture shows."""
_WIDEST_M = 5_000.0
"""Side from which berths that lie apart are not all shown: a ship of 120 m would be under 30 px of 1200. Chosen."""
_MOST_STAYS, _MOST_STACKS, _FEW_STACKS = 4, 4, 2
FILM_OBSERVATIONS, _SHORT_FILM = 8, 4
_WEEKS = 26
_SHORT = timedelta(weeks=2)


def berths_frame(aoi: Aoi, found: pd.DataFrame) -> Frame:
    """The berths of a port with `MARGIN_M` around them; its busiest part where they lie far apart or there are none.

    Parameters
    ----------
    aoi : Aoi
        The port.
    found : DETECTIONS table
        The port's, of every date at hand, so that the frame does not move.
    """
    places = [zone.geometry for zone in aoi.berths]
    whole = overview(aoi)
    if places:
        boxes = np.array([reproject(place, WGS84, aoi.epsg).bounds for place in places])
        (west, south), (east, north) = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
        width, height = east - west + 2 * MARGIN_M, north - south + 2 * MARGIN_M
        if max(width, height) <= min(_WIDEST_M, max(whole.width_m, whole.height_m)):
            lon, lat = transformer(aoi.epsg, WGS84).transform((west + east) / 2, (south + north) / 2)
            title = f"{aoi.name or aoi.id}: berths"
            return Frame(f"{aoi.id}-detail", title, float(lon), float(lat), float(width), float(height))
    return detail(aoi, found) or whole


def place(given: BriefInput, aoi: Aoi, observations: tuple[Observation, ...], studio: Studio, frame: Frame) -> Section:
    """The section of a port.

    Parameters
    ----------
    given : BriefInput
        What the brief states.
    aoi : Aoi
        The port.
    observations : tuple of Observation
        All of the port's, in order of time.
    studio : Studio
        Draws the port's pictures.
    frame : Frame
        What its picture shows, as `berths_frame` gives it.
    """
    name = short_name(aoi.name or aoi.id)
    seen = [k for k in within(observations, given.period) if k.was_seen]
    chosen = choose(observations, given.period)
    if chosen.latest is None or not seen:
        return Section(f"port-{aoi.id}", aoi.name or aoi.id, (Text((f"{name} was not observed in this period.",)),))
    blocks: list[Block] = [Text(_summary(given, aoi, seen))]
    blocks.append(berths_tile(studio, chosen.latest, frame) or _lost(chosen.latest))
    blocks += [block for block in (_berths(given, aoi), _stacks(given, aoi)) if block is not None]
    blocks += land(given, aoi)
    blocks += _film(given, studio, observations, frame, chosen.latest)
    return Section(f"port-{aoi.id}", aoi.name or aoi.id, tuple(blocks))


def _states(given: BriefInput, aoi: Aoi) -> pd.DataFrame:
    states = BERTH_STATES.within(given.tables[BERTH_STATES], given.period)
    return states[(states["aoi_id"] == aoi.id) & states["state"].isin(["occupied", "empty"])]


def _visits(given: BriefInput, aoi: Aoi) -> pd.DataFrame:
    """The stays of which an observation lies in the period, or that an observation before and one after it bound."""
    made = VISITS.within(given.tables[VISITS], given.period)
    start, end = pd.Timestamp(given.period.start), pd.Timestamp(given.period.end)
    made = made[(made["arrived_not_after"] < end) & (made["departed_not_before"] >= start)]
    return made[made["aoi_id"] == aoi.id].sort_values(["arrived_not_after", "visit_id"])


def _summary(given: BriefInput, aoi: Aoi, seen: Sequence[Observation]) -> tuple[str, ...]:
    """How often the port was seen, and the berths at which nothing was, in a sentence or two."""
    name, states = short_name(aoi.name or aoi.id), _states(given, aoi)
    berths = {zone.id: zone.name or zone.id for zone in aoi.berths}
    busy = {*states.loc[states["state"] == "occupied", "berth_id"], *_visits(given, aoi)["berth_id"]}
    known = set(states["berth_id"])
    empty = [berth for berth in berths if berth in known and berth not in busy]
    hidden = len(berths) - len(known | (busy & set(berths)))
    parts: list[str] = []
    if not aoi.has_water:
        parts.append(f"{name} was seen in {plural(len(seen), 'pass', 'passes')}; ships are not searched for there.")
    elif not berths:
        parts.append("Its file names no berths, so none are followed.")
    elif not busy & set(berths):
        parts.append("No ship was seen at any of its berths.")
    elif empty:
        parts.append(f"{plural(len(empty), 'berth')} {'was' if len(empty) == 1 else 'were'} empty whenever seen.")
    if hidden > 0:
        parts.append(f"{plural(hidden, 'berth')} could not be seen at all.")
    return (" ".join(parts or [f"{name} was seen in {plural(len(seen), 'pass', 'passes')}."]),)


def berths_tile(studio: Studio, observation: Observation, frame: Frame) -> TileFigure | None:
    """The picture of a port's berths in one observation; None where the archive has no pixels of it.

    Parameters
    ----------
    studio : Studio
        Draws the port's pictures.
    observation : Observation
        What is shown.
    frame : Frame
        As `berths_frame` gives it.
    """
    made = studio.tile(observation, frame)
    if made is None or observation.acquisition is None:
        return None
    annotated, plain, shown = made
    caption = f"{when(observation.acquisition)}. {tally(shown, afloat=observation.of_water)}"
    facts = (("Scene", observation.scene_id),)
    return TileFigure(f"tile-{observation.scene_id}-{frame.id}", annotated, plain, caption, facts, None)


def _lost(observation: Observation) -> Text:
    at = day(observation.at)
    return Text((f"The pixels of {at} are not in the archive, so there is no picture of the place.",), "limit")


def _berths(given: BriefInput, aoi: Aoi) -> Table | None:
    """A row for each berth at which a ship was seen; None where there is none."""
    states, visits = _states(given, aoi), _visits(given, aoi)
    rows = []
    for zone in aoi.berths:
        own, stays = states[states["berth_id"] == zone.id], visits[visits["berth_id"] == zone.id]
        occupied = int((own["state"] == "occupied").sum())
        if occupied or len(stays):
            newest = own.sort_values("acquired_at").iloc[-1] if len(own) else None
            last = Cell("not seen", "none") if newest is None else _state(newest)
            share = f"{occupied} of {len(own)}" if len(own) else "–"
            rows.append((Cell(zone.title), Cell(share), last, Cell(_stays(stays))))
    if not rows:
        return None
    return Table(
        f"{short_name(aoi.name or aoi.id)}: berths with ships",
        ("Berth", "Occupied", "Newest observation", "Ships, at least these"),
        tuple(rows),
        numeric=(),
        compact=True,
    )


def _state(row: pd.Series) -> Cell:
    kind = "present" if row["state"] == "occupied" else "absent"
    return Cell(f"{row['state']} {_short_day(row['acquired_at'])}", kind)


def _stays(stays: pd.DataFrame) -> str:
    """The newest stays at a berth in one line, and how many others there are: ``3–7 Oct, 120 m; …; 2 more``."""
    parts = [
        f"{_span(r.arrived_not_after, r.departed_not_before)}{', still there' if r.is_open else ''}, {_length(r)}"
        for r in stays.tail(_MOST_STAYS).itertuples()
    ]
    left = len(stays) - len(parts)
    return "; ".join([*parts, *([f"{left} more"] if left else [])]) or "none resolved"


def _length(row: object) -> str:
    return about_length(float(getattr(row, "length_m"))).replace("about ", "")  # noqa: B009


def _short_day(at: pd.Timestamp) -> str:
    return f"{at.day} {at:%b}"


def _span(first: pd.Timestamp, last: pd.Timestamp) -> str:
    if first.date() == last.date():
        return _short_day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{_short_day(last)}"
    return f"{_short_day(first)}–{_short_day(last)}"


def _stacks(given: BriefInput, aoi: Aoi) -> Block | None:
    """Yards whose stacks changed, the largest change of each; a sentence where none did; None without yards."""
    made = STACKS.within(given.tables[STACKS], given.period)
    made = made[(made["aoi_id"] == aoi.id) & made["area_m2"].notna()]
    if made.empty:
        return None
    names = {zone.id: zone.name or zone.id for zone in aoi.zones}
    changed = made[made["change_m2"].abs() >= FindingRule().least_stack_change_m2]
    if changed.empty:
        return Text((f"Container stacks {_stood(made)}.",))
    most = _FEW_STACKS if given.period.duration <= _SHORT else _MOST_STACKS
    rows = changed.assign(size=changed["change_m2"].abs()).nlargest(most, "size").sort_values("acquired_at")
    cells = tuple(
        (
            Cell(names.get(str(r["yard_id"]), str(r["yard_id"]))),
            Cell(_short_day(r["acquired_at"])),
            Cell(share_text(r)),
            Cell(f"{r['change_m2']:+,.0f} m²"),
        )
        for r in rows.to_dict("records")
    )
    left = len(changed) - len(cells)
    return Table(
        f"{short_name(aoi.name or aoi.id)}: stacks that changed",
        ("Yard", "Seen", "In use", "Change"),
        cells,
        f"{plural(left, 'smaller change')} in the appendix." if left else "",
        numeric=(3,),
        compact=True,
    )


def _stood(made: pd.DataFrame) -> str:
    """What is said of yards of which no change is stated."""
    if not (made["area_m2"] > 0).any():
        return "were not found"
    if made["change_m2"].isna().all():
        return "were seen, with no earlier observation to compare"
    return "stood without a change that can be measured"


def _film(
    given: BriefInput, studio: Studio, observations: Sequence[Observation], frame: Frame, latest: Observation
) -> tuple[Block, ...]:
    """Small pictures of the last observations by the sensor of the newest; none of fewer than three."""
    start = given.period.end - timedelta(weeks=_WEEKS)
    seen = [
        k
        for k in observations
        if k.was_seen and k.acquisition is not None and k.sensor == latest.sensor and start <= k.at < given.period.end
    ]
    if len(seen) < 3:
        return ()
    most = _SHORT_FILM if given.period.duration <= _SHORT else FILM_OBSERVATIONS
    frames, animation = studio.film(tuple(seen[-most:]), frame)
    dates = (_short_day(pd.Timestamp(k.at)) for k in seen[-most:])
    frames = tuple(replace(picture, label=date) for picture, date in zip(frames, dates, strict=True))
    return (Film(f"film-{frame.id}", frames, f"Last {len(frames)} observations.", animation),)
