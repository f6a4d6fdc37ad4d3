"""The images that EC2 Image Builder's pipelines made, as far as ListImagePipelineImages tells of them.

Source: botocore's model of imagebuilder, ListImagePipelineImages and ImageSummary. A world says what a pipeline built;
recipes, components and builds themselves are not simulated.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..wire.errors import AwsError
from ..wire.front import Operations
from ..wire.pages import Pages
from ..wire.reading import Params

_A_PAGE = 25  # API reference of ListImagePipelineImages: the maximum


@dataclass(frozen=True)
class Build:
    """One build version of a pipeline's image; it has an AMI unless it failed."""

    status: str
    ended_at: datetime
    image_id: str = ""


class ImagePipelines:
    """Know the pipelines of an account with their builds."""

    def __init__(self, account: str, region: str) -> None:
        self.account, self.region = account, region
        self._builds: dict[str, list[Build]] = {}

    def arn(self, name: str) -> str:
        """Name a pipeline."""
        return f"arn:aws:imagebuilder:{self.region}:{self.account}:image-pipeline/{name}"

    def built(self, name: str, build: Build) -> None:
        """Take in what a pipeline built; the first build makes the pipeline known."""
        self._builds.setdefault(self.arn(name), []).append(build)

    def builds(self, arn: str) -> list[Build] | None:
        """List a pipeline's builds, oldest first; nothing where there is no such pipeline."""
        return self._builds.get(arn)


class ImageBuilderOperations:
    """Answer what callers ask about pipelines."""

    def __init__(self, pipelines: ImagePipelines, pages: Pages) -> None:
        self._pipelines, self._pages = pipelines, pages

    def operations(self) -> Operations:
        """Name the operation that this class answers."""
        return {"ListImagePipelineImages": self.list_images}

    def list_images(self, params: Params) -> dict[str, Any]:
        """List the images that a pipeline made, failed ones too."""
        arn = params["imagePipelineArn"]
        builds = self._pipelines.builds(arn)
        if builds is None:
            raise AwsError("ResourceNotFoundException", f"The resource {arn} does not exist.", status=404)
        rows = [self._summary(arn.rpartition("/")[2], number, build) for number, build in enumerate(builds, start=1)]
        page, token = self._pages.cut(
            "ListImagePipelineImages", params, lambda: rows, default=_A_PAGE, refuse=_bad_token
        )
        return {"imageSummaryList": page, "nextToken": token}

    def _summary(self, name: str, number: int, build: Build) -> dict[str, Any]:
        region, account = self._pipelines.region, self._pipelines.account
        amis = [{"region": region, "image": build.image_id, "name": name, "accountId": account}]
        return {
            "arn": f"arn:aws:imagebuilder:{region}:{account}:image/{name}/1.0.0/{number}",
            "name": name,
            "type": "AMI",
            "version": f"1.0.0/{number}",
            "platform": "Linux",
            "state": {"status": build.status},
            "owner": account,
            "dateCreated": build.ended_at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "outputResources": {"amis": amis if build.image_id else []},
            "buildType": "SCHEDULED",
        }


def _bad_token(message: str) -> AwsError:
    return AwsError("InvalidPaginationTokenException", message)
