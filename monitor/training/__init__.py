"""Labelled scenes to weights."""
