"""Dagster only: assets, checks, the weekly schedule, resources.

Thin: each asset calls one function of another room. Logic worth a test without Dagster does not
belong here.
"""
