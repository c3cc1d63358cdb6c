"""What detections and AIS say together."""

from __future__ import annotations

from monitor.core.schema import UTC, WGS84, Column, Schema

MATCHES = Schema(
    name="matches",
    text=(
        "`status` matched | potential | unmatched | ais_only | superseded. `mmsi` is missing when unmatched, "
        '`detection_id` is "" when ais_only. `margin` is the cost (natural log odds) by which the best other '
        "explanation loses, NaN when there is none; `probability` that the pair belongs together. `ais_lon`, "
        "`ais_lat`: where the image should show the vessel. `version` 1 is the first answer; a later one holds "
        "from `as_of` on, because AIS came late (NaT: not recorded)."
    ),
    columns={
        "match_id": Column("str", "", ""),
        "scene_id": Column("str", "", ""),
        "aoi_id": Column("str", "", ""),
        "acquired_at": Column(UTC, "UTC", ""),
        "detection_id": Column("str", "", ""),
        "mmsi": Column("Int64", "", ""),
        "status": Column("str", "", ""),
        "distance_m": Column("float64", "m", ""),
        "dt_s": Column("float64", "s", ""),
        "cost": Column("float64", "", ""),
        "cost_position": Column("float64", "", ""),
        "cost_length": Column("float64", "", ""),
        "cost_heading": Column("float64", "", ""),
        "cost_berth": Column("float64", "", ""),
        "margin": Column("float64", "", ""),
        "runner_up_mmsi": Column("Int64", "", ""),
        "reason": Column("str", "", ""),
        "probability": Column("float64", "", ""),
        "ais_lon": Column("float64", "°", ""),
        "ais_lat": Column("float64", "°", ""),
        "version": Column("int64", "", ""),
        "as_of": Column(UTC, "UTC", ""),
    },
    key=("match_id", "version"),
    time=("acquired_at", "acquired_at"),
)

NULL_TESTS = Schema(
    name="null_tests",
    text=(
        "Matching against AIS shifted in time: `matched` pairs, `by_chance` those that are not the same ship still "
        "lying there, `chance_rate` of `detections` (NaN without any)."
    ),
    columns={
        "scene_id": Column("str", "", ""),
        "aoi_id": Column("str", "", ""),
        "acquired_at": Column(UTC, "UTC", ""),
        "shift_h": Column("float64", "h", ""),
        "detections": Column("int64", "", ""),
        "matched": Column("int64", "", ""),
        "by_chance": Column("int64", "", ""),
        "chance_rate": Column("float64", "", ""),
    },
    key=("scene_id", "shift_h"),
    time=("acquired_at", "acquired_at"),
)

DARK_EVENTS = Schema(
    name="dark_events",
    text=(
        "`status` dark | unmatched, reception unknown. `gap_ids`: gaps that could explain it, best first, "
        'separated by spaces; `reasons` and `alternatives` separated by "; ". `probability` that a vessel which '
        'AIS does not show lay there, and `likelihood` its word; NaN and "" where reception is unknown.'
    ),
    columns={
        "event_id": Column("str", "", ""),
        "detection_id": Column("str", "", ""),
        "scene_id": Column("str", "", ""),
        "aoi_id": Column("str", "", ""),
        "acquired_at": Column(UTC, "UTC", ""),
        "status": Column("str", "", ""),
        "score": Column("float64", "", ""),
        "length_m": Column("float64", "m", ""),
        "length_low_m": Column("float64", "m", ""),
        "length_high_m": Column("float64", "m", ""),
        "zone": Column("str", "", ""),
        "zone_id": Column("str", "", ""),
        "reception_vessels": Column("float64", "", ""),
        "reasons": Column("str", "", ""),
        "alternatives": Column("str", "", ""),
        "gap_ids": Column("str", "", ""),
        "likelihood": Column("str", "", ""),
        "probability": Column("float64", "", ""),
        "geometry": Column("geometry", "", ""),
    },
    key=("event_id",),
    crs=WGS84,
    time=("acquired_at", "acquired_at"),
)

GAP_CANDIDATES = Schema(
    name="gap_candidates",
    text=(
        "Silent ships that could be a dark event, best first; none is picked. Speeds are the least needed; "
        "`spare_h` is what the silence leaves after sailing there and on at a common speed (NaN for an open gap), "
        "at most so unless `by_water`; `length_m` what the ship says, `length_fits` missing when it says nothing; "
        "`weight` is relative among the candidates of one event."
    ),
    columns={
        "event_id": Column("str", "", ""),
        "gap_id": Column("str", "", ""),
        "mmsi": Column("int64", "", ""),
        "rank": Column("int64", "", ""),
        "required_in_kn": Column("float64", "kn", ""),
        "required_out_kn": Column("float64", "kn", ""),
        "spare_h": Column("float64", "h", ""),
        "length_m": Column("float64", "m", ""),
        "length_fits": Column("boolean", "", ""),
        "weight": Column("float64", "", ""),
        "reason": Column("str", "", ""),
        "by_water": Column("bool", "", ""),
    },
    key=("event_id", "gap_id"),
    absent={"by_water": False},
)

VISITS = Schema(
    name="visits",
    text=(
        "Stays at a berth, interval-censored. A missing bound (NaT) means nothing bounds it on that side. "
        "`is_open`: present in the last clear observation. `evidence` imagery | ais | both; `probability` that it "
        "is one unbroken stay of one ship."
    ),
    columns={
        "visit_id": Column("str", "", ""),
        "aoi_id": Column("str", "", ""),
        "berth_id": Column("str", "", ""),
        "arrived_not_before": Column(UTC, "UTC", ""),
        "arrived_not_after": Column(UTC, "UTC", ""),
        "departed_not_before": Column(UTC, "UTC", ""),
        "departed_not_after": Column(UTC, "UTC", ""),
        "observations": Column("int64", "", ""),
        "mmsi": Column("Int64", "", ""),
        "length_m": Column("float64", "m", ""),
        "length_low_m": Column("float64", "m", ""),
        "length_high_m": Column("float64", "m", ""),
        "is_open": Column("bool", "", ""),
        "detection_ids": Column("str", "", ""),
        "evidence": Column("str", "", ""),
        "probability": Column("float64", "", ""),
    },
    key=("visit_id",),
    time=("arrived_not_before", "departed_not_after"),
)

DETECTABILITY = Schema(
    name="detectability",
    text=(
        "Share of the stays of `stay_h` hours, begun at any instant of the period, that the clear observations "
        "would have met."
    ),
    columns={
        "aoi_id": Column("str", "", ""),
        "berth_id": Column("str", "", ""),
        "start": Column(UTC, "UTC", ""),
        "end": Column(UTC, "UTC", ""),
        "observations": Column("int64", "", ""),
        "stay_h": Column("float64", "h", ""),
        "share": Column("float64", "", ""),
    },
    key=("aoi_id", "berth_id", "stay_h"),
    time=("start", "end"),
)

VOYAGE_LINKS = Schema(
    name="voyage_links",
    text=(
        "Every feasible pair of a stay that ended and a stay that began elsewhere; those not chosen compete. "
        "`shortest_h` and `longest_h` bound the passage, `required_kn` is the least speed over the water distance "
        "`distance_m`."
    ),
    columns={
        "link_id": Column("str", "", ""),
        "from_visit": Column("str", "", ""),
        "to_visit": Column("str", "", ""),
        "from_port": Column("str", "", ""),
        "to_port": Column("str", "", ""),
        "is_chosen": Column("bool", "", ""),
        "probability": Column("float64", "", ""),
        "cost": Column("float64", "", ""),
        "shortest_h": Column("float64", "h", ""),
        "longest_h": Column("float64", "h", ""),
        "distance_m": Column("float64", "m", ""),
        "required_kn": Column("float64", "kn", ""),
        "reason": Column("str", "", ""),
    },
    key=("link_id",),
)

SHUTTLES = Schema(
    name="shuttles",
    text=(
        "The same pair of ports again and again. `legs` at least were seen; `legs_low`–`legs_high` bounds, at 90 "
        "%, the legs that took place, by the share of stays of one to three days that the observations could have "
        "caught, by however many ships. `status` shown: its legs are told one by one | candidate: that some ship "
        "went to and fro is likely, which stays it made is not; then `legs` is the fewest crossings that the stays "
        "and AIS allow with 95 %, and `probability` that there was one. `visit_ids`: stays it rests on."
    ),
    columns={
        "shuttle_id": Column("str", "", ""),
        "port_a": Column("str", "", ""),
        "port_b": Column("str", "", ""),
        "mmsi": Column("Int64", "", ""),
        "legs": Column("int64", "", ""),
        "legs_low": Column("int64", "", ""),
        "legs_high": Column("Int64", "", ""),
        "first": Column(UTC, "UTC", ""),
        "last": Column(UTC, "UTC", ""),
        "period_days": Column("float64", "d", ""),
        "length_m": Column("float64", "m", ""),
        "voyage_ids": Column("str", "", ""),
        "status": Column("str", "", ""),
        "probability": Column("float64", "", ""),
        "visit_ids": Column("str", "", ""),
    },
    key=("shuttle_id",),
    time=("first", "last"),
    absent={"status": "shown", "probability": float("nan"), "visit_ids": ""},
)

IDENTITY = Schema(
    name="identity",
    text=(
        'Who a visit or dark event may have been, of a watch list and "another ship"; the probabilities of a '
        "subject add to one. `wording` is all that may be said: a name needs AIS or a reviewer."
    ),
    columns={
        "subject_id": Column("str", "", ""),
        "candidate": Column("str", "", ""),
        "imo": Column("str", "", ""),
        "mmsi": Column("Int64", "", ""),
        "role": Column("str", "", ""),
        "rank": Column("int64", "", ""),
        "probability": Column("float64", "", ""),
        "likelihood": Column("str", "", ""),
        "length_ratio": Column("float64", "", ""),
        "reasons": Column("str", "", ""),
        "wording": Column("str", "", ""),
    },
    key=("subject_id", "candidate"),
)

COUNTS = Schema(
    name="counts",
    text=(
        "Vessels per observation; missing, not zero, where nothing was observed. Detections that are no fixed "
        "objects, and berths that their past alone says are occupied; `berth` and `anchorage` lie in one, `open` "
        "in open water away from them; what is in none of these lies inshore. `under_way` are those that AIS or "
        "the lag between bands shows moving, of all: at least so many. `stacks` counts the yards that hold any. "
        "Exposures: `observed_fraction` of the water, and the mean over the port's berths, anchorages and yards "
        "(NaN when there are none)."
    ),
    columns={
        "aoi_id": Column("str", "", ""),
        "scene_id": Column("str", "", ""),
        "acquired_at": Column(UTC, "UTC", ""),
        "sensor": Column("str", "", ""),
        "state": Column("str", "", ""),
        "observed_fraction": Column("float64", "", ""),
        "berth_fraction": Column("float64", "", ""),
        "anchorage_fraction": Column("float64", "", ""),
        "yard_fraction": Column("float64", "", ""),
        "vessels": Column("Int64", "", ""),
        "berth": Column("Int64", "", ""),
        "anchorage": Column("Int64", "", ""),
        "open": Column("Int64", "", ""),
        "under_way": Column("Int64", "", ""),
        "stacks": Column("Int64", "", ""),
        "unmatched": Column("Int64", "", ""),
    },
    key=("scene_id",),
    time=("acquired_at", "acquired_at"),
    absent={
        "berth_fraction": float("nan"),
        "anchorage_fraction": float("nan"),
        "yard_fraction": float("nan"),
        "under_way": float("nan"),
    },
)

RATES = Schema(
    name="rates",
    text=(
        "Vessels per clear observation in a period with a 95 % interval, NaN without observations, beside what the "
        "past lets expect. `what` vessels | berth | anchorage | open | under_way | stacks; `model` poisson | "
        'negative binomial | "" (too little past).'
    ),
    columns={
        "aoi_id": Column("str", "", ""),
        "what": Column("str", "", ""),
        "start": Column(UTC, "UTC", ""),
        "end": Column(UTC, "UTC", ""),
        "observations": Column("int64", "", ""),
        "exposure": Column("float64", "", ""),
        "seen": Column("int64", "", ""),
        "rate": Column("float64", "", ""),
        "rate_low": Column("float64", "", ""),
        "rate_high": Column("float64", "", ""),
        "expected": Column("float64", "", ""),
        "expected_low": Column("float64", "", ""),
        "expected_high": Column("float64", "", ""),
        "model": Column("str", "", ""),
        "p_value": Column("float64", "", ""),
        "is_change": Column("bool", "", ""),
    },
    key=("aoi_id", "what", "start"),
    time=("start", "end"),
)

CHANGES = Schema(
    name="changes",
    text=(
        "Change points of counts per clear observation; `changed_at` lies between the observations `not_before` "
        "and `not_after`."
    ),
    columns={
        "change_id": Column("str", "", ""),
        "aoi_id": Column("str", "", ""),
        "what": Column("str", "", ""),
        "changed_at": Column(UTC, "UTC", ""),
        "not_before": Column(UTC, "UTC", ""),
        "not_after": Column(UTC, "UTC", ""),
        "rate_before": Column("float64", "", ""),
        "rate_after": Column("float64", "", ""),
        "observations_before": Column("int64", "", ""),
        "observations_after": Column("int64", "", ""),
        "p_value": Column("float64", "", ""),
    },
    key=("change_id",),
    time=("not_before", "not_after"),
)

SHIPS_AND_STACKS = Schema(
    name="ships_and_stacks",
    text=(
        "Stacks and ships together, from one clear observation at a port's yards to the next: the area of the "
        "`yards` seen in both looks, the vessels at berths in the later one (`berth`, missing when not seen), and "
        "the stays that lay there at some time between (`visit_ids`, separated by spaces). `reading` less, ship "
        "there | less, no ship seen | more, ship there | more, no ship seen | steady: what was seen, not what "
        "caused it."
    ),
    columns={
        "aoi_id": Column("str", "", ""),
        "scene_id": Column("str", "", ""),
        "start": Column(UTC, "UTC", ""),
        "end": Column(UTC, "UTC", ""),
        "yards": Column("int64", "", ""),
        "before_m2": Column("float64", "m²", ""),
        "after_m2": Column("float64", "m²", ""),
        "change_m2": Column("float64", "m²", ""),
        "berth": Column("Int64", "", ""),
        "visit_ids": Column("str", "", ""),
        "reading": Column("str", "", ""),
    },
    key=("scene_id",),
    time=("start", "end"),
)

VESSEL_WATCHLIST = Schema(
    name="vessel_watchlist",
    text=(
        "`role` route ship | look-alike | name trap | naval. Lengths are the range of what is published, NaN when "
        "nothing is; `look_alike_of` the route ship that it may be taken for. A ship without a known MMSI has "
        "none: none is guessed."
    ),
    columns={
        "name": Column("str", "", ""),
        "imo": Column("str", "", ""),
        "mmsi": Column("Int64", "", ""),
        "length_low_m": Column("float64", "m", ""),
        "length_high_m": Column("float64", "m", ""),
        "type": Column("str", "", ""),
        "role": Column("str", "", ""),
        "look_alike_of": Column("str", "", ""),
        "source": Column("str", "", ""),
        "confidence": Column("str", "", ""),
        "note": Column("str", "", ""),
    },
    key=("name",),
)
