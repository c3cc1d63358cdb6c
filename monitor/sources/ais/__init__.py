"""AIS files of many layouts to positions."""
