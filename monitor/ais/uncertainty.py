"""How far off an estimated position may be: radii that hold 50 % and 90 %.

Fitted by hiding fixes of real tracks and predicting them from the others: one cargo ship for five days off North
Carolina (MarineCadastre, February 2023) and the 44 ships of a five-minute Baltic log. The error's quantiles are
regressed on what is known at the time, then corrected by class of speed and time to the nearest fix.
`tests/benchmarks` prints the shares. One ship's habits are in these numbers: over blocks of the same track that were
left out of a fit, the well-filled class (8 to 14 kn) holds its shares within about six points up to an hour from the
nearest fix, the others within twenty. The error is against what AIS would have said: the receiver's own error (some
10 m) and the antenna's place on the ship are not in it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from monitor.core.geodesy import KNOT_MS

Floats = npt.NDArray[np.float64]

SLOW_MS = 1.55
"""Three knots: below, course and speed over ground are mostly noise."""
LEAST_RATIO = 1.3
_LEAST_M = 0.1
_GRAIN_M = 0.3

CLASSES_KN = (0.5, 3.0, 8.0, 14.0)
"""Upper ends of the speed classes; the last has none."""
_NEAR_S = np.log([30.0, 90.0, 200.0, 420.0, 900.0, 1800.0, 3600.0, 7200.0])


@dataclass(frozen=True, slots=True)
class _Quantile:
    """Coefficients of the logarithm of one quantile's radius, and its correction by class and time to the nearest fix.

    `curved`: 1, log(u + 1), its square over 10, log(span + 1), its square over 10, log(u × disagreement + 3),
    log(u × change + 3), log(knots + 1). `slow` and `fast`, for straight lines: 1, log(u + 1), its square over 10,
    log(span + 1), log(chord + 2), log(knots + 1).
    """

    curved: tuple[float, ...]
    slow: tuple[float, ...]
    fast: tuple[float, ...]
    by_class: tuple[tuple[float, ...], ...]


_HALF = _Quantile(
    (0.02, 0.494, 0.397, -0.118, -0.135, 0.299, 0.298, -0.44), (-3.077, 0.806, -0.606, 0.04, 0.574, 1.485),
    (-3.116, 1.181, -0.53, -0.229, 0.403, 1.498),
    (
        (-0.04, 0.0, 0.08, -0.03, -0.02, -0.06, 0.07, 0.07), (-0.13, 0.17, 0.01, 0.12, -0.29, 0.0, 0.01, 0.01),
        (0.14, -0.25, 0.05, 0.05, 0.19, 0.05, -0.27, -0.1), (0.01, -0.07, 0.07, 0.0, -0.03, 0.05, 0.08, 0.08),
        (0.02, 0.13, 0.17, -0.21, -0.09, -0.25, 0.02, -0.18),
    ),
)  # fmt: skip
_NINETY = _Quantile(
    (1.339, 0.8, -0.043, -0.441, 0.129, 0.353, 0.322, -0.528), (-1.681, 0.601, -0.479, 0.052, 0.507, 1.496),
    (-1.179, 0.864, -0.202, -0.037, 0.395, 0.564),
    (
        (-0.04, 0.24, -0.04, -0.03, -0.05, -0.04, 0.05, 0.05), (-0.12, -0.14, 0.1, 0.05, 0.02, 0.03, -0.04, -0.04),
        (0.04, -0.08, -0.02, 0.07, -0.09, -0.3, -0.35, 0.11), (0.01, -0.11, 0.04, 0.1, 0.14, 0.18, -0.09, -0.16),
        (-0.02, 0.07, 0.03, -0.41, -0.14, -0.06, -0.13, -0.2),
    ),
)  # fmt: skip

_AGES_S = np.log([30.0, 70.0, 140.0, 350.0, 630.0, 1240.0, 1850.0, 3640.0, 7240.0, 14450.0])
_RECKONED_KN = (0.5, 8.0)
_RECKONED = (
    (
        (0.9, 1.4, 1.8, 1.8, 1.9, 2.2, 2.2, 2.2, 2.3, 2.9), (8.8, 17.6, 71.5, 170.0, 367.0, 669.0, 1200.0, 4290.0,
         22100.0, 79400.0), (2.5, 10.3, 26.5, 60.0, 188.0, 521.0, 1030.0, 4490.0, 15800.0, 55900.0),
    ),
    (
        (2.7, 5.3, 7.2, 4.0, 3.6, 3.8, 3.9, 4.3, 6100.0, 44800.0), (41.9, 101.0, 380.0, 900.0, 1690.0, 4910.0, 8140.0,
         17000.0, 40200.0, 101000.0), (11.4, 28.0, 83.4, 300.0, 1080.0, 3050.0, 5140.0, 13200.0, 36200.0, 106000.0),
    ),
)  # fmt: skip
"""Metres at `_AGES_S`, for 50 % and 90 %, of ships up to 0.5 kn, up to 8 kn, and faster. A ship at rest is where it
was, until it leaves: that is the jump between one hour and two."""


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
        The greatest of the two fixes' speeds over ground and the speed of the way between.
    """
    half, ninety = (_bridge_radius(q, bridge, curved, speed_ms) for q in (_HALF, _NINETY))
    return _ordered(half, ninety)


def reckoned_radii(age_s: Floats, *, speed_ms: Floats) -> tuple[Floats, Floats]:
    """Radii in metres that hold 50 % and 90 % of the errors beyond the last fix (or before the first).

    `age_s` is the time to that fix, `speed_ms` its speed over ground (NaN counts as fast).
    """
    kind = _class(speed_ms, _RECKONED_KN)
    age = np.log(np.maximum(age_s, 1.0))
    half, ninety = (
        np.exp(np.choose(kind, [np.interp(age, _AGES_S, np.log(row)) for row in table])) for table in _RECKONED
    )
    return _ordered(half, ninety)


def _bridge_radius(quantile: _Quantile, bridge: Bridge, curved: npt.NDArray[np.bool_], speed_ms: Floats) -> Floats:
    u, span = np.log(bridge.u_s + 1), np.log(bridge.before_s + bridge.after_s + 1)
    knots = np.log(speed_ms / KNOT_MS + 1)
    one = np.ones_like(u)
    by_velocity = np.stack([
        one, u, u**2 / 10, span, span**2 / 10, np.log(bridge.u_s * bridge.disagreement_ms + 3),
        np.log(bridge.u_s * bridge.change_ms + 3), knots,
    ])  # fmt: skip
    by_line = np.stack([one, u, u**2 / 10, span, np.log(bridge.chord_m + 2), knots])
    line = np.where(speed_ms > SLOW_MS, np.array(quantile.fast) @ by_line, np.array(quantile.slow) @ by_line)
    near = np.log(np.maximum(np.minimum(bridge.before_s, bridge.after_s), 1.0))
    corrections = [np.interp(near, _NEAR_S, row) for row in quantile.by_class]
    correction = np.choose(_class(speed_ms, CLASSES_KN), corrections)
    radius = np.exp(np.where(curved, np.array(quantile.curved) @ by_velocity, line) + correction) - _GRAIN_M
    return np.asarray(np.where(near > 0.0, radius, 0.0))


def _class(speed_ms: Floats, upper_kn: tuple[float, ...]) -> npt.NDArray[np.int64]:
    return np.searchsorted(np.array(upper_kn) * KNOT_MS, np.nan_to_num(speed_ms, nan=np.inf)).astype(np.int64)


def _ordered(r50: Floats, r90: Floats) -> tuple[Floats, Floats]:
    r50 = np.maximum(r50, _LEAST_M)
    return r50, np.maximum(r90, LEAST_RATIO * r50)
