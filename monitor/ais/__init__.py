"""Messages to positions, tracks, gaps and port calls; no pixels here."""

from monitor.ais.gaps import find_gaps, gaps_by_batch
from monitor.ais.segments import segments
from monitor.ais.tracks import track_at

__all__ = ["find_gaps", "gaps_by_batch", "segments", "track_at"]
