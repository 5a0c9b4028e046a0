"""The demo: a small factory to walk through, made with the same commands as a real one."""
