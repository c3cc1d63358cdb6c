"""Training of any network of ultralytics: labels of any form to chips, a run, and its own thresholds."""
