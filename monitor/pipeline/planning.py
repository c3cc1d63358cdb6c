"""What a season's passes would let one say of a port: the archive's own passes and clouds where it has them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from monitor.ais.sea.routes import shipped_sea
from monitor.core.aoi import WHOLE_KINDS
from monitor.core.geo.geodesy import METRES_PER_NAUTICAL_MILE
from monitor.core.scenes.revisit import Cycle, find_cycles
from monitor.core.scenes.sensors import SENSORS
from monitor.core.tables import COVERAGE
from monitor.core.timerange import TimeRange
from monitor.fuse.planning.passes import FLEETS, Site
from monitor.fuse.planning.prospects import Prospect, prospects
from monitor.fuse.planning.rule import PlanRule
from monitor.fuse.voyages.distances import between_ports
from monitor.fuse.voyages.rules import LinkRule
from monitor.pipeline import snapshot
from monitor.pipeline.context import Context
from monitor.pipeline.outcome import Table

_OF_PASSES = ("", "cloud", "sea ice")
"""Reasons of COVERAGE that clouds and ice have to do with, not the catalog."""
_STILL_SEEN = 4
"""Repeats of a track after which, without an observation, no more are expected. Chosen."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Prospects of a port with what they rest on.

    Attributes
    ----------
    aoi_id, partner_id : str
        The port and the other end of a leg; "" for one like the first.
    stay_h, passage_h : float
        Time at each end and between them, hours.
    rule : PlanRule
        How they were reckoned.
    assumptions : tuple of str
        What they rest on, in sentences.
    prospects : tuple of Prospect
        One for each set of satellites.
    """

    aoi_id: str
    partner_id: str
    stay_h: float
    passage_h: float
    rule: PlanRule
    assumptions: tuple[str, ...]
    prospects: tuple[Prospect, ...]

    def as_json(self) -> dict[str, object]:
        """Everything, for scripts; chances from 0 to 1."""
        return {
            "aoi": self.aoi_id,
            "partner": self.partner_id or None,
            "stay_h": self.stay_h,
            "passage_h": self.passage_h,
            "season_d": self.rule.season_d,
            "assumptions": list(self.assumptions),
            "prospects": [
                {
                    "satellites": each.satellites,
                    "passes_per_month": round(each.passes_per_month, 1),
                    "clear_per_month": round(each.clear_per_month, 1),
                    "seen": {f"{hours:g}h": round(p, 3) for hours, p in zip(self.rule.stays_h, each.seen, strict=True)},
                    "both_ends": round(each.both_ends, 3),
                    "crossings": round(each.crossings, 1),
                    "crossings_width_90": round(each.crossings_width, 1),
                }
                for each in self.prospects
            ],
        }

    def text(self) -> str:
        """A table, then what it rests on."""
        ends = f"{self.aoi_id} and {self.partner_id or 'a port like it'}"
        rows: tuple[dict[str, object], ...] = tuple(
            {
                "satellites": each.satellites,
                "passes/month": f"{each.passes_per_month:.0f}",
                "clear/month": f"{each.clear_per_month:.0f}",
                **{
                    f"stay {hours:g} h": f"{100 * p:.0f} %"
                    for hours, p in zip(self.rule.stays_h, each.seen, strict=True)
                },
                "both ends": f"{100 * each.both_ends:.0f} %",
                "crossings ±": f"{each.crossings:.0f} ± {each.crossings_width / 2:.0f}",
            }
            for each in self.prospects
        )
        title = f"{ends}: chance that a stay is seen, in a season of {self.rule.season_d:g} days"
        return "\n".join([Table(title, rows).text(), "", *self.assumptions])


def plan_port(context: Context, partner: Context | None, *, stay: timedelta, season: timedelta) -> Plan:
    """The prospects of a port in the season that begins now.

    Parameters
    ----------
    context : Context
        Of the port alone.
    partner : Context, optional
        Of the port at the other end of a leg alone.
    stay, season : timedelta
        Time at each end, and how long the ports are watched.

    Raises
    ------
    DataError
        The stay is too long for the season, or for the ships that are thought possible.
    """
    rule = replace(PlanRule(), season_d=season / timedelta(days=1))
    sites = tuple(_site(each, rule) for each in (context, partner) if each is not None)
    stay_h, passage_h, way = stay / timedelta(hours=1), rule.passage_h, f"{rule.passage_h:g} h under way (chosen)"
    if partner is not None:
        links, aois = LinkRule(), (context.aois[0], partner.aois[0])
        metres = next(iter(between_ports(aois, shipped_sea(), detour=links.detour).values()), 0.0)
        passage_h = max(metres / METRES_PER_NAUTICAL_MILE / links.usual_kn, 1.0)
        way = f"{passage_h:.0f} h under way ({metres / 1000.0:.0f} km at {links.usual_kn:g} kn)"
    made = prospects(sites[0], sites[1] if len(sites) > 1 else None, stay_h=stay_h, passage_h=passage_h, rule=rule)
    other = sites[1].aoi_id if len(sites) > 1 else ""
    leg = (
        f"Both ends: stays of {stay_h:g} h, {way}. Crossings: of a ship that crosses every {rule.crossing_d:g} days, "
        "half the expected 90 % interval from the number of stays seen, all known to be hers: real ones are wider."
    )
    recalls = "; ".join(f"{fleet.name} {fleet.recall:.2f} ({fleet.source})" for fleet in FLEETS)
    basis = (*(line for site in sites for line in _basis(site, rule)), f"Share of ships detected: {recalls}.", leg)
    return Plan(sites[0].aoi_id, other, stay_h, passage_h, rule, basis, made)


def _site(context: Context, rule: PlanRule) -> Site:
    aoi, season = context.aois[0], timedelta(days=rule.season_d)
    period, middle = TimeRange(context.now, context.now + season), aoi.geometry.centroid
    passes: dict[str, list[float]] = {}
    for cycle in _flying(find_cycles(context.acquisitions)):
        passes.setdefault(cycle.sensor, []).extend(_hours(at, context.now) for at in cycle.times(period))
    coverage = snapshot.read(context)[COVERAGE]
    optical = [sensor for sensor, facts in SENSORS.items() if facts.optical]
    water = coverage[
        coverage["kind"].isin(WHOLE_KINDS) & coverage["sensor"].isin(optical) & coverage["reason"].isin(_OF_PASSES)
    ]
    known = len(water) >= rule.fewest_scenes
    return Site(
        aoi.id,
        middle.x,
        middle.y,
        float(np.mean(water["state"] == "observed")) if known else None,
        len(water),
        {sensor: _apart(hours) for sensor, hours in passes.items()},
    )


def _flying(cycles: list[Cycle]) -> list[Cycle]:
    """Those that were still seen at the end of the archive: a satellite that was replaced is not counted twice."""
    newest: dict[str, datetime] = {}
    for cycle in cycles:
        newest[cycle.sensor] = max(newest.get(cycle.sensor, cycle.last), cycle.last)
    return [cycle for cycle in cycles if newest[cycle.sensor] - cycle.last <= _STILL_SEEN * cycle.repeat]


def _apart(hours: list[float]) -> tuple[float, ...]:
    """In order, without those within an hour of the one before: two satellites at one place in the track."""
    ordered = sorted(hours)
    return tuple(at for before, at in zip([-np.inf, *ordered], ordered, strict=False) if at - before >= 1.0)


def _hours(at: datetime, since: datetime) -> float:
    return (at - since) / timedelta(hours=1)


def _basis(site: Site, rule: PlanRule) -> tuple[str, str]:
    """Where clouds and passes come from."""
    if site.clear is None:
        clear = f"{site.aoi_id}: {rule.clear:.0%} of optical passes clear, as over land on average (King et al. 2013)"
    else:
        clear = f"{site.aoi_id}: {site.clear:.0%} of optical passes clear, as in {site.scenes} archived scenes"
    known = [fleet.name for fleet in FLEETS if site.passes_h.get(fleet.sensor)]
    drawn = [fleet.name for fleet in FLEETS if not site.passes_h.get(fleet.sensor)]
    parts = [f"passes of {' and '.join(known)} as in the archive"] if known else []
    parts += [f"passes of {' and '.join(drawn)} as usual at {abs(site.lat_deg):.0f}° latitude"] if drawn else []
    return f"{clear}; clouds of one pass say nothing of the next.", f"{site.aoi_id}: {'; '.join(parts)}."
