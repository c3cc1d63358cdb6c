"""How often ports without a change raise an alarm, and how often a change is found.

Run ``python -m tests.independent_series.measure [FIRST LAST]``; seeds 0 to 39 by default, which nothing was chosen on.
Alarms are rows of CHANGES and weeks of RATES that are a change, of all counts of a port together, in its second year.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import numpy as np

from monitor.core.timerange import TimeRange
from monitor.fuse import change_points, rates
from tests.independent_series.ports import EPOCH, Port, port_counts

STAYS_D = (0.5, 1.0, 2.0, 5.0, 10.0)


def null_alarms(port: Port, seeds: Iterable[int]) -> float:
    """Change points a year of ports that show all counts, in which nothing changes."""
    return float(np.mean([len(change_points(port_counts(port, s, whole=True))) * 365.0 / port.days for s in seeds]))


def null_weeks(port: Port, seeds: Iterable[int]) -> float:
    """Weeks a year that stand out, after as long a past."""
    twice = replace(port, days=2.0 * port.days)
    year = TimeRange(EPOCH + timedelta(days=port.days), EPOCH + timedelta(days=twice.days))
    each = [rates(port_counts(twice, s, whole=True), period=year)["is_change"].sum() for s in seeds]
    return float(np.mean(each)) * 365.0 / port.days


def found(port: Port, seeds: Iterable[int]) -> float:
    """Share of ports whose change is found, in its direction and dated to within 45 days."""
    true, hits = EPOCH + timedelta(days=port.change_d), []
    for seed in seeds:
        table = change_points(port_counts(port, seed))
        right = (table["rate_after"] > table["rate_before"]) == (port.factor > 1.0)
        hits.append(bool((right & ((table["changed_at"] - true).abs() < timedelta(days=45))).any()))
    return float(np.mean(hits))


def main(first: int, last: int) -> None:
    """Print the table."""
    seeds = range(first, last)
    print("law, stay d, pass each d | change points a year | weeks a year | halving found | doubling found")
    for law in ("exponential", "fixed", "long tail"):
        for stay in STAYS_D:
            for every in (1.0, 2.5, 5.0):
                port = Port(stay_d=stay, law=law, every_d=every)
                power = [found(replace(port, ships=3.75, factor=f, change_d=182.5), seeds) for f in (0.5, 2.0)]
                alarms, weeks = null_alarms(port, seeds), null_weeks(port, seeds)
                line = f"{law}, {stay}, {every} | {alarms:.2f} | {weeks:.2f} | {power[0]:.2f} | {power[1]:.2f}"
                print(line, flush=True)


if __name__ == "__main__":
    main(*(int(given) for given in sys.argv[1:3]) if len(sys.argv) > 2 else (0, 40))
