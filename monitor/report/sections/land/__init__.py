"""What a brief and a local page show of tracks, storage, the ground, and chains between places."""
