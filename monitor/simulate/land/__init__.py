"""Made-up places beyond the quay: a depot, a rail yard and an oil terminal, in pixels and in truth."""
