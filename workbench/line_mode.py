"""The bench in plain lines: for screen readers, slow lines and scripts. One sentence a step; verbs are typed.

Enter or n goes on, b back, m to what matters, w asks why, a number answers a question; anything else is a verb.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from workbench.bench import Bench, guess_first
from workbench.model import InvalidInput
from workbench.views.happened import Happened

Say = Callable[[str], None]
HELP = (
    "Enter or n: on to the next instant. b: back. m: on to what matters. w: why is the selected task as it is;",
    "w NAME: why another. sel NAME: select a task, an input or a dataset. s: where we are. q: leave; all is kept.",
    "A number or letter answers a question. Anything else is a verb: late jfk 95m, rerun clean down, help verbs.",
)


def play(bench: Bench, lines: Iterable[str], say: Say, is_asked: bool) -> None:
    """Read commands until they end, or q. `is_asked`: a person types, and wants a prompt."""
    mode = _Lines(bench, say)
    mode.begin()
    if is_asked:
        say("(? helps)")
    for line in lines:
        if not mode.take(line.strip()):
            return
    say("The end of the input; what was done is kept.")


class _Lines:
    def __init__(self, bench: Bench, say: Say) -> None:
        self.bench, self.say = bench, say
        self._said = ""

    def begin(self) -> None:
        """Where we are, and what the guide says."""
        self.where()
        self.coach()

    def take(self, line: str) -> bool:
        """Do one line; False when it was the last."""
        if line in ("q", "quit", "exit"):
            self.say("Left. What was done is kept.")
            return False
        try:
            self._do(line)
        except InvalidInput as error:
            for problem in error.problems:
                self.say(str(problem))
        self.coach()
        return True

    def _do(self, line: str) -> None:
        question = self.bench.guide.question(self.bench)
        word, _, rest = line.partition(" ")
        if question and line in dict(question.answers):
            self.bench.guide.answer(self.bench, line)
        elif line in _KEYS:
            _KEYS[line](self)
        elif word in ("w", "why"):
            self.why(rest)
        elif word == "sel":
            self.select(rest)
        else:
            self.verb(line)

    def where(self) -> None:
        """What is shown, and when it is."""
        self.say(" ".join("".join(span.text for span in self.bench.header(400)).split()))

    def coach(self) -> None:
        """What the guide says or asks, once."""
        question = self.bench.guide.question(self.bench)
        told = question.text if question else self.bench.guide.line(self.bench)
        missing = [f"{key}: {text}" for key, text in question.answers if text not in told] if question else []
        told = " ".join([told, ", ".join(missing)]).strip()
        if told and told != self._said:
            self.say(f"Coach: {told}")
        self._said = told

    def on(self) -> None:
        """On to the next instant."""
        self.told(self.bench.next(), "Nothing more comes until the end of this scenario.")

    def matters(self) -> None:
        """On to what matters."""
        self.told(self.bench.next_that_matters(), "Nothing more comes until the end of this scenario.")

    def back(self) -> None:
        """Undo the last step."""
        self.bench.back()
        self.where()

    def told(self, happened: Happened, otherwise: str) -> None:
        """What happened, a sentence each."""
        for text in str(happened).splitlines() if happened else [otherwise]:
            self.say(text.strip())

    def why(self, name: str) -> None:
        """Why the selection, or something else, is as it is."""
        question = self.bench.guide.question(self.bench)
        if name and question and question.hides:  # also what stands above `name` may answer it
            self.say(guess_first(question))
        elif name:
            self.say(str(self.bench.session.explain(name)))
        else:
            self.say(self.bench.why(400).text)
        self.bench.heard("why", name)

    def select(self, name: str) -> None:
        """Select something by its name."""
        known = self.bench.known
        places = [
            *(f"task:{dag}.{task}" for dag, plan in known.plans.items() for task in plan.tasks),
            *(f"input:{home}.{one}" for one, home in known.homes.items()),
            *(f"dataset:{home}.{one}" for one, home in known.makers.items()),
            *(f"dag:{dag}" for dag in known.plans),
        ]
        found = next((t for t in places if t.partition(":")[2] == name or t.rpartition(".")[2] == name), "")
        if not found or not self.bench.choose(found):
            raise InvalidInput([f"there is nothing called '{name}' to select"])
        self.say(f"{name} is selected.")

    def verb(self, line: str) -> None:
        """A line of the grammar."""
        self.say(str(self.bench.do(line)))

    def help(self) -> None:
        """What can be typed."""
        for line in HELP:
            self.say(line)


_KEYS: dict[str, Callable[[_Lines], None]] = {
    "": _Lines.on,
    "n": _Lines.on,
    "b": _Lines.back,
    "m": _Lines.matters,
    "s": _Lines.where,
    "?": _Lines.help,
}
