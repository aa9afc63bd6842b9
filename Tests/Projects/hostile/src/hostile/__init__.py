"""A package whose build tries to get out."""
