"""Pipelines of other tools, read as text and told as pipeline files. Nothing in an imported file is ever run.

sources.bring(place)       a file, or text: what was found
found.Found                drafts of DAGs as data of a pipeline file, remarks beside them, notes with lines
writing.as_file(found)     the pipeline file: readable, guesses as comments, checked by reading it again
telling.told(found)        what was found, guessed and not understood, a sentence a line
saving.imported(...)       all of it, as the command does it
arrows.sketch(text)        a pipeline in a line of arrows
hints.hint(path)           is it a file that could be imported?
"""
