"""A package whose build uses up what it is given."""
