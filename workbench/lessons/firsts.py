"""Is it somebody's first start? Then the story opens. Remembered as a small file beside their history."""

from __future__ import annotations

from pathlib import Path


def first_time() -> bool:
    """True once for each person; from then on False. True again when it cannot be remembered: the story is easily
    left."""
    path = mark_path()
    if path.exists():
        return False
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("The story was shown. Remove this file, and it is shown at the next start.\n", encoding="utf-8")
    except OSError:
        pass
    return True


def mark_path() -> Path:
    """The file, in the person's data folder."""
    from platformdirs import user_data_path

    return user_data_path("orchestration-workbench", appauthor=False) / "story-was-shown"
