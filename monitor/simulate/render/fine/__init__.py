"""SIMULATED pictures of 0.3 to 5 m: ships, containers one by one, cranes and vehicles, with the sun's shadows."""
