"""Tags on what inspector2 keeps for us: CIS scan configurations."""

from typing import Any

from ..wire.errors import AwsError
from ..wire.front import Operations
from ..wire.reading import Params
from .cis_scans import CisScans

TAG_QUOTA = 50


class TagOperations:
    """Answer what callers ask about tags, by ARN."""

    def __init__(self, cis: CisScans) -> None:
        self._cis = cis

    def operations(self) -> Operations:
        """Name the operations that this class answers."""
        return {"ListTagsForResource": self.list_tags, "TagResource": self.tag, "UntagResource": self.untag}

    def list_tags(self, params: Params) -> dict[str, Any]:
        """List the tags of a resource."""
        return {"tags": self._tags(params)}

    def tag(self, params: Params) -> dict[str, Any]:
        """Add or change tags."""
        tags = self._tags(params)
        if len(tags | params["tags"]) > TAG_QUOTA:
            raise AwsError("BadRequestException", f"A resource may have {TAG_QUOTA} tags")
        tags.update(params["tags"])
        return {}

    def untag(self, params: Params) -> dict[str, Any]:
        """Remove tags by key."""
        tags = self._tags(params)
        for key in params["tagKeys"]:
            tags.pop(key, None)
        return {}

    def _tags(self, params: Params) -> dict[str, str]:
        configuration = self._cis.configurations.get(params["resourceArn"])
        if configuration is None:
            raise AwsError("ResourceNotFoundException", f"There is no resource {params['resourceArn']}", status=404)
        return configuration.tags
