"""Scenes, the sensors that take them, and when they pass."""
