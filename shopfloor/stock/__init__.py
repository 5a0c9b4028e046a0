"""Lots and the ledger of where their quantities are."""
