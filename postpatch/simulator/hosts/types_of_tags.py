"""The types of resources by which EC2 lists tags (botocore: ec2, shape ResourceType), where moto has others or none."""


class _Types(dict[str, str]):
    """The type of a resource by the prefix of its id; nothing for a prefix that moto does not know."""

    def __missing__(self, prefix: str) -> str:
        return ""


def name_types_as_ec2_does() -> None:
    """Have moto's DescribeTags filter by type whatever is tagged, and call an Elastic IP `elastic-ip`."""
    from moto.ec2.models import tags
    from moto.ec2.utils import EC2_PREFIX_TO_RESOURCE

    vars(tags)["EC2_PREFIX_TO_RESOURCE"] = _Types(EC2_PREFIX_TO_RESOURCE | {"eipalloc": "elastic-ip"})
