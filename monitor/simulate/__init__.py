"""A port season with known truth: sea, piers, fleet, clouds, radar, AIS receivers."""

from monitor.simulate.scenarios import SCENARIOS, Scenario
from monitor.simulate.score import ScoreSheet, reliability, score
from monitor.simulate.season import DEFAULT_PERIOD, PORTS, Season

__all__ = ["DEFAULT_PERIOD", "PORTS", "SCENARIOS", "Scenario", "ScoreSheet", "Season", "reliability", "score"]
