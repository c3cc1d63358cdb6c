"""Scenes as annotated pictures."""
