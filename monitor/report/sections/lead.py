"""The first screen of a brief: headline, picture, claims, and what could not be seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shapely.geometry.base import BaseGeometry

from monitor.core.findings import Finding
from monitor.core.geo.geodesy import WGS84, transformer
from monitor.core.scenes.sensors import sensor
from monitor.core.tables import BERTH_STATES, DARK_EVENTS, DETECTIONS, LAND_CHANGES, SHUTTLES, VISITS, VOYAGES
from monitor.fuse.findings import headlines
from monitor.report.page.blocks import Pair, Picture, TileFigure
from monitor.report.page.model import BriefInput, Lead
from monitor.report.page.wording import when
from monitor.report.sections.notable import all_names, names_of, plain_words, ranked, strongest
from monitor.report.sections.place import berths_tile
from monitor.report.sections.summary import statements
from monitor.report.tiles.frames import Frame, around
from monitor.report.tiles.observations import OBSERVED, Observation, choose
from monitor.report.tiles.studio import Studio

SIDE_M = 1400.0
"""Side of the lead picture: 140 pixels of Sentinel-2, a ship of 120 m a twelfth of it. Chosen."""
_ASIDE = 0.2
"""Of that side: how far the ship stands from the middle, where the handle of the swipe is. Chosen."""
_LEAST_VALID, _MOST_OTHERS = 0.98, 4
"""Share of the lead picture with pixels, and observations tried for it. Chosen."""
Observations = Mapping[str, tuple[Observation, ...]]


@dataclass(frozen=True, slots=True)
class _Sight:
    """One detection that shows a finding."""

    detection_id: str
    scene_id: str
    aoi_id: str
    geometry: BaseGeometry
    berth_id: str


def lead(
    given: BriefInput, observations: Observations, studios: Mapping[str, Studio], frames: Mapping[str, Frame]
) -> Lead:
    """The first screen of a brief.

    Parameters
    ----------
    given : BriefInput
        What the brief states.
    observations : mapping of str to tuple of Observation
        Each port's, by its id.
    studios : mapping of str to Studio
        Draws each port's pictures.
    frames : mapping of str to Frame
        What each port's own picture shows.
    """
    *claims, unseen = statements(given)
    strong = strongest(given, 1)
    was_seen = any(k.was_seen and k.at in given.period for some in observations.values() for k in some)
    if strong:
        headline = plain_words(given, strong[0]).headline
    elif claims and was_seen:
        headline = claims[0].sentence.split(". ")[0].rstrip(".")
    elif was_seen and not any(aoi.has_water for aoi in given.aois):
        headline = headlines.only_observed(all_names(given))
    else:
        headline = headlines.nothing_observed(all_names(given))
    picture = _picture(given, observations, studios) or _clearest(given, observations, studios, frames)
    return Lead(headline, tuple(claims), unseen, picture)


def _picture(given: BriefInput, observations: Observations, studios: Mapping[str, Studio]) -> Pair | None:
    """The strongest finding that can be shown, beside the same place at another time."""
    for finding in ranked(given):
        if finding.kind == "land_change" and (changed := _changed(given, finding, observations, studios)) is not None:
            return changed
        for sight in _sights(given, finding):
            pair = _pair(given, sight, observations[sight.aoi_id], studios[sight.aoi_id])
            if pair is not None:
                return pair
    return None


def _clearest(
    given: BriefInput, observations: Observations, studios: Mapping[str, Studio], frames: Mapping[str, Frame]
) -> TileFigure | None:
    """The berths of the port that was seen best in its newest clear observation."""
    shown = [(name, choose(some, given.period).latest) for name, some in observations.items()]
    best = sorted(
        ((name, latest) for name, latest in shown if latest is not None and latest.at in given.period),
        key=lambda pair: (pair[1].state == OBSERVED, pair[1].fraction, pair[1].at),
        reverse=True,
    )
    made = (berths_tile(studios[name], latest, frames[name]) for name, latest in best)
    return next((tile for tile in made if tile is not None), None)


def _changed(
    given: BriefInput, finding: Finding, observations: Observations, studios: Mapping[str, Studio]
) -> Pair | None:
    """The ground before a lasting change and at the newest clear observation with it; None without both."""
    rows = given.tables[LAND_CHANGES]
    mine = rows[rows["change_id"] == finding.id]
    if mine.empty or finding.aoi_id not in studios:
        return None
    clear = [k for k in observations[finding.aoi_id] if k.state == OBSERVED and k.acquisition is not None]
    before = [k for k in clear if k.at <= finding.start]
    after = [k for k in clear if finding.end <= k.at <= mine["last_seen"].iloc[0]]
    if not before or not after or before[-1].sensor != after[-1].sensor:
        return None
    middle, names = mine.geometry.iloc[0].centroid, names_of(given)
    title = names.get(str(mine["zone_id"].iloc[0])) or names[finding.aoi_id]
    epsg = studios[finding.aoi_id].aoi.epsg
    x, y = transformer(WGS84, epsg).transform(middle.x, middle.y)
    lon, lat = transformer(epsg, WGS84).transform(x - _ASIDE * SIDE_M, y)
    frame = around(f"lead-{finding.id}", title, float(lon), float(lat), side_m=SIDE_M)
    both = (before[-1], after[-1])
    labels = [when(k.acquisition) if k.acquisition else "" for k in both]
    pictures = [
        studios[finding.aoi_id].pair_picture(k, frame, f"{title}, {label}")
        for k, label in zip(both, labels, strict=True)
    ]
    if pictures[0] is None or pictures[1] is None:
        return None
    caption = f"{title}, {SIDE_M:.0f} m across; the changed ground is right of the middle of the later picture."
    return Pair("lead", pictures[0], pictures[1], labels[0], labels[1], caption)


def _sights(given: BriefInput, finding: Finding) -> Iterable[_Sight]:
    """The detections of the period that show a finding: optical ones first, then those of highest score."""
    tables = given.tables
    found = DETECTIONS.within(tables[DETECTIONS], given.period)
    ids = set(_detections(given, finding))
    mine = found[found["detection_id"].isin(ids) & found["aoi_id"].isin([aoi.id for aoi in given.aois])]
    mine = mine.assign(is_optical=[sensor(kind).optical for kind in mine["sensor"]])
    for row in mine.sort_values(["is_optical", "score", "detection_id"], ascending=[False, False, True]).itertuples():
        berth = str(row.zone_id) if row.zone == "berth" else ""
        yield _Sight(str(row.detection_id), str(row.scene_id), str(row.aoi_id), row.geometry, berth)


def _detections(given: BriefInput, finding: Finding) -> Iterable[str]:
    """Ids of the detections behind a finding, by its visits where it is about these."""
    tables = given.tables
    if finding.kind == "dark_event":
        events = tables[DARK_EVENTS]
        yield from events.loc[events["event_id"] == finding.id, "detection_id"].astype(str)
    visits = {finding.id, *finding.evidence}
    for schema, key, columns in (
        (SHUTTLES, "shuttle_id", ["visit_ids"]),
        (VOYAGES, "voyage_id", ["from_visit", "to_visit"]),
    ):
        rows = tables[schema][tables[schema][key] == finding.id]
        visits |= {name for column in columns for cell in rows[column] for name in str(cell).split()}
    mine = tables[VISITS][tables[VISITS]["visit_id"].isin(visits)]
    yield from (name for cell in mine["detection_ids"] for name in str(cell).split())


def _pair(given: BriefInput, sight: _Sight, seen: tuple[Observation, ...], studio: Studio) -> Pair | None:
    """The detection, marked, and the nearest clear observation of the same place without it; None without either."""
    here = next((k for k in seen if k.scene_id == sight.scene_id), None)
    others = () if here is None else _others(given, sight, here, seen)
    if here is None or not others:
        return None
    whole = (k for k in others if _is_whole(studio, k, _frame(given, sight, studio, east=here.at < k.at)))
    other = next(whole, others[0])
    first, last = sorted((here, other), key=lambda k: k.at)
    frame = _frame(given, sight, studio, east=first is here)
    pictures = [_chip(studio, sight, k, frame) for k in (first, last)]
    if pictures[0] is None or pictures[1] is None:
        return None
    labels = [when(k.acquisition) if k.acquisition else "" for k in (first, last)]
    marked = "earlier" if first is here else "later"
    caption = f"{frame.title}, {SIDE_M:.0f} m across; the ship is marked on the {marked} picture."
    return Pair("lead", pictures[0], pictures[1], labels[0], labels[1], caption, is_annotated=True)


def _frame(given: BriefInput, sight: _Sight, studio: Studio, *, east: bool) -> Frame:
    """A square with the ship off its middle, on the side that a swipe at half shows: the left of it when `east`."""
    middle, epsg = sight.geometry.envelope.centroid, studio.aoi.epsg
    x, y = transformer(WGS84, epsg).transform(middle.x, middle.y)
    lon, lat = transformer(epsg, WGS84).transform(x + (_ASIDE if east else -_ASIDE) * SIDE_M, y)
    names = names_of(given)
    title = names.get(sight.berth_id) or names[sight.aoi_id]
    side = "east" if east else "west"
    return around(f"lead-{sight.detection_id}-{side}", title, float(lon), float(lat), side_m=SIDE_M)


def _chip(studio: Studio, sight: _Sight, shown: Observation, frame: Frame) -> Picture | None:
    at = when(shown.acquisition) if shown.acquisition else ""
    what = "a marked ship" if shown.scene_id == sight.scene_id else "the same place without that mark"
    return studio.chip(sight.detection_id, shown.scene_id, shown.sensor, frame, f"{frame.title}, {at}: {what}")


def _is_whole(studio: Studio, shown: Observation, frame: Frame) -> bool:
    """Whether an observation has pixels for nearly all of a frame."""
    raster = studio.cut(shown.scene_id, frame)
    return raster is not None and float(raster.valid.mean()) >= _LEAST_VALID


def _others(
    given: BriefInput, sight: _Sight, here: Observation, seen: tuple[Observation, ...]
) -> tuple[Observation, ...]:
    """The clear observations to compare with, best first: the berth seen empty, then before, then after; near first."""
    states = given.tables[BERTH_STATES]
    empty = set(states.loc[(states["berth_id"] == sight.berth_id) & (states["state"] == "empty"), "scene_id"])
    clear = [k for k in seen if k.sensor == here.sensor and k.state == OBSERVED and k.acquisition is not None]
    before = [k for k in clear if k.at < here.at][::-1]
    after = [k for k in clear if k.at > here.at and k.at < given.period.end]
    choices = [k for k in (*before, *after) if k.scene_id in empty] if sight.berth_id else []
    return tuple(dict.fromkeys([*choices, *before, *after]))[:_MOST_OTHERS]
