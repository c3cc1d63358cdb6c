"""How far a silent shuttle could be told at all: the evidence of one who knows which detections were the ship's own.

Run ``python -m tests.independent.limit CASE... --seeds 0-19``. The evidence of each silent shuttle's own sightings and
usual stays is compared with that of the same sightings with one port moved in time. Prints the median of the log of
the Bayes factor, and the share of ships that a prior of 0.1 makes "likely" by it. A model, which has to find out whose
a detection is, can hardly do better.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.special import expit, logit, logsumexp

from monitor.core.tables import BERTH_STATES, DETECTIONS
from monitor.fuse import CorrelateRules
from monitor.fuse.voyages.distances import between_ports
from monitor.fuse.voyages.filtering import log_known
from monitor.fuse.voyages.motion import AT_A, AT_B, Kind, motion
from tests.independent.cases import CASES
from tests.independent.judging import LIKELY
from tests.independent.ports import NMI_M
from tests.independent.score import case_names, seeds_of
from tests.independent.seasons import Season, season

STEP_H, RECALL, SURE, SHIFTS, PRIOR = 3.0, 0.8, 10.0, 24, 0.1
STAYS_H = (24.0, 36.0, 54.0)


def factors(made: Season) -> Iterator[float]:
    """Log Bayes factor of each silent shuttle's true sightings against those of moved ports."""
    rule = CorrelateRules().links
    ports = sorted(aoi.id for aoi in made.aois)[:2]
    way = between_ports(made.aois, None, detour=rule.detour)[frozenset(ports)] / NMI_M
    numbers = replace(rule.motion, stays_h=STAYS_H, step_h=STEP_H)
    chain = motion(way / rule.fastest_kn, way / rule.usual_kn, [Kind(rule.motion.elsewhere)], numbers)
    states, found = made.tables[BERTH_STATES], made.tables[DETECTIONS]
    zero, end = states["acquired_at"].min(), states["acquired_at"].max()
    steps = int((end - zero) / pd.Timedelta(hours=STEP_H)) + 1
    for ship in sorted(made.truth.shuttles):
        mine = found[[made.truth.ship_of[str(name)] == ship for name in found["detection_id"]]]
        at_a, at_b = (_weights(states, mine, port, zero, steps) for port in ports)
        moved = np.linspace(steps / SHIFTS, steps - steps / SHIFTS, SHIFTS).astype(int)
        others = np.array([at_b, *(np.roll(at_b, by) for by in moved)])
        weight = np.zeros((len(others), steps, 5))
        weight[:, :, AT_A], weight[:, :, AT_B] = at_a, others
        total = logsumexp(log_known(chain, weight, np.arange(len(chain.step))), axis=0)
        yield float(total[0] - logsumexp(total[1:]) + np.log(SHIFTS))


def _weights(states: pd.DataFrame, mine: pd.DataFrame, port: str, zero: pd.Timestamp, steps: int) -> np.ndarray:
    """(steps,) log of how much likelier what was seen of the ship is with it in port than without."""
    clear = states[states["aoi_id"] == port].groupby("acquired_at")["state"].agg(lambda s: (s != "not observed").mean())
    shown = set(mine.loc[mine["aoi_id"] == port, "acquired_at"])
    at = ((clear.index - zero) / pd.Timedelta(hours=STEP_H)).to_numpy().astype(int)
    made = np.zeros(steps)
    np.add.at(made, at, [SURE if t in shown else np.log1p(-RECALL * share) for t, share in clear.items()])
    return made


def main(arguments: Sequence[str]) -> None:
    """Print the figures of the cases asked for."""
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(prog="tests.independent.limit")
    parser.add_argument("cases", nargs="+", choices=[*CASES, "all"], metavar="CASE")
    parser.add_argument("--seeds", type=seeds_of, default=range(20))
    asked = parser.parse_args(arguments)
    for case in case_names(asked.cases):
        known = np.array([value for seed in asked.seeds for value in factors(season(case, seed))])
        if len(known):
            likely = float((expit(known + logit(PRIOR)) >= LIKELY).mean())
            print(f"{case}: {len(known)} ships, log factor {np.median(known):.1f} (median), likely {likely:.2f}")


if __name__ == "__main__":
    main(sys.argv[1:])
