"""From tables and findings to figures, the brief, the map, exports and the evidence bundle."""
