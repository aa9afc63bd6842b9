"""A package whose version is the last tag."""
