"""Accounts, rights and appointment orders."""
