"""Readers of facts, one folder a language."""
