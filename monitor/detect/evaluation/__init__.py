"""A detector scored on labelled scenes."""
