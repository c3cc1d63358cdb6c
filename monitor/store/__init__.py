"""Where scenes, detections and tables rest."""
