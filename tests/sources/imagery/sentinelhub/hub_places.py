"""A sea with passes of both sensors, and the source that asks for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pydantic import SecretStr
from shapely.geometry import box

from monitor.sources.imagery.sentinelhub.config import SentinelHubSettings
from monitor.sources.imagery.sentinelhub.source import SentinelHubSource
from tests.standin.server import CLIENT_ID, CLIENT_SECRET, StandIn
from tests.standin.worlds import Product, s1_product, s2_product

T0 = datetime(2023, 10, 5, 2, 23, 10, 24_000, tzinfo=UTC)
WEST = box(128.0, 41.5, 129.004, 43.0)
EAST = box(129.002, 41.5, 131.0, 43.0)


def products(passes: int = 3) -> list[Product]:
    """Passes five days apart, two tiles each that overlap in the AOI; radar both ways on the day after."""
    made = []
    for number in range(passes):
        at = T0 + timedelta(days=5 * number)
        satellite = "AB"[number % 2]
        made += [
            s2_product(at, WEST, tile="52TEM", satellite=satellite),
            s2_product(at + timedelta(seconds=4), EAST, tile="52TFM", satellite=satellite),
            s1_product(
                at.replace(hour=9, minute=16), WEST.union(EAST), absolute=50_580 + 175 * number, state="ascending"
            ),
            s1_product(at.replace(hour=21, minute=29), WEST.union(EAST), absolute=50_587 + 175 * number),
        ]
    return made


def settings_for(standin: StandIn, **options) -> SentinelHubSettings:
    values = {"deadline_s": 20.0, "pause_s": 0.02, "sensors": ("s2",)} | options
    return SentinelHubSettings(
        "custom", standin.url, standin.token_url, SecretStr(CLIENT_ID), SecretStr(CLIENT_SECRET), **values
    )


def source_for(standin: StandIn, *, ledger=None, **options) -> SentinelHubSource:
    return SentinelHubSource(settings_for(standin, **options), ledger)
