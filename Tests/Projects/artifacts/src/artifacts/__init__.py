"""A package whose build leaves something else than its artifacts."""
