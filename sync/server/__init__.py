"""The central server: it gathers what the counters of many offices registered, and shares only the wire with them."""
