"""The simulated world: what a scenario says will happen, and the World that makes it happen."""

from workbench.scenario.commands import check_fault, sentence_of
from workbench.scenario.parts import Fault, Flaky, Late, Never, Outage, Scenario
from workbench.scenario.reading import (
    fault_from_data,
    fault_to_data,
    find_scenario,
    read_scenario,
    scenario_from_data,
    scenario_to_data,
)
from workbench.scenario.world import SimulatedWorld

__all__ = [
    "Fault",
    "Flaky",
    "Late",
    "Never",
    "Outage",
    "Scenario",
    "SimulatedWorld",
    "check_fault",
    "fault_from_data",
    "fault_to_data",
    "find_scenario",
    "read_scenario",
    "scenario_from_data",
    "scenario_to_data",
    "sentence_of",
]
