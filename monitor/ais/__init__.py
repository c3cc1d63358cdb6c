"""Messages to positions, tracks, gaps and port calls; no pixels here."""

from monitor.ais.gaps import find_gaps, gaps_by_batch
from monitor.ais.port_calls import port_calls
from monitor.ais.segments import segments
from monitor.ais.tracks import track_at
from monitor.ais.voyages import voyages

__all__ = ["find_gaps", "gaps_by_batch", "port_calls", "segments", "track_at", "voyages"]
