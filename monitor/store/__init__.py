"""Where scenes, detections and tables rest."""

from monitor.store.archive import SCENE_TABLES, Archive
from monitor.store.quota import UnitQuota
from monitor.store.records import Record
from monitor.store.searches import SearchStore

__all__ = ["SCENE_TABLES", "Archive", "Record", "SearchStore", "UnitQuota"]
