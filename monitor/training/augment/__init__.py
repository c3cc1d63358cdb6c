"""Training chips made from labelled scenes: hulls, ground, weather and decoys drawn on them."""
