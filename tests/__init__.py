"""Tests of LAO Counter, and the heavier trials that people run by hand (python -m tests.crash)."""
