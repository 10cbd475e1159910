"""ThaiD: the central server as the relying party of an OpenID Connect provider, for its counters.

A counter cannot keep a client secret, so the server does: it holds a short session for a counter, sends the citizen's
browser to the provider, checks what comes back, and hands the person to that counter once (docs/thaid.md).
"""
