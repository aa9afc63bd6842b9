"""A package that needs the same thing for its sdist and its wheel."""
