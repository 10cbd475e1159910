"""The register of payers in the window."""
