"""Coast, and ways by water."""
