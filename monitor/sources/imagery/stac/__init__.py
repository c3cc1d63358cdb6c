"""Open STAC catalogues."""
