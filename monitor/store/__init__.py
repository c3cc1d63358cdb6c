"""Where scenes, detections and tables rest."""

from monitor.store.account import UnitAccount
from monitor.store.archive import SCENE_TABLES, Archive
from monitor.store.index import Record
from monitor.store.offers import OfferBook

__all__ = ["SCENE_TABLES", "Archive", "OfferBook", "Record", "UnitAccount"]
