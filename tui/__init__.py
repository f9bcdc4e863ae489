"""The terminal workbench. It draws sheets of the bench and sends commands; it holds no rule and no sentence of its own
about pipelines."""
