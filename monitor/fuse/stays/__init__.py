"""Berth states to stays: every division of a place's sightings into stays, summed exactly (`segments`).

Ships come to a berth as a Poisson process and stay for a mixture of gamma distributions; an observation shows a ship
that is there with the detector's recall, or by the berth state's own probability, and now and then a false ship; some
places hold a fixed object that is taken for a ship. Arrivals, recall and false ships are learnt from the port with
the priors that `rules` states (`occupancy`).
"""
