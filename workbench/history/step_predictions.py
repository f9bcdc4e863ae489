"""Step 6 of the schema, "predictions": what somebody said would happen, and what it was.

They belong to a recording, not to one of its futures: whoever predicts does not know in which one the answer comes.
"""

from __future__ import annotations

PREDICTIONS = [
    """
CREATE TABLE prediction (
    recording INTEGER NOT NULL REFERENCES recording (id),
    id INTEGER NOT NULL,
    asked_at TEXT NOT NULL,
    future TEXT NOT NULL,
    question TEXT NOT NULL,
    said ANY NOT NULL,
    was ANY,
    told_at TEXT,
    told_in TEXT,
    how TEXT NOT NULL,
    PRIMARY KEY (recording, id)
) STRICT, WITHOUT ROWID
""",
]
