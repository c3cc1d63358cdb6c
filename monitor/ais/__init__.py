"""Messages to positions, tracks, gaps and port calls; no pixels here."""
