"""Training chips made from labelled scenes: hulls, ground, weather and decoys laid in."""
