"""Tools for those who build things of the workbench. Nothing imports them."""
