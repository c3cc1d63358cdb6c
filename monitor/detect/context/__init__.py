"""What surrounds a detection: water, zones, motion, infrastructure, coverage."""
