"""The figures of a brief as a local web page: ports, a review queue, evidence, and the tables as JSON."""

from monitor.serve.app import make_app
from monitor.serve.guard import Door
from monitor.serve.run import serve
from monitor.serve.shelf import Shelf

__all__ = ["Door", "Shelf", "make_app", "serve"]
