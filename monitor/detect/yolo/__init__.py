"""The Sentinel-2 network: windows in, objects out."""
