"""A season's AIS in files, as a user would have them: MarineCadastre CSV, tag-block NMEA, late deliveries."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pyais import encode_dict

from monitor.simulate import Season

AisMessage = dict[str, str | int | float | bytes | bool]

NMEA_DAYS = timedelta(days=2)
"""The last two days of a season are written as NMEA, the rest as MarineCadastre CSV: together they are the whole."""


def write_ais(season: Season, folder: Path) -> int:
    """Write the season's AIS: a MarineCadastre CSV a month, and tag-block NMEA for the last two days.

    What arrives late goes into a folder ``late`` beside this one, a CSV a delivery named by the day it arrives.

    Returns
    -------
    int
        How many positions, those in ``late`` not counted.
    """
    folder.mkdir(parents=True, exist_ok=True)
    positions = season.prompt_positions()
    split = max(season.period.end - NMEA_DAYS, season.period.start)
    early, late = positions[positions["t"] < split], positions[positions["t"] >= split]
    vessels = season.vessels()
    for month, part in early.groupby(early["t"].dt.strftime("%Y_%m")):
        marinecadastre(part, vessels).to_csv(folder / f"simulated_ais_{month}.csv", index=False, lineterminator="\n")
    (folder / "simulated_ais_tail.nmea").write_text("".join(nmea(late, vessels)), encoding="ascii")
    _write_late(season, folder.with_name("late"), vessels)
    return len(positions)


def _write_late(season: Season, folder: Path, vessels: pd.DataFrame) -> None:
    for delivery, part in zip(season.deliveries(), season.late_positions(), strict=True):
        folder.mkdir(parents=True, exist_ok=True)
        day = pd.Timestamp(delivery.arrives_s, unit="s", tz="UTC").strftime("%Y%m%d")
        table = marinecadastre(part, vessels)
        table.to_csv(folder / f"simulated_ais_arrived_{day}.csv", index=False, lineterminator="\n")


def marinecadastre(positions: pd.DataFrame, vessels: pd.DataFrame) -> pd.DataFrame:
    """The rows of a MarineCadastre CSV (classic layout), sentinels included."""
    static = vessels.set_index("mmsi").reindex(positions["mmsi"])
    return pd.DataFrame(
        {
            "MMSI": positions["mmsi"].to_numpy(),
            "BaseDateTime": positions["t"].dt.strftime("%Y-%m-%dT%H:%M:%S").to_numpy(),
            "LAT": positions["lat"].to_numpy(),
            "LON": positions["lon"].to_numpy(),
            "SOG": positions["sog_kn"].to_numpy(),
            "COG": positions["cog_deg"].to_numpy(),
            "Heading": positions["heading_deg"].fillna(511.0).to_numpy(),
            "VesselName": static["name"].to_numpy(),
            "IMO": "",
            "CallSign": static["callsign"].to_numpy(),
            "VesselType": static["ship_type"].to_numpy(),
            "Status": positions["nav_status"].to_numpy(),
            "Length": static["length_m"].to_numpy(),
            "Width": static["width_m"].to_numpy(),
            "Draft": "",
            "Cargo": "",
            "TransceiverClass": np.where(positions["heading_deg"].isna(), "B", "A"),
        }
    )


def nmea(positions: pd.DataFrame, vessels: pd.DataFrame) -> list[str]:
    """Lines of tag-block NMEA: a static message at a ship's first position, then positions; ``s:SIMULATED`` in each."""
    lines: list[str] = []
    known = vessels.set_index("mmsi")
    introduced: set[int] = set()
    for row in positions.itertuples():
        stamp = int(row.t.timestamp())
        mmsi = int(row.mmsi)
        if mmsi not in introduced and mmsi in known.index:
            introduced.add(mmsi)
            lines += _tagged(_static(mmsi, known.loc[mmsi]), stamp)
        lines += _tagged(_dynamic(row), stamp)
    return lines


def _static(mmsi: int, vessel: pd.Series) -> AisMessage:
    half_l, half_w = int(vessel["length_m"]) // 2, int(vessel["width_m"]) // 2
    return {
        "msg_type": 5,
        "mmsi": mmsi,
        "shipname": str(vessel["name"])[:20],
        "callsign": str(vessel["callsign"])[:7],
        "ship_type": int(vessel["ship_type"]),
        "to_bow": int(vessel["length_m"]) - half_l,
        "to_stern": half_l,
        "to_port": int(vessel["width_m"]) - half_w,
        "to_starboard": half_w,
    }


def _dynamic(row: Any) -> AisMessage:
    heading = row.heading_deg
    is_a = heading == heading
    message: AisMessage = {
        "msg_type": 1 if is_a else 18,
        "mmsi": int(row.mmsi),
        "lon": float(row.lon),
        "lat": float(row.lat),
        "speed": float(row.sog_kn),
        "course": float(row.cog_deg),
        "heading": int(heading) if is_a else 511,
        "second": int(row.t.second),
    }
    return {**message, "status": int(row.nav_status)} if is_a else message


def _tagged(message: AisMessage, stamp: int) -> list[str]:
    sentences = encode_dict(message, radio_channel="A", talker_id="AI", seq_id=stamp % 10)
    count = len(sentences)
    lines = []
    for number, sentence in enumerate(sentences, 1):
        group = f"g:{number}-{count}-{stamp % 10000}," if count > 1 else ""
        block = f"{group}s:SIMULATED,c:{stamp}"
        check = 0
        for letter in block:
            check ^= ord(letter)
        lines.append(f"\\{block}*{check:02X}\\{sentence}\n")
    return lines
