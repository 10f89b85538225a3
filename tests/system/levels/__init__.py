"""The matrix of TLS: security levels, peers, and what becomes of a mail in each cell."""
