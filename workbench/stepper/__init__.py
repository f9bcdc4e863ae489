"""The bench as a film of pictures: what a notebook and a page draw. Made from the same panes as the terminal's.

scene_of(bench)   -> Scene: markup by slot, of one instant
Reel(bench)       -> the instants of a future that have been made, and the scene at each
spots_of(reel)    -> where one can stand, as data
strip_of(frames)  -> Strip: frames as changes, for a browser that only puts markup into slots
packed(strip)     -> the same with its texts as changes, to be sent
point, typed, ahead: what a person does with a picture; each answers what to tell them
"""

from workbench.stepper.film import Frame, Strip, frames_of, strip_of
from workbench.stepper.packing import packed, unpacked
from workbench.stepper.page import GENERATOR, page_of
from workbench.stepper.pointing import Told, ahead, point, refused, typed
from workbench.stepper.reel import Place, Reel
from workbench.stepper.scene import Scene, parting_html, scene_of
from workbench.stepper.small_multiples import Multiples, multiples
from workbench.stepper.spots import spots_of
from workbench.stepper.still import still_html, still_svg, still_text
from workbench.stepper.still import style as stepper_style

__all__ = [
    "GENERATOR",
    "Frame",
    "Multiples",
    "Place",
    "Reel",
    "Scene",
    "Strip",
    "Told",
    "ahead",
    "frames_of",
    "multiples",
    "packed",
    "page_of",
    "parting_html",
    "point",
    "refused",
    "scene_of",
    "spots_of",
    "stepper_style",
    "still_html",
    "still_svg",
    "still_text",
    "strip_of",
    "typed",
    "unpacked",
]
