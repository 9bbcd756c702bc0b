"""Pure Python: no env, no request; every function carries its specification as doctests."""
