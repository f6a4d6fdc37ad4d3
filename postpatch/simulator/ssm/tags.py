"""The operations on tags of ssm, for what the simulator keeps itself. Other resources are moto's."""

from typing import Any

from ..kept_tags import KeptTags
from ..wire.errors import AwsError, HandOn
from ..wire.front import Operations
from ..wire.reading import Params

TAG_QUOTA = 50


class TagOperations:
    """Answer what callers ask about tags, by type and id of the resource."""

    def __init__(self, kept: KeptTags) -> None:
        self._kept = kept

    def operations(self) -> Operations:
        """Name the operations that this class answers."""
        return {
            "AddTagsToResource": self.add,
            "RemoveTagsFromResource": self.remove,
            "ListTagsForResource": self.list_tags,
        }

    def add(self, params: Params) -> dict[str, Any]:
        """Add or change tags."""
        tags = self._tags(params)
        added = {tag["Key"]: tag["Value"] for tag in params["Tags"]}
        if any(key.lower().startswith("aws:") for key in added):
            raise AwsError("ValidationException", "aws: prefixed tag key names are not allowed for external use.")
        if len(tags | added) > TAG_QUOTA:
            raise AwsError("TooManyTagsError", f"A resource may have {TAG_QUOTA} tags")
        tags.update(added)
        return {}

    def remove(self, params: Params) -> dict[str, Any]:
        """Remove tags by key."""
        tags = self._tags(params)
        for key in params["TagKeys"]:
            tags.pop(key, None)
        return {}

    def list_tags(self, params: Params) -> dict[str, Any]:
        """List the tags of a resource."""
        return {"TagList": [{"Key": key, "Value": value} for key, value in self._tags(params).items()]}

    def _tags(self, params: Params) -> dict[str, str]:
        kind, wanted = params["ResourceType"], params["ResourceId"]
        if not self._kept.knows(kind):
            raise HandOn
        tags = self._kept.find(kind, wanted)
        if tags is None:
            raise AwsError("InvalidResourceId", f"The resource ID {wanted} is not valid")
        return tags
