"""Counts over time: rates, change points, ships beside stacks."""
