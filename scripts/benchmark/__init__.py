"""./scripts/bench: unblock against kernel threads, a hand-written epoll server and its peers."""
