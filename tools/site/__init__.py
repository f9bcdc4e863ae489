"""A static JupyterLite site with the notebooks: `python -m tools.site OUT`. Run it in a clone, with the extra `site`
and npm. Any static server can then serve the folder; the page asks nobody else for anything."""
