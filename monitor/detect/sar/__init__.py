"""Ships in radar, by constant false-alarm rate."""
