"""Departures from one place beside arrivals at another: co-occurrence with its base rate, never cause."""
