"""What a scene showed of the land of a place: its ground in cells of 20 m, and its tracks."""
