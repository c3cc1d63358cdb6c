"""Where scenes, detections and tables rest."""

from monitor.store.archive import SCENE_TABLES, Archive
from monitor.store.index import Record

__all__ = ["SCENE_TABLES", "Archive", "Record"]
