"""A package whose backend asks for what it must not have."""
