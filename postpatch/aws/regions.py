"""The regions of AWS, as far as botocore knows them."""

from collections.abc import Mapping
from functools import cache

from botocore.loaders import create_loader


@cache
def partitions() -> Mapping[str, str]:
    """Return the partition of each region; botocore's data, in which pseudo regions are left out (`aws-global`)."""
    known = create_loader().load_data("partitions")["partitions"]
    return {
        region: str(partition["id"])
        for partition in known
        for region in partition["regions"]
        if not region.endswith("-global")
    }
