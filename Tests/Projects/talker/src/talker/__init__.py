"""A package whose build says what it is told to say."""
