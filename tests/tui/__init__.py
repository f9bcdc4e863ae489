"""Tests of the terminal workbench: real screens, driven by keys, read back as text."""
