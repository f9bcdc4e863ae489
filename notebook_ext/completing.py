"""Tab in a line of the magics: the words of the grammar that may come next."""

from __future__ import annotations

import re
from typing import Any

from IPython.core.completer import CompletionContext, SimpleCompletion, context_matcher

from notebook_ext.current import Current
from workbench import cell_offers, complete

_LINE = re.compile(r"\s*(?P<magic>%wb|%%task|%task)\s(?P<rest>.*)", re.DOTALL)


class Matcher:
    """Words for `%wb`, from the grammar, and for the first line of `%%task`. `own`: words of `%wb` beside the verbs."""

    def __init__(self, current: Current, own: tuple[str, ...]) -> None:
        self.current, self.own = current, own

    def matcher(self) -> Any:
        """As IPython wants it: where it has something to say, nothing of Python can stand."""

        @context_matcher(identifier="workbench")  # type: ignore[untyped-decorator]
        def workbench_words(context: CompletionContext) -> Any:
            return self.matched(context)

        return workbench_words

    def matched(self, context: CompletionContext) -> dict[str, Any]:
        """The completions of the word at the cursor, as IPython wants them: it takes a part of a word for a whole one
        where there is an @ or a colon before it."""
        found = _LINE.fullmatch(context.text_until_cursor)
        if found is None or (found["magic"] == "%%task" and context.cursor_line > 0):
            return {"completions": [], "suppress": False}
        rest = found["rest"]
        last = re.split(r"\s", rest)[-1]
        skip = max(len(last) - len(context.token), 0)
        words = [SimpleCompletion(word[skip:], type="keyword") for word in self.words(found["magic"], rest)]
        return {"completions": words, "suppress": True, "ordered": True}

    def words(self, magic: str, rest: str) -> list[str]:
        """The words that may stand where the last one is."""
        session = self.current.session
        if magic != "%wb":
            return cell_offers(rest, session)
        first, _, more = rest.partition(" ")
        own = [word for word in self.own if word.startswith(rest) and word != rest]
        if first == "use" and " " in rest:
            return [name for name in self.current.names if name.startswith(more)]
        return [*(complete(rest, session) if session is not None else []), *own]
