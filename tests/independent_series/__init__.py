"""Made-up counts of ports in which nothing changes, or one thing does; shares nothing with `monitor.simulate`."""
