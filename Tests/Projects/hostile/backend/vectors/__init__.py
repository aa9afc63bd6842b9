"""What a hostile build may try, one function for each act, by the thing it reaches for."""
