"""Aircraft traces to legs and calls at airfields."""

from monitor.air.calls import find_calls
from monitor.air.claims import claims_beside_calls, find_conflicts
from monitor.air.clean import CleanReport, clean, on_watchlist
from monitor.air.legs import find_legs, repeated_tails, round_trips
from monitor.air.reception import find_reception
from monitor.air.solar import solar_elevation_deg
from monitor.air.timeline import air_findings, air_timeline, calls_at
from monitor.air.unusual import call_rate, covered_days, near_events

__all__ = [
    "CleanReport", "air_findings", "air_timeline", "call_rate", "calls_at", "claims_beside_calls", "clean",
    "covered_days", "find_calls", "find_conflicts", "find_legs", "find_reception", "near_events", "on_watchlist",
    "repeated_tails", "round_trips", "solar_elevation_deg",
]  # fmt: skip
