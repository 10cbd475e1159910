"""Real parts outside of the house that tests start as processes of their own."""
