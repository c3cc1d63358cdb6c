"""The earth: distances, grids, MGRS, the sun."""
