"""Plain Python for every verb of the grammar: `s.late("jfk@2013-01-03", "95m")` does what the line
`late jfk@2013-01-03 95m` does. There is one grammar, one refusal and one undo: each method makes its line."""

from workbench.twins.asking import Asking
from workbench.twins.base import TWINS, Doing, Twin
from workbench.twins.building import Building
from workbench.twins.data import OfData
from workbench.twins.moving import Moving
from workbench.twins.repairing import Repairing
from workbench.twins.spoiling import Spoiling
from workbench.twins.typed import Typed
from workbench.twins.world import OfTheWorld

__all__ = ["TWINS", "Doing", "Twin", "Twins"]


class Twins(Typed, Moving, Asking, OfTheWorld, Spoiling, Repairing, OfData, Building):
    """Every verb as a method. What moves or changes something answers the session itself, so that it chains and shows;
    what asks answers a value that prints. Each raises InvalidInput, and changes nothing, when it cannot be done."""
