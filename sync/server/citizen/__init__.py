"""The citizen's side: follow a case, rate it, withdraw it, ask to have it opened again. track.py is its HTTP."""
