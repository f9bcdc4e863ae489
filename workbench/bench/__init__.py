"""The bench: what every front end shows and does, without any front end. A session, one selection, and its panes."""

from workbench.bench.bench import Bench
from workbench.bench.chosen import Chosen
from workbench.bench.guide import Greeting, Guide, NoGuide, Question, guess_first, no_guess

__all__ = ["Bench", "Chosen", "Greeting", "Guide", "NoGuide", "Question", "guess_first", "no_guess"]
