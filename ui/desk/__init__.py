"""The Desk page: find a case, read it, take its next step, print a copy."""
