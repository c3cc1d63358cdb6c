"""Seasons that share no code and no constant with `monitor.simulate`, and how well stays and shuttles are told there.

What is drawn here is drawn anew for each seed from wide ranges, so that nothing can be fitted to one value.
"""
