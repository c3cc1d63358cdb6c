"""Published observations beside ours."""
