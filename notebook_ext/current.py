"""On which session the magics work: the one that was made or shown last, or that somebody chose."""

from __future__ import annotations

from typing import Any

from workbench import Draft, InvalidInput, Session

NONE_YET = (
    "There is no session yet. Make one: s = wb.sample(\"daily_flights\"), or %wb new flights schedule '0 6 * * *'"
)


class Current:
    """`name`: the variable in which it is, empty when it is in none."""

    def __init__(self, space: dict[str, Any]) -> None:
        self.space = space
        self.name = ""
        self._there: Session | Draft | None = None
        self._seen: dict[str, int] = {}

    @property
    def there(self) -> Session | Draft:
        """Raises InvalidInput when there is none."""
        self.look()
        if self._there is None:
            raise InvalidInput([NONE_YET])
        return self._there

    @property
    def session(self) -> Session | None:
        """The session, if there is one."""
        self.look()
        return self._there if isinstance(self._there, Session) else None

    @property
    def said(self) -> str:
        """Which it is, in a sentence."""
        self.look()
        if self._there is None:
            return NONE_YET
        if isinstance(self._there, Draft):
            return str(self._there)
        dags = ", ".join(self._there.current_workspace().dags)
        return f"You work on {self.name or 'the session shown last'}: {dags}, in future {self._there.branch.name}."

    @property
    def names(self) -> list[str]:
        """The variables that hold a session."""
        return [name for name, _ in self._named()]

    def look(self) -> None:
        """Take a session that was made, or assigned to a variable, since the last look."""
        seen = {name: id(one) for name, one in self._named()}
        for name, one in self._named():
            if self._seen.get(name) != id(one):
                self._there, self.name = one, name
        self._seen = seen

    def ran(self, shown: Any) -> None:
        """A cell has run, and this is what it shows."""
        self.look()
        if isinstance(shown, Session):
            self._there = shown
            self.name = next((name for name, one in self._named() if one is shown), "")

    def use(self, name: str) -> None:
        """Raises InvalidInput when there is no session of that name."""
        there = dict(self._named())
        if name not in there:
            known = ", ".join(there) or "none yet"
            told = f"{name} holds no session" if name else "Name a variable that holds a session"
            raise InvalidInput([f"{told}; there is: {known}"])
        self._there, self.name = there[name], name

    def take(self, name: str, one: Session | Draft) -> None:
        """Work on this one, and keep it in a variable."""
        self.space[name] = one
        self._there, self.name = one, name
        self._seen[name] = id(one)

    def _named(self) -> list[tuple[str, Session | Draft]]:
        pairs = [(name, one) for name, one in self.space.items() if not name.startswith("_")]
        return [(name, one) for name, one in pairs if isinstance(one, Session | Draft)]
