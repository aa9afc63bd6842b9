"""A package that needs one thing for its sdist and another for its wheel."""
