"""Panes that do more than draw and scroll."""
