"""Models of the analyst's own: what they are, how they are found, opened and run over rasters of any size."""
