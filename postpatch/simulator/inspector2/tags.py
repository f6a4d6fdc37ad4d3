"""The operations on tags of inspector2: those of CIS scan configurations and filters."""

from typing import Any

from ..kept_tags import KeptTags
from ..wire.errors import AwsError
from ..wire.front import Operations
from ..wire.reading import Params

TAG_QUOTA = 50


class TagOperations:
    """Answer what callers ask about tags, by ARN."""

    def __init__(self, kept: KeptTags) -> None:
        self._kept = kept

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
        arn = params["resourceArn"]
        tags = self._kept.find_by_arn(arn)
        if tags is None:
            raise AwsError("ResourceNotFoundException", f"There is no resource {arn}", status=404)
        return tags
