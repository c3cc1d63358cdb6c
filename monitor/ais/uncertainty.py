"""How far off an estimated position may be: radii that hold 50 % and 90 %.

Fitted by hiding fixes of real tracks (MarineCadastre, coast of North Carolina, February 2023; class A log, Baltic) and
regressing the error's quantiles on what is known at the time: `u` = time to the fix before times time to the fix after
over their sum, how far the two fixes' speeds and courses disagree with each other, and with the way between them.
`tests/benchmarks` prints the share held by speed class and time to the nearest fix.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

FLOOR_50_M, FLOOR_90_M = 2.0, 4.0
LEAST_RATIO = 1.5
SLOW_MS = 1.55
"""Three knots: below, course and speed over ground are mostly noise."""

_CURVED = ((-3.653, 1.141, 0.231, 0.102), (-2.225, 0.889, 0.304, 0.187))
_STRAIGHT_SLOW = ((0.371, 0.039, 0.256), (0.8, 0.008, 0.43))
_STRAIGHT_FAST = ((-5.872, 1.018, 0.599), (-2.219, 1.031, 0.352))
_AGES_S = np.log([30.0, 70.0, 140.0, 350.0, 630.0, 1240.0, 1850.0, 3640.0, 7240.0, 14450.0])
_RECKONED = {
    "still": (
        np.log([2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 8.0, 12.0, 20.0]),
        np.log([8.0, 12.0, 15.0, 18.0, 20.0, 25.0, 40.0, 200.0, 6000.0, 45000.0]),
    ),
    "moving": (
        np.log([5.0, 11.0, 30.0, 80.0, 185.0, 500.0, 970.0, 4600.0, 16300.0, 55000.0]),
        np.log([12.0, 29.0, 82.0, 424.0, 1090.0, 3130.0, 5160.0, 13200.0, 36200.0, 102000.0]),
    ),
}
_SLOW_FACTOR = 2.5


@dataclass(frozen=True, slots=True)
class Bridge:
    """What is known of the stretch between two fixes. Arrays of one length; speeds in m/s, times in seconds.

    `disagreement_ms` is the distance between where the mean of both velocities would lead and the fix after, over the
    time between; `change_ms` the size of the difference of the two velocities.
    """

    before_s: Floats
    after_s: Floats
    chord_m: Floats
    disagreement_ms: Floats
    change_ms: Floats

    @property
    def u_s(self) -> Floats:
        """Time to the fix before times time to the fix after over their sum."""
        return self.before_s * self.after_s / np.maximum(self.before_s + self.after_s, 1e-6)


def bridge_radii(bridge: Bridge, *, curved: npt.NDArray[np.bool_], speed_ms: Floats) -> tuple[Floats, Floats]:
    """Radii in metres that hold 50 % and 90 % of the errors between two fixes.

    Parameters
    ----------
    bridge : Bridge
    curved : array of bool
        Where the velocities shaped the way between the fixes (cubic Hermite), not a straight line.
    speed_ms : array
        The greater speed over ground of the two fixes, or of the way between when they do not say.
    """
    u = bridge.u_s
    radii = []
    for hermite, slow, fast in zip(_CURVED, _STRAIGHT_SLOW, _STRAIGHT_FAST, strict=True):
        by_velocity = (
            hermite[0] + hermite[1] * np.log(u + 1) + hermite[2] * np.log(u * bridge.disagreement_ms + 5)
            + hermite[3] * np.log(u * bridge.change_ms + 5)
        )  # fmt: skip
        a, b, c = (np.where(speed_ms > SLOW_MS, f, s) for f, s in zip(fast, slow, strict=True))
        by_line = a + b * np.log(u + 1) + c * np.log(bridge.chord_m + 2)
        radii.append(np.exp(np.where(curved, by_velocity, by_line)) - 1.0)
    return _ordered(radii[0], radii[1])


def reckoned_radii(age_s: Floats, *, speed_ms: Floats) -> tuple[Floats, Floats]:
    """Radii in metres that hold 50 % and 90 % of the errors beyond the last fix (or before the first).

    `age_s` is the time to that fix, `speed_ms` its speed over ground (NaN counts as moving).
    """
    moving = ~(speed_ms <= 0.26)
    slow = moving & (speed_ms <= SLOW_MS)
    age = np.log(np.maximum(age_s, 1.0))
    radii = []
    for i in (0, 1):
        still, under_way = (np.interp(age, _AGES_S, _RECKONED[k][i]) for k in ("still", "moving"))
        radii.append(np.exp(np.where(moving, under_way, still)) * np.where(slow, _SLOW_FACTOR, 1.0))
    return _ordered(radii[0], radii[1])


def _ordered(r50: Floats, r90: Floats) -> tuple[Floats, Floats]:
    r50 = np.maximum(r50, FLOOR_50_M)
    return r50, np.maximum(np.maximum(r90, FLOOR_90_M), LEAST_RATIO * r50)
