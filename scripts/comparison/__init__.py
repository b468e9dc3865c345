"""Servers, natively and unblocked, under the same load: for ./scripts/compare and tests/servers."""
