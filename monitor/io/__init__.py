"""Bytes and nothing else: files, rasters, tables."""
