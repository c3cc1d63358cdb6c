"""Stays to voyages and shuttles: one generative model of ships between two ports, and a null.

States
    A ship is at port A, at port B, under way to either, or elsewhere (`motion`), on a grid of six hours. Stays are of
    a gamma distribution of shape 2 whose mean is one of a few; a passage takes what distance and speed ask for and a
    little more, then perhaps a wait in the roads; now and then the ship goes elsewhere for a mean of ten days.
Emission
    An observation of a port shows a ship that is there with the detector's recall, as far as its berths were clear.
    A visit is one ship's from its first sighting to its last, and of one of two nameless ships at most (`nameless`):
    by its length with its measured error, once, and by how long others stay. The port's other ships come as a Poisson
    process at the port's own rate or a lower one, and with its own lengths. A ship seldom has two visits in one stay. A
    change of the yards' stacks is weak evidence. Ships that AIS names are weighed sighting by sighting (`odds`): they
    are where they were received, and silence counts against a ship that is received elsewhere, as far as it is
    received at all, which is learnt of each ship (`received`, `named`). Each ship likes some berths more than others
    do.
Prior
    `[voyages] shuttle_prior` is the probability that some nameless ship goes to and fro between some two of the
    watched ports, and is shared among the pairs; one such ship and two are as likely. A named ship is one with
    probability 0.1. Mean stays and each ship's length are uniform over the values that `rules` states.
Inference
    Forward filtering and backward sampling over all paths of one ship, or of two at once, is exact (`nameless.sums`,
    `filtering`); tests compare it with the sum over every path and every choice of visits. Libraries of hidden Markov
    models (hmmlearn, dynamax) know neither two ships that share visits nor a state space that phases make semi-Markov;
    the recursions are some fifty lines of numpy.
    Ships that AIS names share sightings in numbers that no exact sum could hold. Each is drawn given the others, again
    and again, in several chains whose draws are taken together; of a ship whose chains differ too much (split R-hat,
    `convergence`) nothing is told, and SHUTTLES says that it is withheld. How many independent draws the numbers of a
    ship rest on is its `effective_draws`.
    Pairs of ports that would explain the same visits compete for them (`nameless.competing`).
Null
    One port's observations are moved in time, and in half of the moves stretched too, so that each port keeps its
    ships, lengths and rhythm and only what links the two is lost (`nameless.evidence`). A shuttle is told by its
    posterior against that null and ships that come once; the mean probability of the moved ports is printed beside it
    as `by_chance`.
Limits
    Two ports at a time: a third is elsewhere. A port's regular callers are no part of the model, only of the null, and
    among many ships of like length they hide a shuttle. More than two nameless ships at a time count among the others.
    A ship that sails as regularly as a clock looks, moved by its period, like one that is not moved: it is told with
    more doubt. Observations two and a half days apart leave most nameless shuttles untold, whatever the model:
    `python -m tests.independent.limit` measures what could be said by one who knew which detections were the ship's.
"""
