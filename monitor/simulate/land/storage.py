"""Goods in the open-storage lots of the made-up places: how many slots are filled over time."""

from __future__ import annotations

import numpy as np

from monitor.core.aoi import Aoi
from monitor.simulate.land.trains import DAY_S, HOUR_S
from monitor.simulate.land.world import LandWorld
from monitor.simulate.render.stacks import slots
from monitor.simulate.rng import generator
from monitor.simulate.traffic.fleet import Flow

_LEVELS, _EVERY_DAYS = (0.1, 0.6), (9.0, 28.0)
"""Share of the slots in use, and days between two levels of it (chosen)."""
_UNLOADED_H, _STAYS_DAYS, _GOES_DAYS, _SLOTS = 18.0, (8.0, 25.0), 6.0, (2.0, 5.0)
"""Goods of a shipment: hours to unload, days that they stay and to take them away, slots that they fill (chosen)."""


def storage_flows(seed: int, world: LandWorld, aois: tuple[Aoi, ...], start_s: float, end_s: float) -> tuple[Flow, ...]:
    """The goods in every open-storage lot: a level that wanders, and on it what each shipment unloads.

    Parameters
    ----------
    seed : int
    world : LandWorld
    aois : tuple of Aoi
        The made-up places.
    start_s, end_s : float
        Seconds since 1970.
    """
    flows = []
    for aoi in aois:
        for zone in aoi.of_kind("open_storage"):
            rng = generator(seed, "storage", zone.id)
            steps = np.cumsum(rng.uniform(*_EVERY_DAYS, size=int((end_s - start_s) / DAY_S / _EVERY_DAYS[0]) + 2))
            knots = start_s + np.concatenate([[0.0], steps]) * DAY_S
            levels = rng.uniform(*_LEVELS, size=len(knots)) * len(slots(aoi, zone.id))
            flows.append(Flow(zone.id, knots, np.round(levels, 1)))
    for event in world.events:
        if event.kind == "storage filled":
            rng = generator(seed, "unloaded", event.cargo)
            begin, stays = event.t_s - _UNLOADED_H * HOUR_S, float(rng.uniform(*_STAYS_DAYS)) * DAY_S
            lot = float(rng.uniform(*_SLOTS))
            t = np.array([begin, event.t_s, event.t_s + stays, event.t_s + stays + _GOES_DAYS * DAY_S])
            flows.append(Flow(event.zone_id, t, np.array([0.0, lot, lot, 0.0])))
    return tuple(flows)
