"""Berth states to stays: every division of a place's sightings into stays, summed exactly (`segments`).

Ships come to a berth as a Poisson process and stay for a mixture of gamma distributions. An observation shows a ship
that is there with the detector's recall, which grows with the ship's length and differs from ship to ship, times the
share of the berth that it shows, or by the berth state's own probability; and now and then a false ship, the likelier
the lower its score. AIS names a share of the ships and hardly any false one. Some places hold a fixed object of one
length that is taken for a ship (`segments`). Hulls of all observations are put to places where ships lie one after the
other (`places`); arrivals, recall, false ships, lengths and the share that AIS names are learnt from the port with the
priors that `rules` states (`habits`). Visits and the number of ships at each instant are read from the same sums
(`occupancy`, `visits`).
"""
