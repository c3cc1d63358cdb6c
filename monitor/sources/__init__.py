"""Where pixels and positions come from."""
