"""A season of a case: the ports, the tables that the package reads, and the truth behind them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from monitor.core.aoi import Aoi
from monitor.core.scenes.scene import Acquisition
from monitor.core.tables import BERTH_STATES, COVERAGE, DETECTIONS, MATCHES, POSITIONS, STACKS
from monitor.core.tableset import TableSet
from tests.independent.cases import CASES, Case
from tests.independent.made_tables import CLEAR, ZERO, berth_states, coverage, detections, instant, scene_of, stacks
from tests.independent.observing import Look, detect, draw_eye, looks
from tests.independent.ports import make_ports
from tests.independent.radio import explain, hear
from tests.independent.traffic import World, make_world
from tests.independent.truth import Truth


@dataclass(frozen=True, slots=True, eq=False)
class Season:
    """A season's ports, scenes and tables, and its truth."""

    case: Case
    aois: tuple[Aoi, ...]
    scenes: tuple[Acquisition, ...]
    tables: TableSet
    truth: Truth


def season(case: str | Case, seed: int) -> Season:
    """One season of a case; the same seed gives the same one, and no two cases share their draws.

    Parameters
    ----------
    case : str or Case
        Name of one of `CASES`, or a case of one's own.
    seed : int

    Returns
    -------
    Season
        Tables DETECTIONS, COVERAGE, BERTH_STATES, STACKS, POSITIONS and MATCHES (by truth, with a few errors).
    """
    kind = CASES[case] if isinstance(case, str) else case
    salt = sum(ord(letter) * 31**n for n, letter in enumerate(repr(kind))) % 2**32
    rng = np.random.default_rng([seed, salt])
    ports = make_ports(kind.ports, rng)
    world = make_world(kind, ports, rng)
    seen, eye = looks(world), draw_eye(rng, perfect=kind.perfect)
    found, _ = detect(world, seen, eye)
    aois = tuple(port.aoi for port in ports)
    scenes = [scene_of(look, n, aois[look.port]) for n, look in enumerate(seen)]
    names = [f"{scenes[f.look].id}-{n}" for n, f in enumerate(found)]
    ids = [scene.id for scene in scenes]
    tables = TableSet(
        {
            DETECTIONS: detections(world, seen, found, names, scenes, eye),
            COVERAGE: coverage(ports, seen, scenes),
            BERTH_STATES: berth_states(world, seen, found, names, scenes, eye),
            STACKS: stacks(world, seen, scenes),
            POSITIONS: hear(world, ZERO),
            MATCHES: explain(world, seen, found, names, ids, ZERO),
        }
    )
    truth = _truth(world, seen, dict(zip(names, (f.ship for f in found), strict=True)))
    return Season(kind, aois, tuple(scenes), tables, truth)


def shifted(made: Season, days: float) -> Season:
    """A season in which all ports but the first lie `days` later, as far as both are then watched: the port-shift null.

    Each port's own traffic stays as it was, while no ship can have sailed between the first and another. AIS stays,
    as it is no part of the null; so are truth's detections, while its crossings are none.
    """
    late, by = {aoi.id for aoi in made.aois[1:]}, pd.Timedelta(days=days)
    low = ZERO + max(by, pd.Timedelta(0))
    high = ZERO + pd.Timedelta(days=made.case.days) + min(by, pd.Timedelta(0))

    def moved(table: pd.DataFrame) -> pd.DataFrame:
        at = table["acquired_at"].where(~table["aoi_id"].isin(late), table["acquired_at"] + by)
        return table.assign(acquired_at=at)[(at >= low) & (at < high)].reset_index(drop=True)

    schemas = (DETECTIONS, COVERAGE, BERTH_STATES, STACKS, MATCHES)
    tables = TableSet({s: s.conform(moved(made.tables[s])) for s in schemas} | {POSITIONS: made.tables[POSITIONS]})
    stays = made.truth.stays
    there = stays["port"].isin(late)
    when = {c: stays[c].where(~there, stays[c] + by) for c in ("arrived_at", "departed_at")}
    apart = stays["call"].where(~there, -1_000 - 2 * stays["call"])
    truth = replace(made.truth, stays=stays.assign(call=apart, **when), crossings=made.truth.crossings.iloc[:0])
    kept = {str(name): truth.ship_of[str(name)] for name in tables[DETECTIONS]["detection_id"]}
    scenes = tuple(_moved(a, by) if a.aoi_id in late else a for a in made.scenes)
    here = tuple(a for a in scenes if low <= a.acquired_at < high)
    return replace(made, tables=tables, scenes=here, truth=replace(truth, ship_of=kept))


def unwatched(made: Season, port: int) -> Season:
    """A season in which nobody watches one of the ports, counted from 0: calls there are calls elsewhere."""
    gone = made.aois[port].id
    schemas = (DETECTIONS, COVERAGE, BERTH_STATES, STACKS, MATCHES)
    tables = {s: s.conform((t := made.tables[s])[t["aoi_id"] != gone].reset_index(drop=True)) for s in schemas}
    stays, crossings = made.truth.stays.copy(), made.truth.crossings
    stays.loc[stays["port"] == gone, ["port", "berth"]] = ""
    between = (crossings[["from_port", "to_port"]] != gone).all(axis=1)
    kept = {str(name): made.truth.ship_of[str(name)] for name in tables[DETECTIONS]["detection_id"]}
    return replace(
        made,
        aois=tuple(aoi for aoi in made.aois if aoi.id != gone),
        scenes=tuple(scene for scene in made.scenes if scene.aoi_id != gone),
        tables=TableSet(tables | {POSITIONS: made.tables[POSITIONS]}),
        truth=replace(made.truth, stays=stays, crossings=crossings[between], ship_of=kept),
    )


def _moved(scene: Acquisition, by: pd.Timedelta) -> Acquisition:
    delta = by.to_pytimedelta()
    return replace(scene, start=scene.start + delta, end=scene.end + delta)


def _truth(world: World, seen: list[Look], ship_of: dict[str, int]) -> Truth:
    ships = pd.DataFrame(
        [
            {"ship": s.id, "kind": s.kind, "length_m": s.length_m}
            | dict(zip(("mmsi", "mmsi_at_sea"), (0, s.mmsi) if s.kind == "shuttle" else (s.mmsi, 0), strict=True))
            for s in world.ships
        ]
    ).set_index("ship")
    clear = {(k.port, n): [] for k in seen for n in range(len(k.shown))}
    for look in seen:
        for n, share in enumerate(look.shown):
            if share >= CLEAR:
                clear[look.port, n].append(look.at)
    names = [(p.id, tuple(b.id for b in p.berths)) for p in world.ports]
    stays = [
        {
            "ship": m.ship,
            "call": m.call,
            "port": names[m.port][0] if m.port >= 0 else "",
            "berth": names[m.port][1][m.berth] if m.port >= 0 else "",
            "arrived_at": instant(m.start),
            "departed_at": instant(m.end),
            "length_m": world.ships[m.ship - 1].length_m,
            "observed": any(m.start <= at < m.end for at in clear.get((m.port, m.berth), [])),
        }
        for m in world.moored
        if (m.berth >= 0 or m.port < 0) and m.end > 0 and m.start < world.end_h
    ]
    crossings = [
        {
            "ship": c.ship,
            "from_port": names[c.origin][0],
            "to_port": names[c.target][0],
            "departed_at": instant(c.start),
            "arrived_at": instant(c.end),
        }
        for c in world.sailed
        if c.start >= 0 and c.end < world.end_h
    ]
    columns = ["ship", "from_port", "to_port", "departed_at", "arrived_at"]
    ordered = pd.DataFrame(stays).sort_values(["arrived_at", "ship"], kind="stable", ignore_index=True)
    return Truth(ships, ordered, pd.DataFrame(crossings, columns=columns), ship_of)
