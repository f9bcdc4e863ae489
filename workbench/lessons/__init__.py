"""Lessons: the story, later levels, drills and the course. They guide a bench; they hold no rule."""
