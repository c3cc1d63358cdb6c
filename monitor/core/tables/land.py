"""Tables of what lies beyond the quay: rail yards, storage, and what changed there."""

from __future__ import annotations

from monitor.core.geo.geodesy import WGS84
from monitor.core.schema import UTC, Column, Schema

LAND_STATES = Schema(
    name="land_states",
    text=(
        "What each optical observation showed of each rail and open-storage zone: the share that is occupied, NaN "
        "when it was not observed, there is no past to compare with or its interval would say nothing, never 0."
    ),
    columns={
        "scene_id": Column("str", "", "Id of the scene."),
        "aoi_id": Column("str", "", "Id of the AOI."),
        "zone_id": Column("str", "", "Id of the zone."),
        "kind": Column("str", "", "Kind of zone: rail | open_storage."),
        "acquired_at": Column(UTC, "UTC", "When the scene was acquired."),
        "sensor": Column("str", "", "Sensor of the scene: s2 | planet | hires | a free name."),
        "state": Column("str", "", "observed | partly | not observed."),
        "share": Column("float64", "", "Share of the tracks, or of the storage area, that is occupied, 0–1."),
        "share_low": Column("float64", "", "Lower bound of the 90 % interval of the share."),
        "share_high": Column("float64", "", "Upper bound of the 90 % interval of the share."),
        "area_m2": Column("float64", "m²", "Area in use of an open-storage zone, NaN for rail."),
        "area_low_m2": Column("float64", "m²", "Lower bound of the area."),
        "area_high_m2": Column("float64", "m²", "Upper bound of the area."),
        "observations": Column("int64", "", "Other clear observations of the zone that the share rests on."),
        "reason": Column(
            "str", "", '"" | cloud | snow | no data | no past | uncertain: why nothing, or less, is stated.'
        ),
    },
    key=("scene_id", "zone_id"),
    time=("acquired_at", "acquired_at"),
)

LAND_CHANGES = Schema(
    name="land_changes",
    text=(
        "Changes of the ground that at least two clear observations in a row show, one row a patch. Each says how "
        "often the same rule answers on the zone's own quiet past, and what else could look alike."
    ),
    columns={
        "change_id": Column("str", "", "Id, made of the zone, the patch and the first observation that shows it."),
        "aoi_id": Column("str", "", "Id of the AOI."),
        "zone_id": Column("str", "", "Id of the zone that most of the patch lies in."),
        "kind": Column("str", "", "bare ground | structure | burnt | cleared | other."),
        "began_after": Column(UTC, "UTC", "Last clear observation of the patch without the change."),
        "began_before": Column(UTC, "UTC", "First clear observation of the patch with it."),
        "last_seen": Column(UTC, "UTC", "Last clear observation that shows the change."),
        "ended": Column("bool", "", "Whether later clear observations show the ground as it was before."),
        "observations": Column("int64", "", "Clear observations that show the change."),
        "area_m2": Column("float64", "m²", "Area of the patch."),
        "area_low_m2": Column("float64", "m²", "Lower bound of the 90 % interval of the area."),
        "area_high_m2": Column("float64", "m²", "Upper bound of the 90 % interval of the area."),
        "probability": Column("float64", "", "Probability that the change is real and lasts."),
        "false_alarms_per_year": Column("float64", "", "Changes that the rule finds in a year of the zone's own past."),
        "alternatives": Column("str", "", "What else could look alike here and then, separated by '; '."),
        "geometry": Column("geometry", "", "Outline of the patch."),
    },
    key=("change_id",),
    crs=f"EPSG:{WGS84}",
    time=("began_after", "last_seen"),
)

CHAINS = Schema(
    name="chains",
    text=(
        "Departures from one place beside arrivals at another after a possible travel time, one row for each two "
        "places and kinds of event: co-occurrence beside what chance would give, never cause."
    ),
    columns={
        "chain_id": Column("str", "", "Id, made of both places and kinds."),
        "from_aoi": Column("str", "", "Id of the AOI where something left."),
        "from_zone": Column("str", "", 'Zone where it left, "" for the whole AOI.'),
        "from_kind": Column("str", "", "stacks left | train left | oil stay ended | ship left."),
        "to_aoi": Column("str", "", "Id of the AOI where something came."),
        "to_zone": Column("str", "", 'Zone where it came, "" for the whole AOI.'),
        "to_kind": Column("str", "", "train came | storage filled | ground changed | oil stay began | flight landed."),
        "departures": Column("int64", "", "Departures after which an arrival could have been observed."),
        "not_observable": Column("int64", "", "Other departures: no clear observations bracket an arrival."),
        "arrivals": Column("int64", "", "Arrivals in all of the time that was observed."),
        "followed": Column("float64", "", "Departures that an arrival followed, each by the chance its bounds give."),
        "chance_followed": Column("float64", "", "How many would be followed by chance; NaN: too few to be tested."),
        "chance_low": Column("float64", "", "Lower bound of the 90 % range of that by chance."),
        "chance_high": Column("float64", "", "Upper bound of the 90 % range of that by chance."),
        "p_value": Column("float64", "", "How often chance alone would give as many or more; NaN as above."),
        "p_adjusted": Column("float64", "", "The same after Holm's correction for all pairs compared."),
        "comparisons": Column("int64", "", "Pairs of places and kinds that were compared."),
        "travel_low_days": Column("float64", "d", "Shortest travel time allowed."),
        "travel_high_days": Column("float64", "d", "Longest travel time allowed."),
        "fit_low_days": Column("float64", "d", "Shortest time of the span that fits most departures, for `followed`."),
        "fit_high_days": Column("float64", "d", "Longest time of that span."),
        "first": Column(UTC, "UTC", "Start of the first departure's interval."),
        "last": Column(UTC, "UTC", "End of the last arrival's interval, or of the last departure's without one."),
    },
    key=("chain_id",),
    time=("first", "last"),
)

CHAIN_LINKS = Schema(
    name="chain_links",
    text="The departures of a chain, each with the arrival that most likely followed it, or none.",
    columns={
        "link_id": Column("str", "", "Id, made of the chain and the departure."),
        "chain_id": Column("str", "", "Id of the chain."),
        "left_after": Column(UTC, "UTC", "Last observation before the departure."),
        "left_before": Column(UTC, "UTC", "First observation after it."),
        "left_evidence": Column("str", "", "Ids of the rows that show the departure, separated by spaces."),
        "came_after": Column(UTC, "UTC", "Last observation before the arrival; NaT where none followed."),
        "came_before": Column(UTC, "UTC", "First observation after it; NaT where none followed."),
        "came_evidence": Column("str", "", 'Ids of the rows that show the arrival, "" where none followed.'),
        "probability": Column("float64", "", "Chance, by both bounds, that it took that long; NaN: not observable."),
        "state": Column("str", "", "followed (more likely than not) | not followed | not observable."),
    },
    key=("link_id",),
    time=("left_after", "came_before"),
)
