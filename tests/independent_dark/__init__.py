"""A second port for dark vessels: own traffic, detector and AIS, nothing shared with `monitor.simulate`."""
