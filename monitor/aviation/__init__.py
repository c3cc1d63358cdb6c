"""Aircraft traces to legs and calls at airfields."""

from monitor.aviation.calls.find import find_calls
from monitor.aviation.clean import CleanReport, clean, on_watchlist
from monitor.aviation.legs import find_legs, repeated_tails, round_trips
from monitor.aviation.published import find_conflicts
from monitor.aviation.rates import call_rate, covered_days, near_events
from monitor.aviation.reception import find_reception
from monitor.aviation.timeline import air_timeline, calls_at

__all__ = [
    "CleanReport",
    "air_timeline",
    "call_rate",
    "calls_at",
    "clean",
    "covered_days",
    "find_calls",
    "find_conflicts",
    "find_legs",
    "find_reception",
    "near_events",
    "on_watchlist",
    "repeated_tails",
    "round_trips",
]
