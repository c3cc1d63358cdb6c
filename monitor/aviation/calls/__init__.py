"""Calls of aircraft at airfields."""
