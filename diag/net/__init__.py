"""Bounded network primitives on the host's door: resolve, connect, tls, http, documents."""
