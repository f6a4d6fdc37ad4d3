"""As `workshop`, in an account in which Inspector covers container images and functions too."""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Build the workshop beside two container images and a function."""
    workshop.deploy(aws)
    repository = f"arn:aws:ecr:{aws.region}:{aws.account}:repository/web"
    aws.scanner.elsewhere = [
        ("AWS_ECR_CONTAINER_IMAGE", f"{repository}/sha256:{'a' * 64}"),
        ("AWS_ECR_CONTAINER_IMAGE", f"{repository}/sha256:{'b' * 64}"),
        ("AWS_LAMBDA_FUNCTION", f"arn:aws:lambda:{aws.region}:{aws.account}:function:orders:$LATEST"),
    ]


WORLD = World(
    name="beside-hosts",
    story="Inspector covers containers and functions too; they are counted and set aside.",
    red=frozenset(),
    deploy=deploy,
    remediate=workshop.install_patches,
)
