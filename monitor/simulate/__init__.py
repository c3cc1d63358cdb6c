"""A port season with known truth: sea, piers, fleet, clouds, radar, AIS receivers.

A name is imported when it is first used: a season needs no scoring.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from monitor.simulate.fine_ports import random_fine_scene as random_fine_scene
    from monitor.simulate.scenarios import SCENARIOS as SCENARIOS
    from monitor.simulate.scenarios import Scenario as Scenario
    from monitor.simulate.scoring.score import ScoreSheet as ScoreSheet
    from monitor.simulate.scoring.score import reliability as reliability
    from monitor.simulate.scoring.score import score as score
    from monitor.simulate.season import DEFAULT_PERIOD as DEFAULT_PERIOD
    from monitor.simulate.season import PORTS as PORTS
    from monitor.simulate.season import Season as Season
    from monitor.simulate.training_ports import Label as Label
    from monitor.simulate.training_ports import PortScene as PortScene
    from monitor.simulate.training_ports import random_port_scene as random_port_scene

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "fine_ports": ["random_fine_scene"],
        "scenarios": ["SCENARIOS", "Scenario"],
        "scoring.score": ["ScoreSheet", "reliability", "score"],
        "season": ["DEFAULT_PERIOD", "PORTS", "Season"],
        "training_ports": ["Label", "PortScene", "random_port_scene"],
    },
)
