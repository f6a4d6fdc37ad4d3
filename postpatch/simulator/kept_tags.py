"""The tags of what the simulator keeps itself, by ARN: what a policy's conditions on resources look at."""

from collections.abc import Mapping

from .inspector2.cis_scans import CisScans
from .inspector2.suppression import Suppression
from .ssm.baselines import Baselines
from .ssm.windows.windows import Windows


class KeptTags:
    """The tags of windows, patch baselines, CIS scan configurations and filters.

    Targets and tasks of a window have none: no call tags them (API reference, AddTagsToResource, `ResourceType`).
    """

    def __init__(self, windows: Windows, baselines: Baselines, cis: CisScans, suppression: Suppression) -> None:
        self._windows, self._baselines, self._cis, self._suppression = windows, baselines, cis, suppression

    def of(self, arn: str) -> Mapping[str, str]:
        """Return the tags of the resource with an ARN; none for what is not there, or kept by moto."""
        kind, _, name = arn.rpartition(":")[2].partition("/")
        kept = (
            {
                "maintenancewindow": self._windows.all.get(name),
                "patchbaseline": self._baselines.all.get(name),
            }.get(kind)
            or self._cis.configurations.get(arn)
            or self._suppression.filters.get(arn)
        )
        return kept.tags if kept else {}
