"""The figures of a brief as a local web page: ports, a review queue, evidence, and the tables as JSON."""

from monitor.serve.app import make_app
from monitor.serve.cache import PageCache
from monitor.serve.security import AccessRule
from monitor.serve.server import serve

__all__ = ["AccessRule", "PageCache", "make_app", "serve"]
