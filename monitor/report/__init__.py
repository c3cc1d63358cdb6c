"""Findings to figures, briefs, maps, evidence and exports."""
