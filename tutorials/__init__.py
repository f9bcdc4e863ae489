"""Pipelines, data and lessons that ship with the workbench. Found the same way from a wheel and from a checkout."""
