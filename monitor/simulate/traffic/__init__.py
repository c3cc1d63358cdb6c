"""Ships, their itineraries and their AIS."""
