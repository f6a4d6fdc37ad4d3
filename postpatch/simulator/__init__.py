"""The embedded, simulated AWS: hosts, Inspector, Systems Manager, and moto for the rest.

It imports nothing of the rest of the project: an independent witness shares no types with what it is to convince.
Importing this package is cheap; moto and botocore are loaded when the first Simulator is made.
"""

from .deployment import Deployment, ImpossibleDeployment
from .fault import Fault, Mishap
from .listing import listing, overview
from .simulator import Simulator
from .world import World
from .worlds import UnknownWorld, worlds

__all__ = [
    "Deployment",
    "Fault",
    "ImpossibleDeployment",
    "Mishap",
    "Simulator",
    "UnknownWorld",
    "World",
    "listing",
    "overview",
    "worlds",
]
