"""The rules of the counter; standard library only."""
