"""Ports, ships and weather to pixels."""
