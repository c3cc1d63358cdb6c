"""Tables made from detections and AIS together."""

from __future__ import annotations

from monitor.core.geo.geodesy import WGS84
from monitor.core.schema import UTC, Column, Schema

MATCHES = Schema(
    name="matches",
    text=(
        "Which detection is which vessel on AIS: a row for each vessel detection of a scene, and for each "
        "vessel on AIS that should have been seen. No vessel is named twice in a scene; costs are natural log "
        "odds, and a negative one favours the pair."
    ),
    columns={
        "match_id": Column("str", "", "Id, made of the scene and the detection, or the MMSI when ais_only."),
        "scene_id": Column("str", "", "Id of the scene."),
        "aoi_id": Column("str", "", "Id of the AOI."),
        "acquired_at": Column(UTC, "UTC", "When the scene was acquired."),
        "detection_id": Column("str", "", 'Id of the detection, "" when ais_only.'),
        "mmsi": Column("Int64", "", "MMSI of the vessel, missing when unmatched or named in another row."),
        "status": Column("str", "", "matched | potential | unmatched | not compared | ais_only | superseded."),
        "distance_m": Column("float64", "m", "Distance between the two at the scene's instant, NaN when none fits."),
        "dt_s": Column("float64", "s", "Time between the scene and the vessel's nearer fix, NaN when unmatched."),
        "cost": Column("float64", "", "Cost of the pair: the sum of the four that follow, NaN when none fits."),
        "cost_position": Column("float64", "", "Part of the cost that comes from the distance."),
        "cost_length": Column("float64", "", "Part of the cost that comes from the lengths."),
        "cost_heading": Column("float64", "", "Part of the cost that comes from the heading."),
        "cost_berth": Column("float64", "", "Part of the cost for a ship under way beside a detection at a berth."),
        "margin": Column("float64", "", "Log odds of what the row states against all else, NaN when nothing fits."),
        "runner_up_mmsi": Column("Int64", "", "MMSI of the next best vessel, missing for none."),
        "reason": Column("str", "", 'Why it is not matched, "" when it is.'),
        "probability": Column("float64", "", "Probability that they belong together; NaN: ais_only or hour unknown."),
        "explained": Column("float64", "", "Probability that some vessel on AIS is the detection; NaN when not known."),
        "ais_lon": Column("float64", "°", "Longitude where the image should show the vessel, NaN when unmatched."),
        "ais_lat": Column("float64", "°", "Latitude where the image should show the vessel, NaN when unmatched."),
        "version": Column("int64", "", "1 for the first answer, higher for each that replaced it."),
        "as_of": Column(UTC, "UTC", "When the AIS behind this version had come in, NaT when not recorded."),
    },
    key=("match_id", "version"),
    time=("acquired_at", "acquired_at"),
    absent={"explained": float("nan")},
)

NULL_TESTS = Schema(
    name="null_tests",
    text=(
        "How often AIS of another day matches a scene's detections: an estimate of matches by chance, one row a "
        "scene and shift."
    ),
    columns={
        "scene_id": Column("str", "", "Id of the scene."),
        "aoi_id": Column("str", "", "Id of the AOI."),
        "acquired_at": Column(UTC, "UTC", "When the scene was acquired."),
        "shift_h": Column("float64", "h", "Time by which AIS was shifted."),
        "detections": Column("int64", "", "Vessel detections of the scene."),
        "matched": Column("int64", "", "Detections that the shifted AIS matched."),
        "by_chance": Column("int64", "", "Those that are not the same ship, still lying there."),
        "chance_rate": Column("float64", "", "`by_chance` over `detections`, NaN when it cannot be compared."),
    },
    key=("scene_id", "shift_h"),
    time=("acquired_at", "acquired_at"),
)

DARK_EVENTS = Schema(
    name="dark_events",
    text=(
        "Vessel detections that no AIS explains, with the probability that a ship without AIS lay there, where AIS "
        "was shown to be received. Unmatched is an observation; dark says that such a ship is likely, after the "
        "port's own base rates, and nothing of intent. Empty when everything is explained."
    ),
    columns={
        "event_id": Column("str", "", "Id, made of that of the detection."),
        "detection_id": Column("str", "", "Id of the detection."),
        "scene_id": Column("str", "", "Id of the scene."),
        "aoi_id": Column("str", "", "Id of the AOI."),
        "acquired_at": Column(UTC, "UTC", "When the scene was acquired."),
        "status": Column("str", "", "dark | unmatched, dark not likely | unmatched, reception unknown."),
        "score": Column("float64", "", "Score of the detection, NaN when not known."),
        "length_m": Column("float64", "m", "Estimated length, NaN when not known."),
        "length_low_m": Column("float64", "m", "Lower bound of the 90 % interval of the length."),
        "length_high_m": Column("float64", "m", "Upper bound of the 90 % interval of the length."),
        "zone": Column("str", "", 'Where it lies: berth | inshore | open | "" when not known.'),
        "zone_id": Column("str", "", 'Berth or anchorage that it lies in, "" for none.'),
        "reception_vessels": Column("float64", "", "Other vessels received around it, NaN when no AIS was given."),
        "reasons": Column("str", "", 'What the status rests on, separated by "; ".'),
        "alternatives": Column("str", "", 'What else could explain it, separated by "; ".'),
        "gap_ids": Column("str", "", "Ids of gaps that could explain it, best first, separated by spaces."),
        "likelihood": Column("str", "", 'ICD 203 word of the probability, "" when reception is unknown.'),
        "probability": Column("float64", "", "Probability that a vessel not on AIS lay there; NaN: reception unknown."),
        "p_ship": Column("float64", "", "Probability that it is a ship, after the port's false hulls."),
        "p_received": Column(
            "float64", "", "Probability, of a ship there and then, that its AIS was received if sent."
        ),
        "p_without_ais": Column("float64", "", "Probability, of such a ship, that it sent none; else unmatched."),
        "base_rate": Column("float64", "", "Share of the port's ships of its size that send no AIS, as learnt."),
        "base_rate_low": Column("float64", "", "Lower bound of the 90 % interval of that share."),
        "base_rate_high": Column("float64", "", "Upper bound of the 90 % interval of that share."),
        "false_per_scene": Column("float64", "", "False hulls a scene of the port, as learnt."),
        "geometry": Column("geometry", "", "Oriented box of the detection."),
    },
    key=("event_id",),
    crs=f"EPSG:{WGS84}",
    time=("acquired_at", "acquired_at"),
    absent=dict.fromkeys(
        ("p_ship", "p_received", "p_without_ais", "base_rate", "base_rate_low", "base_rate_high", "false_per_scene"),
        float("nan"),
    ),
)

GAP_CANDIDATES = Schema(
    name="gap_candidates",
    text="Silent ships that could be a dark event, best first; none is picked. The time of a row is that of its event.",
    columns={
        "event_id": Column("str", "", "Id of the dark event."),
        "gap_id": Column("str", "", "Id of the gap."),
        "mmsi": Column("int64", "", "MMSI that was silent."),
        "rank": Column("int64", "", "Rank among the candidates of the event, from 1."),
        "required_in_kn": Column("float64", "kn", "Least speed from the start of the gap to the event."),
        "required_out_kn": Column("float64", "kn", "Least speed from the event to the end of the gap, NaN while open."),
        "spare_h": Column("float64", "h", "Time left after sailing there and on at a common speed, NaN while open."),
        "length_m": Column("float64", "m", "Length as the ship broadcasts it, NaN when unknown."),
        "length_fits": Column("boolean", "", "Whether that length fits the detection's, missing when not known."),
        "weight": Column("float64", "", "Weight as a share of all candidates of the event, 0–1."),
        "reason": Column("str", "", "Speeds, spare hours and length in words."),
        "by_water": Column("bool", "", "Whether distances are by water; else geodesic, and `spare_h` an upper bound."),
    },
    key=("event_id", "gap_id"),
    absent={"by_water": False},
)

VISITS = Schema(
    name="visits",
    text=(
        "Stays of one hull at a berth, between bounds that the observations give; a missing bound (NaT) means "
        "that no observation bounds it on that side. Empty when no berth was seen occupied."
    ),
    columns={
        "visit_id": Column("str", "", "Id, made of the berth and the first detection or scene."),
        "aoi_id": Column("str", "", "Id of the AOI."),
        "berth_id": Column("str", "", "Id of the berth."),
        "arrived_not_before": Column(UTC, "UTC", "Last clear observation without the hull, or its arrival on AIS."),
        "arrived_not_after": Column(UTC, "UTC", "First observation with the hull."),
        "departed_not_before": Column(UTC, "UTC", "Last observation with the hull."),
        "departed_not_after": Column(UTC, "UTC", "Next clear observation without the hull, or its departure on AIS."),
        "observations": Column("int64", "", "Observations that show the hull."),
        "mmsi": Column("Int64", "", "MMSI of the matched vessel, missing for none."),
        "length_m": Column("float64", "m", "Length of the hull, median over its detections."),
        "length_low_m": Column("float64", "m", "Lower bound of the length, median over its detections."),
        "length_high_m": Column("float64", "m", "Upper bound of the length, median over its detections."),
        "is_open": Column("bool", "", "Whether the last clear observation of the berth still shows it."),
        "detection_ids": Column("str", "", "Ids of its detections, separated by spaces."),
        "evidence": Column("str", "", "imagery | both, when AIS narrows the bounds."),
        "probability": Column("float64", "", "Probability that it is one unbroken stay of one ship."),
    },
    key=("visit_id",),
    time=("arrived_not_before", "departed_not_after"),
)

OCCUPANCY = Schema(
    name="occupancy",
    text=(
        "How many ships lay at each berth at the instant of each observation, clear or not, by all observations before "
        "and after it; and at all berths of the port together. Berths where no ship was ever seen have no rows. Empty "
        "when none was."
    ),
    columns={
        "aoi_id": Column("str", "", "Id of the AOI."),
        "berth_id": Column("str", "", 'Id of the berth, "" for all berths of the port together.'),
        "scene_id": Column("str", "", "Id of the scene."),
        "acquired_at": Column(UTC, "UTC", "When the scene was acquired."),
        "occupied": Column("float64", "", "Probability that a ship lay there, 0–1."),
        "ships": Column("float64", "", "Expected number of ships there at the same time."),
        "ships_low": Column("int64", "", "Lower bound of the 90 % interval of that number."),
        "ships_high": Column("int64", "", "Upper bound of the 90 % interval of that number."),
    },
    key=("scene_id", "berth_id"),
    time=("acquired_at", "acquired_at"),
)

DETECTABILITY = Schema(
    name="detectability",
    text="Share of the stays at each berth that the clear observations would have met, one row a length of stay.",
    columns={
        "aoi_id": Column("str", "", "Id of the AOI."),
        "berth_id": Column("str", "", "Id of the berth."),
        "start": Column(UTC, "UTC", "Beginning of the period."),
        "end": Column(UTC, "UTC", "End of the period, exclusive."),
        "observations": Column("int64", "", "Clear observations of the berth in the period."),
        "stay_h": Column("float64", "h", "Length of the stays."),
        "share": Column("float64", "", "Share of such stays, begun at any instant of the period, that were met, 0–1."),
    },
    key=("aoi_id", "berth_id", "stay_h"),
    time=("start", "end"),
)

VOYAGE_LINKS = Schema(
    name="voyage_links",
    text=(
        "Every pair of a visit that ended and one that began elsewhere that one ship may have made; those not chosen "
        "compete. Rows have no time: that of each is bounded by its two visits."
    ),
    columns={
        "link_id": Column("str", "", "Id, made of those of the two visits."),
        "from_visit": Column("str", "", "Id of the visit that ended."),
        "to_visit": Column("str", "", "Id of the visit that began."),
        "from_port": Column("str", "", "Id of the port that was left."),
        "to_port": Column("str", "", "Id of the port that was reached."),
        "is_chosen": Column("bool", "", "Whether it is the likeliest link of both visits."),
        "probability": Column("float64", "", "Probability that one ship went straight from the one to the other."),
        "by_chance": Column("float64", "", "The same with one port moved in time, NaN for a ship that AIS names."),
        "longest_h": Column("float64", "h", "Longest time that the bounds of the visits leave for the passage."),
        "distance_m": Column("float64", "m", "Distance by water, or geodesic with a detour factor."),
        "required_kn": Column("float64", "kn", "Least speed: the distance in the longest time."),
        "reason": Column("str", "", 'Why it is not chosen, "" when it is.'),
    },
    key=("link_id",),
    absent={"by_chance": float("nan")},
)

SHUTTLES = Schema(
    name="shuttles",
    text=(
        "One ship that went to and fro between two ports. All of a row is read from the same posterior draws. Of a "
        "candidate it is likely that it did, and open when."
    ),
    columns={
        "shuttle_id": Column("str", "", "Id, made of the ports and the first voyage or stay."),
        "port_a": Column("str", "", "Id of one port, the first in alphabetical order."),
        "port_b": Column("str", "", "Id of the other port."),
        "mmsi": Column("Int64", "", "MMSI of the ship, missing when it is not the same in all legs or not known."),
        "legs": Column("int64", "", "Its legs among VOYAGES."),
        "legs_low": Column("int64", "", "Lower bound of its crossings, 90 % interval: `crossings_low_90`."),
        "legs_high": Column("Int64", "", "Upper bound of its crossings, 90 % interval: `crossings_high_90`."),
        "first": Column(UTC, "UTC", "Its first departure from the one port to the other, as expected."),
        "last": Column(UTC, "UTC", "Its last arrival at the one port from the other, as expected."),
        "period_days": Column("float64", "d", "Mean time from one departure to the next from the same port."),
        "length_m": Column("float64", "m", "Median length of the ship over its visits, NaN when not known."),
        "voyage_ids": Column("str", "", 'Ids of its voyages, separated by spaces; "" for a candidate.'),
        "status": Column("str", "", "shown (with legs) | candidate (no single leg likely) | withheld (draws differ)."),
        "probability": Column("float64", "", "Posterior probability that one ship crossed three times and more."),
        "visit_ids": Column("str", "", "Ids of the visits that were likely its own, separated by spaces."),
        "crossings_median": Column("float64", "", "Posterior median of its crossings, seen and unseen."),
        "crossings_low_50": Column("float64", "", "Lower bound of their 50 % interval."),
        "crossings_high_50": Column("float64", "", "Upper bound of their 50 % interval."),
        "crossings_low_90": Column("float64", "", "Lower bound of their 90 % interval."),
        "crossings_high_90": Column("float64", "", "Upper bound of their 90 % interval."),
        "prior": Column("float64", "", "Probability before any evidence, NaN for a ship that AIS names."),
        "by_chance": Column("float64", "", "Mean probability with one port moved in time, NaN for a ship on AIS."),
        "effective_draws": Column("float64", "", "Independent draws that those of its crossings are worth."),
    },
    key=("shuttle_id",),
    time=("first", "last"),
    absent={"status": "shown", "probability": float("nan"), "visit_ids": ""}
    | dict.fromkeys(
        (
            "crossings_median",
            "crossings_low_50",
            "crossings_high_50",
            "crossings_low_90",
            "crossings_high_90",
            "prior",
            "by_chance",
            "effective_draws",
        ),
        float("nan"),
    ),
)

IDENTITY = Schema(
    name="identity",
    text=(
        "Who a visit or dark event may have been: ships of a watch list, and another ship. The probabilities of "
        "a subject add up to one, and a name needs AIS or a reviewer. The time of a row is that of its subject."
    ),
    columns={
        "subject_id": Column("str", "", "Id of the visit or dark event."),
        "candidate": Column("str", "", 'Name of the ship (MMSI when not listed), or "another ship".'),
        "imo": Column("str", "", 'IMO number, "" when unknown.'),
        "mmsi": Column("Int64", "", "MMSI of the candidate, missing when unknown."),
        "role": Column("str", "", 'Role in the watch list, "" when not listed.'),
        "rank": Column("int64", "", "Rank among the candidates of the subject, from 1."),
        "probability": Column("float64", "", "Probability that the subject was this candidate."),
        "likelihood": Column("str", "", "ICD 203 word of the probability."),
        "length_ratio": Column("float64", "", "Measured length over the middle of the published range, else NaN."),
        "reasons": Column("str", "", "What the probability rests on."),
        "wording": Column("str", "", "All that may be stated of the subject."),
    },
    key=("subject_id", "candidate"),
)

COUNTS = Schema(
    name="counts",
    text=(
        "Vessels and stacks at each observation: missing, never zero, where nothing was observed. Fixed objects "
        "are not counted; a berth that its past alone shows occupied counts as one vessel. What lies neither at "
        "a berth, nor at anchor, nor in the open lies inshore. Scenes of one port within an hour are one "
        "observation: it counts once, each ship of theirs once, in the row of the scene that showed most."
    ),
    columns={
        "aoi_id": Column("str", "", "Id of the AOI."),
        "scene_id": Column("str", "", "Id of the scene."),
        "acquired_at": Column(UTC, "UTC", "When the scene was acquired."),
        "sensor": Column("str", "", "Sensor of the scene: s2 | s1 | planet | hires | a free name."),
        "state": Column("str", "", "What the scene showed of the water: observed | partly | not observed."),
        "observed_fraction": Column("float64", "", "Share of the water that was observed, 0–1."),
        "berth_fraction": Column("float64", "", "Mean share observed of the berths, NaN without any."),
        "anchorage_fraction": Column("float64", "", "Mean share observed of the anchorages, NaN without any."),
        "yard_fraction": Column("float64", "", "Mean share observed of the yards, NaN without any."),
        "vessels": Column("Int64", "", "All vessels, missing when the water was not observed."),
        "berth": Column("Int64", "", "Vessels at berths, missing when no berth was observed."),
        "anchorage": Column("Int64", "", "Vessels in anchorages, missing when none was observed."),
        "open": Column("Int64", "", "Vessels in open water outside anchorages."),
        "under_way": Column("Int64", "", "Vessels that AIS or the lag between bands shows moving: a lower bound."),
        "stacks": Column("Int64", "", "Yards that hold stacks, missing when none was observed."),
        "unmatched": Column("Int64", "", "Vessels that no AIS matches, missing without matches."),
        "small_craft": Column(
            "Int64",
            "",
            "Vessels under 40 m that radar or pixels finer than 10 m show: in no other count, missing else.",
        ),
        "counted_in": Column("str", "", 'Scene within the hour in whose row this one is counted, "" for its own.'),
    },
    key=("scene_id",),
    time=("acquired_at", "acquired_at"),
    absent={
        "berth_fraction": float("nan"),
        "anchorage_fraction": float("nan"),
        "yard_fraction": float("nan"),
        "under_way": float("nan"),
        "small_craft": float("nan"),
        "counted_in": "",
    },
)

RATES = Schema(
    name="rates",
    text=(
        "Counts per clear observation in each week of a period, beside what the past lets expect. Without "
        "observations the rate is NaN; with too little past the expected values are."
    ),
    columns={
        "aoi_id": Column("str", "", "Id of the AOI."),
        "what": Column("str", "", "What is counted: vessels | berth | anchorage | open | under_way | stacks."),
        "start": Column(UTC, "UTC", "Beginning of the week."),
        "end": Column(UTC, "UTC", "End of the week, exclusive."),
        "observations": Column("int64", "", "Observations with a count."),
        "exposure": Column("float64", "", "Sum of the shares that these observations showed."),
        "seen": Column("int64", "", "Sum of the counts."),
        "rate": Column("float64", "", "Count per observation: `seen` over `exposure`."),
        "rate_low": Column("float64", "", "Lower bound of the 95 % interval of the rate."),
        "rate_high": Column("float64", "", "Upper bound of the 95 % interval of the rate."),
        "expected": Column("float64", "", "Rate that the past lets expect."),
        "expected_low": Column("float64", "", "Lower bound of the 95 % prediction interval."),
        "expected_high": Column("float64", "", "Upper bound of the 95 % prediction interval."),
        "model": Column("str", "", 'Model of the past: poisson | negative binomial | "" (too little past).'),
        "p_value": Column("float64", "", "Two-sided p-value of `seen` under the model, NaN without one."),
        "is_change": Column("bool", "", "Whether `p_value` is below what the port's rate of false alarms allows."),
    },
    key=("aoi_id", "what", "start"),
    time=("start", "end"),
)

CHANGES = Schema(
    name="changes",
    text="Change points of the counts per clear observation; empty when no count changed.",
    columns={
        "change_id": Column("str", "", "Id, made of the AOI, the count and the observation that raised it."),
        "aoi_id": Column("str", "", "Id of the AOI."),
        "what": Column("str", "", "What is counted: vessels | berth | stacks."),
        "changed_at": Column(UTC, "UTC", "Middle of `not_before` and `not_after`."),
        "not_before": Column(UTC, "UTC", "Last observation before the change."),
        "not_after": Column(UTC, "UTC", "First observation after the change."),
        "raised_at": Column(UTC, "UTC", "Observation with which the evidence was enough for an alarm."),
        "rate_before": Column("float64", "", "Count per clear observation before."),
        "rate_after": Column("float64", "", "Count per clear observation after."),
        "observations_before": Column("int64", "", "Observations in the segment before."),
        "observations_after": Column("int64", "", "Observations in the segment after."),
        "mean_stay_d": Column("float64", "d", "Mean stay of a ship that neighbouring counts suggest."),
        "p_value": Column("float64", "", "Chance that the series reaches so large a difference without a change."),
        "false_alarms_per_year": Column(
            "float64", "1/year", "How often a port without a change would show one as clear, all its counts together."
        ),
    },
    key=("change_id",),
    time=("not_before", "not_after"),
)

SHIPS_AND_STACKS = Schema(
    name="ships_and_stacks",
    text=(
        "Stacks and ships together, from one clear observation of a port's yards to the next: what was seen, "
        "not what caused it. Areas are those of the yards seen at both ends."
    ),
    columns={
        "aoi_id": Column("str", "", "Id of the AOI."),
        "scene_id": Column("str", "", "Id of the later scene."),
        "start": Column(UTC, "UTC", "Observation that it begins with; of several yards the earliest."),
        "end": Column(UTC, "UTC", "Observation that the interval ends with."),
        "yards": Column("int64", "", "Yards seen at both ends."),
        "before_m2": Column("float64", "m²", "Area of their stacks at the earlier observation."),
        "after_m2": Column("float64", "m²", "Area of their stacks at the later observation."),
        "change_m2": Column("float64", "m²", "Area after less area before."),
        "change_low_m2": Column("float64", "m²", "Lower bound of that change, by the bounds of both ends."),
        "change_high_m2": Column("float64", "m²", "Upper bound of that change."),
        "teu_change_low": Column(
            "float64", "", "Lower bound of the 20-ft boxes gained, less those lost; negative: lost."
        ),
        "teu_change_high": Column("float64", "", "Upper bound of the same; no count stands between the bounds."),
        "berth": Column("Int64", "", "Vessels at berths at the later observation, missing when not observed."),
        "visit_ids": Column("str", "", "Ids of the visits that certainly lay there in between, separated by spaces."),
        "reading": Column(
            "str", "", "steady | less, ship there | less, no ship seen | more, ship there | more, no ship seen."
        ),
    },
    key=("scene_id",),
    time=("start", "end"),
)

VESSEL_WATCHLIST = Schema(
    name="vessel_watchlist",
    text=(
        "Ships that a visit may have been, with what is published of each. A ship without a known MMSI has "
        "none: none is guessed. A list has no time."
    ),
    columns={
        "name": Column("str", "", "Name of the ship."),
        "imo": Column("str", "", 'IMO number, "" when unknown.'),
        "mmsi": Column("Int64", "", "MMSI of the ship, missing when unknown."),
        "length_low_m": Column("float64", "m", "Least length that is published, NaN when none is."),
        "length_high_m": Column("float64", "m", "Greatest length that is published, NaN when none is."),
        "type": Column("str", "", "Type of ship in words."),
        "role": Column("str", "", "route ship | look-alike | name trap | naval."),
        "look_alike_of": Column("str", "", 'Route ship that it may be taken for, "" for none.'),
        "aois": Column("str", "", 'Ids of the AOIs where it is looked for, separated by spaces; "" for none.'),
        "source": Column("str", "", "Where this is published."),
        "confidence": Column("str", "", "Confidence in words of whoever wrote the row."),
        "note": Column("str", "", "Anything else in words."),
    },
    key=("name",),
    absent={"aois": ""},
)
