"""A port season with known truth: sea, piers, fleet, clouds, radar, AIS receivers."""

from monitor.simulate.scenarios import SCENARIOS, Scenario
from monitor.simulate.scoring.score import ScoreSheet, reliability, score
from monitor.simulate.season import DEFAULT_PERIOD, PORTS, Season
from monitor.simulate.training_ports import Label, PortScene, random_port_scene

__all__ = [
    "DEFAULT_PERIOD",
    "PORTS",
    "SCENARIOS",
    "Label",
    "PortScene",
    "Scenario",
    "ScoreSheet",
    "Season",
    "random_port_scene",
    "reliability",
    "score",
]
