"""Running servers natively and unblocked under the same load: what ./scripts/compare and tests/servers are made of."""
