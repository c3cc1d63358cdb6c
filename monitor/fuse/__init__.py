"""Detections against AIS: matches, dark events, visits, voyages, counts."""

from monitor.fuse.correlate import CORRELATED, CorrelateRules, correlate
from monitor.fuse.dark.candidates import gap_candidates
from monitor.fuse.dark.events import dark_events
from monitor.fuse.dark.fixed import fixed_objects
from monitor.fuse.dark.rules import DarkRule
from monitor.fuse.findings.alerts import AlertRule, Stays, alerts
from monitor.fuse.findings.build import findings
from monitor.fuse.findings.monitoring import change_findings, feed_findings, unseen_findings
from monitor.fuse.identity.identify import IdentityRule, identify
from monitor.fuse.identity.watchlist import read_watchlist
from monitor.fuse.ledger.compare import compare
from monitor.fuse.ledger.observations import read_observations
from monitor.fuse.matching.assignment import pair
from monitor.fuse.matching.azimuth_shift import RadarGeometry, azimuth_shift, sentinel1_geometry
from monitor.fuse.matching.match import match
from monitor.fuse.matching.model import DEFAULT_MODEL, MatchModel
from monitor.fuse.matching.versions import latest, null_test, revise
from monitor.fuse.series.changes import change_points
from monitor.fuse.series.counts import clear_observations, count
from monitor.fuse.series.rates import rates
from monitor.fuse.series.ships_and_stacks import ships_and_stacks
from monitor.fuse.stays.rules import VisitRule
from monitor.fuse.stays.visits import detectability, occupancy, visits
from monitor.fuse.voyages.links import Linked, link_voyages
from monitor.fuse.voyages.rules import LinkRule

__all__ = [
    "CORRELATED",
    "DEFAULT_MODEL",
    "AlertRule",
    "CorrelateRules",
    "DarkRule",
    "IdentityRule",
    "LinkRule",
    "Linked",
    "MatchModel",
    "RadarGeometry",
    "Stays",
    "VisitRule",
    "alerts",
    "azimuth_shift",
    "change_findings",
    "change_points",
    "clear_observations",
    "compare",
    "correlate",
    "count",
    "dark_events",
    "detectability",
    "feed_findings",
    "findings",
    "fixed_objects",
    "gap_candidates",
    "identify",
    "latest",
    "link_voyages",
    "match",
    "null_test",
    "occupancy",
    "pair",
    "rates",
    "read_observations",
    "read_watchlist",
    "revise",
    "sentinel1_geometry",
    "ships_and_stacks",
    "unseen_findings",
    "visits",
]
