"""Webhooks out: events go to addresses that an administrator has named, signed and in order."""
