"""A brief as HTML, PDF and in a notebook."""
