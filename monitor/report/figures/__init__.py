"""Single figures to publish: a tile, a comparison, an animation or a timeline with its caption and credit."""
