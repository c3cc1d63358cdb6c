"""Detections against AIS: matches, dark events, visits, voyages, counts."""

from monitor.fuse.alerts import AlertRule, Stays, alerts
from monitor.fuse.candidates import gap_candidates
from monitor.fuse.change import change_points, rates
from monitor.fuse.correlate import CorrelateInput, CorrelateRules, Correlation, correlate
from monitor.fuse.counts import clear_looks, count
from monitor.fuse.dark import DarkRule, dark_events, fixed_objects
from monitor.fuse.findings import FindingTables, findings
from monitor.fuse.identity import IdentityRule, identify
from monitor.fuse.ledger import Seen, compare
from monitor.fuse.likelihood import MatchModel
from monitor.fuse.linking import LinkRule
from monitor.fuse.match import match
from monitor.fuse.notices import change_findings, feed_findings, unseen_findings
from monitor.fuse.observations import read_observations
from monitor.fuse.radar import RadarLook, azimuth_shift, sentinel1_look
from monitor.fuse.stays import VisitRule
from monitor.fuse.together import ships_and_stacks
from monitor.fuse.versions import latest, null_test, revise
from monitor.fuse.visits import catchable, visits
from monitor.fuse.voyages import Linked, link_voyages
from monitor.fuse.watchlist import WATCHLIST, read_watchlist

__all__ = [
    "WATCHLIST",
    "AlertRule",
    "CorrelateInput",
    "CorrelateRules",
    "Correlation",
    "DarkRule",
    "FindingTables",
    "IdentityRule",
    "LinkRule",
    "Linked",
    "MatchModel",
    "RadarLook",
    "Seen",
    "Stays",
    "VisitRule",
    "alerts",
    "azimuth_shift",
    "catchable",
    "change_findings",
    "change_points",
    "clear_looks",
    "compare",
    "correlate",
    "count",
    "dark_events",
    "feed_findings",
    "findings",
    "fixed_objects",
    "gap_candidates",
    "identify",
    "latest",
    "link_voyages",
    "match",
    "null_test",
    "rates",
    "read_observations",
    "read_watchlist",
    "revise",
    "sentinel1_look",
    "ships_and_stacks",
    "unseen_findings",
    "visits",
]
