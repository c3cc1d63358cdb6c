"""Where a hull's centre lies from the place that AIS gives, which is that of the antenna."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from monitor.core.arrays import Floats
from monitor.core.columns import floats
from monitor.core.tables import DIMENSIONS
from monitor.fuse.matching.model import MatchModel


@dataclass(frozen=True, slots=True)
class Centres:
    """Normals of a hull's centre about its antenna, ahead and to starboard of it.

    Arrays are (components, pairs); metres, and m² for variances. Weights of a pair add up to one.

    Attributes
    ----------
    bow_deg : (pairs,) float
        Which way ahead is.
    weight, ahead_m, right_m, ahead_m2, right_m2 : (components, pairs) float
        Share, mean and variance of each normal.
    stated : (pairs,) bool
        Whether the antenna's place and the bow are known: then the first normal is the stated one.
    headed : (pairs,) bool
        Whether the bow is known.
    """

    bow_deg: Floats
    weight: Floats
    ahead_m: Floats
    right_m: Floats
    ahead_m2: Floats
    right_m2: Floats
    stated: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
    headed: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


def bows_deg(points: pd.DataFrame, model: MatchModel) -> Floats:
    """(n,) the heading of each vessel, or the course of one under way that sends none; NaN where neither is known.

    Parameters
    ----------
    points : TRACK_POINTS table
        Speed, course and heading are used where present.
    model : MatchModel
        Gives the speed from which a course stands for a heading.
    """
    heading, course = floats(points, "heading_deg"), floats(points, "cog_deg")
    moving = floats(points, "sog_kn") > model.steering_kn
    return np.where(np.isfinite(heading), heading, np.where(moving, course, np.nan))


def centres(points: pd.DataFrame, axis_deg: Floats, measured_m: Floats, model: MatchModel) -> Centres:
    """The hull's centre of each pair of a vessel and a detection.

    Parameters
    ----------
    points : TRACK_POINTS table
        The vessel of each pair, with the columns of `DIMENSIONS` where known.
    axis_deg, measured_m : (pairs,) float
        Axis and length of the detection; NaN where not known. The axis stands for a heading that is missing, either
        end ahead, and the length for one that was not broadcast.
    model : MatchModel
        The prior of antennas whose place is unknown.

    Notes
    -----
    The centre lies ``(A - B) / 2`` ahead of the antenna and ``(D - C) / 2`` to starboard. ``A = C = 0`` beside a
    length and width says that the antenna's place is not known (ITU-R M.1371). Without heading, course and axis the
    prior's spread lies on both axes.
    """
    bow, stern, port, starboard = (floats(points, column) for column in DIMENSIONS)
    heading = bows_deg(points, model)
    headed = np.isfinite(heading)
    turned = np.where(headed, heading, axis_deg)
    lies = np.isfinite(turned)
    stated_m = floats(points, "length_m")
    length = np.where(np.isfinite(stated_m), stated_m, np.where(np.isfinite(bow), bow + stern, measured_m))
    length = np.nan_to_num(length)
    known = np.isfinite(bow) & ~((bow == 0) & (np.nan_to_num(port) == 0))
    share, mean, spread = (np.array(part)[:, None] for part in zip(*model.antenna, strict=True))
    ahead = np.concatenate([np.where(known, (bow - stern) / 2.0, 0.0)[None], mean * length])
    ahead_m2 = np.concatenate([np.zeros((1, len(length))), np.square(spread * length)])
    right = np.where(known & np.isfinite(port), np.nan_to_num(starboard - port) / 2.0, 0.0)
    right = np.concatenate([right[None], np.zeros((len(share), len(length)))])
    across = np.square(model.antenna_across * length)
    right_m2 = np.concatenate([np.where(np.isfinite(port), 0.0, across)[None], np.tile(across, (len(share), 1))])
    sure = np.where(known, model.dimensions_right, 0.0)
    weight = np.concatenate([sure[None], share * (1.0 - sure)])
    # an axis has two ends; without one the prior lies every way
    both = np.where(headed | ~lies, 0.0, 0.5)
    weight = np.concatenate([weight * (1.0 - both), weight * both])
    ahead, right = np.concatenate([ahead, -ahead]), np.concatenate([right, -right])
    ahead_m2, right_m2 = np.tile(ahead_m2, (2, 1)), np.tile(right_m2, (2, 1))
    anywhere = np.where(lies, 0.0, np.square(ahead) / 2.0)
    return Centres(
        bow_deg=np.where(lies, turned, 0.0),
        weight=weight,
        ahead_m=np.where(lies, ahead, 0.0),
        right_m=np.where(lies, right, 0.0),
        ahead_m2=ahead_m2 + anywhere,
        right_m2=right_m2 + anywhere,
        stated=known & headed,
        headed=headed,
    )
