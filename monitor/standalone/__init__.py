"""Single images and questions that need no workspace."""
