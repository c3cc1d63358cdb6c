"""What detections and AIS say together."""

from __future__ import annotations

from monitor.core.schema import UTC, WGS84, Schema

MATCHES = Schema(
    "matches",
    {
        "match_id": "str",
        "scene_id": "str",
        "aoi_id": "str",
        "acquired_at": UTC,
        "detection_id": "str",
        "mmsi": "Int64",
        "status": "str",
        "distance_m": "float64",
        "dt_s": "float64",
        "cost": "float64",
        "cost_position": "float64",
        "cost_length": "float64",
        "cost_heading": "float64",
        "cost_berth": "float64",
        "margin": "float64",
        "runner_up_mmsi": "Int64",
        "reason": "str",
        "probability": "float64",
        "ais_lon": "float64",
        "ais_lat": "float64",
        "version": "int64",
        "as_of": UTC,
    },
    ("match_id", "version"),
)
"""`status` matched | potential | unmatched | ais_only | superseded. `mmsi` is missing when unmatched, `detection_id` is
"" when ais_only. `margin` is the cost (natural log odds) by which the best other explanation loses, NaN when there is
none; `probability` that the pair belongs together. `ais_lon`, `ais_lat`: where the image should show the vessel.
`version` 1 is the first answer; a later one holds from `as_of` on, because AIS came late (NaT: not recorded)."""

NULL_TESTS = Schema(
    "null_tests",
    {
        "scene_id": "str",
        "aoi_id": "str",
        "acquired_at": UTC,
        "shift_h": "float64",
        "detections": "int64",
        "matched": "int64",
        "by_chance": "int64",
        "chance_rate": "float64",
    },
    ("scene_id", "shift_h"),
)
"""Matching against AIS shifted in time: `matched` pairs, `by_chance` those that are not the same ship still lying
there, `chance_rate` of `detections` (NaN without any)."""

DARK_EVENTS = Schema(
    "dark_events",
    {
        "event_id": "str",
        "detection_id": "str",
        "scene_id": "str",
        "aoi_id": "str",
        "acquired_at": UTC,
        "status": "str",
        "score": "float64",
        "length_m": "float64",
        "length_low_m": "float64",
        "length_high_m": "float64",
        "zone": "str",
        "zone_id": "str",
        "reception_vessels": "float64",
        "reasons": "str",
        "alternatives": "str",
        "gap_ids": "str",
        "likelihood": "str",
        "probability": "float64",
        "geometry": "geometry",
    },
    ("event_id",),
    WGS84,
)
"""`status` dark | unmatched, reception unknown. `gap_ids`: gaps that could explain it, best first, separated by
spaces; `reasons` and `alternatives` separated by "; ". `probability` that a vessel which AIS does not show lay
there, and `likelihood` its word; NaN and "" where reception is unknown."""

GAP_CANDIDATES = Schema(
    "gap_candidates",
    {
        "event_id": "str",
        "gap_id": "str",
        "mmsi": "int64",
        "rank": "int64",
        "required_in_kn": "float64",
        "required_out_kn": "float64",
        "spare_h": "float64",
        "length_m": "float64",
        "length_fits": "boolean",
        "weight": "float64",
        "reason": "str",
        "by_water": "bool",
    },
    ("event_id", "gap_id"),
    absent={"by_water": False},
)
"""Silent ships that could be a dark event, best first; none is picked. Speeds are the least needed; `spare_h` is what
the silence leaves after sailing there and on at a common speed (NaN for an open gap), at most so unless `by_water`;
`length_m` what the ship says, `length_fits` missing when it says nothing; `weight` is relative among the candidates of
one event."""

VISITS = Schema(
    "visits",
    {
        "visit_id": "str",
        "aoi_id": "str",
        "berth_id": "str",
        "arrived_not_before": UTC,
        "arrived_not_after": UTC,
        "departed_not_before": UTC,
        "departed_not_after": UTC,
        "observations": "int64",
        "mmsi": "Int64",
        "length_m": "float64",
        "length_low_m": "float64",
        "length_high_m": "float64",
        "is_open": "bool",
        "detection_ids": "str",
        "evidence": "str",
        "probability": "float64",
    },
    ("visit_id",),
)
"""Stays at a berth, interval-censored. A missing bound (NaT) means nothing bounds it on that side. `is_open`:
present in the last clear observation. `evidence` imagery | ais | both; `probability` that it is one unbroken stay
of one ship."""

DETECTABILITY = Schema(
    "detectability",
    {
        "aoi_id": "str",
        "berth_id": "str",
        "start": UTC,
        "end": UTC,
        "observations": "int64",
        "stay_h": "float64",
        "share": "float64",
    },
    ("aoi_id", "berth_id", "stay_h"),
)
"""Share of the stays of `stay_h` hours, begun at any instant of the period, that the clear observations would have
met."""

VOYAGE_LINKS = Schema(
    "voyage_links",
    {
        "link_id": "str",
        "from_visit": "str",
        "to_visit": "str",
        "from_port": "str",
        "to_port": "str",
        "is_chosen": "bool",
        "probability": "float64",
        "cost": "float64",
        "shortest_h": "float64",
        "longest_h": "float64",
        "distance_m": "float64",
        "required_kn": "float64",
        "reason": "str",
    },
    ("link_id",),
)
"""Every feasible pair of a stay that ended and a stay that began elsewhere; those not chosen compete. `shortest_h` and
`longest_h` bound the passage, `required_kn` is the least speed over the water distance `distance_m`."""

SHUTTLES = Schema(
    "shuttles",
    {
        "shuttle_id": "str",
        "port_a": "str",
        "port_b": "str",
        "mmsi": "Int64",
        "legs": "int64",
        "legs_low": "int64",
        "legs_high": "Int64",
        "first": UTC,
        "last": UTC,
        "period_days": "float64",
        "length_m": "float64",
        "voyage_ids": "str",
        "status": "str",
        "probability": "float64",
        "visit_ids": "str",
    },
    ("shuttle_id",),
    absent={"status": "shown", "probability": float("nan"), "visit_ids": ""},
)
"""The same pair of ports again and again. `legs` at least were seen; `legs_low`–`legs_high` bounds, at 90 %, the
legs that took place, by the share of stays of one to three days that the observations could have caught, by however
many ships. `status` shown: its legs are told one by one | candidate: that some ship went to and fro is likely,
which stays it made is not; then `legs` is the fewest crossings that the stays and AIS allow with 95 %, and
`probability` that there was one. `visit_ids`: stays it rests on."""

IDENTITY = Schema(
    "identity",
    {
        "subject_id": "str",
        "candidate": "str",
        "imo": "str",
        "mmsi": "Int64",
        "role": "str",
        "rank": "int64",
        "probability": "float64",
        "likelihood": "str",
        "length_ratio": "float64",
        "reasons": "str",
        "wording": "str",
    },
    ("subject_id", "candidate"),
)
"""Who a visit or dark event may have been, of a watch list and "another ship"; the probabilities of a subject add to
one. `wording` is all that may be said: a name needs AIS or a reviewer."""

COUNTS = Schema(
    "counts",
    {
        "aoi_id": "str",
        "scene_id": "str",
        "acquired_at": UTC,
        "sensor": "str",
        "state": "str",
        "observed_fraction": "float64",
        "berth_fraction": "float64",
        "anchorage_fraction": "float64",
        "yard_fraction": "float64",
        "vessels": "Int64",
        "berth": "Int64",
        "anchorage": "Int64",
        "open": "Int64",
        "under_way": "Int64",
        "stacks": "Int64",
        "unmatched": "Int64",
    },
    ("scene_id",),
    absent={
        "berth_fraction": float("nan"),
        "anchorage_fraction": float("nan"),
        "yard_fraction": float("nan"),
        "under_way": float("nan"),
    },
)
"""Vessels per observation; missing, not zero, where nothing was observed. Detections that are no fixed
objects, and berths that their past alone says are occupied; `berth` and `anchorage` lie in one, `open` in open
water away from them; what is in none of these lies inshore. `under_way` are those that AIS or the lag between bands
shows moving, of all: at least so many. `stacks` counts the yards that hold any. Exposures: `observed_fraction` of
the water, and the mean over the port's berths, anchorages and yards (NaN when there are none)."""

RATES = Schema(
    "rates",
    {
        "aoi_id": "str",
        "what": "str",
        "start": UTC,
        "end": UTC,
        "observations": "int64",
        "exposure": "float64",
        "seen": "int64",
        "rate": "float64",
        "rate_low": "float64",
        "rate_high": "float64",
        "expected": "float64",
        "expected_low": "float64",
        "expected_high": "float64",
        "model": "str",
        "p_value": "float64",
        "is_change": "bool",
    },
    ("aoi_id", "what", "start"),
)
"""Vessels per clear observation in a period with a 95 % interval, NaN without observations, beside what the past
lets expect. `what` vessels | berth | anchorage | open | under_way | stacks; `model` poisson | negative binomial |
"" (too little past)."""

CHANGES = Schema(
    "changes",
    {
        "change_id": "str",
        "aoi_id": "str",
        "what": "str",
        "changed_at": UTC,
        "not_before": UTC,
        "not_after": UTC,
        "rate_before": "float64",
        "rate_after": "float64",
        "observations_before": "int64",
        "observations_after": "int64",
        "p_value": "float64",
    },
    ("change_id",),
)
"""Change points of counts per clear observation; `changed_at` lies between the observations `not_before` and
`not_after`."""

SHIPS_AND_STACKS = Schema(
    "ships_and_stacks",
    {
        "aoi_id": "str",
        "scene_id": "str",
        "start": UTC,
        "end": UTC,
        "yards": "int64",
        "before_m2": "float64",
        "after_m2": "float64",
        "change_m2": "float64",
        "berth": "Int64",
        "visit_ids": "str",
        "reading": "str",
    },
    ("scene_id",),
)
"""Stacks and ships together, from one clear observation at a port's yards to the next: the area of the `yards` seen
in both looks, the vessels at berths in the later one (`berth`, missing when not seen), and the stays that lay there
at some time between (`visit_ids`, separated by spaces). `reading` less, ship there | less, no ship seen | more,
ship there | more, no ship seen | steady: what was seen, not what caused it."""
