"""ThaiD in the window: the dialog that waits for a citizen's telephone, and signing in with it."""
