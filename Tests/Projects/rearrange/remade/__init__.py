"""Must not be in a wheel: the build removes it."""
