"""What the status of a dark event rests on, and what else could explain it, in words."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from monitor.fuse.dark.reception import ReceptionCheck
from monitor.fuse.dark.rules import DarkRule


def reasons(row: Mapping[object, object], check: ReceptionCheck | None, rule: DarkRule) -> str:
    """What the status of a row rests on, separated by "; ".

    Parameters
    ----------
    row : mapping
        Of DARK_EVENTS, with ``why`` (the reason of its match) and ``sure`` (whether a reviewer saw a ship).
    check : ReceptionCheck, optional
        None when no AIS was given.
    rule : DarkRule
    """
    made = [str(row["why"])] if row["why"] else []
    km, hours = rule.reception.radius_m / 1000.0, rule.reception.within.total_seconds() / 3600.0
    if check is None:
        made.append("no AIS was given that could show reception")
    else:
        made.append(f"{check.vessels} other vessels received within {km:.0f} km and {hours:.0f} h")
        if check.vessels and not (check.before and check.after):
            made.append("the AIS feed does not cover the instant")
    made.append("a reviewer saw a ship" if row["sure"] else "away from any spot where something is always seen")
    if np.isfinite(_number(row, "probability")):
        made.append(base_rate(row))
    return "; ".join(made)


def base_rate(row: Mapping[object, object]) -> str:
    """The base rates behind a row of DARK_EVENTS, in words; they must be known."""
    share, low, high = (_number(row, name) for name in ("base_rate", "base_rate_low", "base_rate_high"))
    return (
        f"of ships of its size detected at this port {share:.0%} ({low:.0%} to {high:.0%}) send no AIS, and "
        f"{_number(row, 'false_per_scene'):.1f} detections a scene are no ship, as far as the port's own data show"
    )


def alternatives(row: Mapping[object, object], rule: DarkRule, *, shown: bool) -> str:
    """What else could explain a detection, separated by "; ".

    Parameters
    ----------
    row : mapping
        Of DARK_EVENTS, with ``sure`` (whether a reviewer saw a ship).
    rule : DarkRule
    shown : bool
        Whether AIS is shown to have been received there.
    """
    others = ["a naval or government ship without the duty to transmit", "AIS data that is still to come"]
    if not _number(row, "length_low_m") >= rule.large_m:
        others.insert(0, "a craft too small to have the duty to transmit")
    if _number(row, "p_without_ais") < rule.clear:
        others.append("a ship whose own AIS was there and was not matched")
    others.append("a weak or shadowed transmitter" if shown else "AIS is not received here")
    doubtful = _number(row, "p_ship") < rule.clear or _number(row, "score") < rule.clear_score
    if doubtful and not row["sure"]:
        others.append("something other than a ship")
    return "; ".join(others)


def _number(row: Mapping[object, object], name: str) -> float:
    return float(str(row.get(name, np.nan)))
