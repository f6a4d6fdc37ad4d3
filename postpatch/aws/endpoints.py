"""Whose server an endpoint is."""

from functools import cache
from urllib.parse import urlsplit

from botocore.loaders import create_loader


def is_aws(url: str) -> bool:
    """Return whether an endpoint is AWS's own; private VPC endpoints are."""
    host = urlsplit(url).hostname or ""
    return any(host.endswith(f".{suffix}") for suffix in _dns_suffixes())


@cache
def _dns_suffixes() -> frozenset[str]:
    # botocore knows the domain names of every partition of AWS; private VPC endpoints lie under them too.
    partitions = create_loader().load_data("partitions")["partitions"]
    return frozenset(
        outputs[name]
        for outputs in (partition["outputs"] for partition in partitions)
        for name in ("dnsSuffix", "dualStackDnsSuffix")
    )
