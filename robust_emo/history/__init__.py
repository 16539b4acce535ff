"""Audits over time: what lies below a folder, and what once lay there."""
