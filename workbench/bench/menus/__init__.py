"""Menus: what goes wrong, what can be changed, what helps, by what is selected; and the command line.

fault_menu(bench), edit_menu(bench), repair_menu(bench) -> Menu; an item is taken by doing its line. First stands what
                                                           the why pane offers with the menu's key
outlook(bench, line)                                    -> what a line would change, or why it is refused
menu_sheet(...)                                         -> a menu as rows
Typing(bench)                                           -> offers, help, outlook and answers of the command line
"""

from workbench.bench.menus.edits import edit_menu
from workbench.bench.menus.faults import fault_menu
from workbench.bench.menus.menu import Active, Blank, Item, Menu
from workbench.bench.menus.possible import Outlook, outlook, outlook_of
from workbench.bench.menus.repairs import PLANNER, repair_menu
from workbench.bench.menus.sheet import MenuPlace, menu_sheet
from workbench.bench.menus.typing import Offer, Said, Typing, said_of

__all__ = [
    "PLANNER",
    "Active",
    "Blank",
    "Item",
    "Menu",
    "MenuPlace",
    "Offer",
    "Outlook",
    "Said",
    "Typing",
    "edit_menu",
    "fault_menu",
    "menu_sheet",
    "outlook",
    "outlook_of",
    "repair_menu",
    "said_of",
]
