"""`[image]`: how the proven machine image is known, for a fleet whose hosts are replaced by hosts from a newer one."""

from collections.abc import Iterator
from typing import Annotated, Any

from postpatch.model import ImageSource
from postpatch.policy.section import Section, shaped

_SOURCES = ("ami", "ssm_parameter", "pipeline", "launch_template")
GROUP, LAUNCH_TEMPLATE, TAG = "group", "launch-template", "tag:"
# EC2 Auto Scaling and EC2 put these tags on the instances that they launch (their user guides).
_TAG_OF = {GROUP: "aws:autoscaling:groupName", LAUNCH_TEMPLATE: "aws:ec2launchtemplate:id"}
# Patterns: botocore's models of ec2, ssm and imagebuilder
_Ami = Annotated[str, shaped(r"ami-([0-9a-f]{8}|[0-9a-f]{17})", "the id of an image, such as ami-0123456789abcdef0")]
_Parameter = Annotated[
    str, shaped(r"[A-Za-z0-9_.:/-]{1,2048}", "the name or ARN of a parameter, such as /images/web/newest")
]
_Pipeline = Annotated[
    str,
    shaped(
        r"arn:aws[^:]*:imagebuilder:[^:]+:([0-9]{12}|aws):image-pipeline/[a-z0-9-_]+",
        "the ARN of a pipeline, such as arn:aws:imagebuilder:us-east-1:123456789012:image-pipeline/web",
    ),
]
_LaunchTemplate = Annotated[
    str,
    shaped(
        r"[A-Za-z0-9().\-/_]{3,128}(:([0-9]+|\$Default|\$Latest))?",
        "the name or id of a launch template, and perhaps a version: web, web:7 or web:$Latest",
    ),
]
_Role = Annotated[str, shaped(r"group|launch-template|tag:.{1,128}", "group, launch-template or tag: and a key")]


class ImagePolicy(Section):
    """Where the proven image is named, and what makes two hosts serve the same role.

    Exactly one of `ami`, `ssm_parameter` (which holds the AMI's id), `pipeline` (EC2 Image Builder's; its newest image
    counts) and `launch_template` (a name or id, with `:VERSION` for another version than the default). `role` says by
    which group, launch template or tag hosts replace each other.
    """

    ami: _Ami | None = None
    ssm_parameter: _Parameter | None = None
    pipeline: _Pipeline | None = None
    launch_template: _LaunchTemplate | None = None
    role: _Role = GROUP

    @property
    def source(self) -> ImageSource:
        """Return where the proven image is named."""
        ((kind, value),) = [(kind, value) for kind in _SOURCES if (value := getattr(self, kind))]
        return ImageSource(kind, value)

    @property
    def role_tag(self) -> str:
        """Return the key of the tag whose value is a host's role."""
        return _TAG_OF.get(self.role) or self.role.removeprefix(TAG)


def unfit_image(document: dict[str, Any]) -> Iterator[str]:
    """Yield a problem, with its key, for each way in which `[image]` does not fit the rest of a policy's file.

    `document` is what the file holds, valid or not.
    """
    image = document.get("image")
    if not isinstance(image, dict):
        return
    given = [kind for kind in _SOURCES if kind in image]
    if len(given) != 1:
        found = ", ".join(given) or "none"
        yield f"image: name exactly one of {', '.join(_SOURCES)} (found {found})"
    if _section(document, "scope").get("hosts_may_change") is not True:
        yield "image: needs hosts_may_change = true in [scope], for hosts from a new image are new hosts"
    if _section(document, "gate").get("count") == "all":
        yield 'image: leave out count = "all" in [gate], which compares host by host'
    if _section(document, "inspector").get("engine") == "classic":
        yield "image: goes with Inspector v2 alone, as runs of Inspector Classic do not have the tags of a host"


def _section(document: dict[str, Any], name: str) -> dict[str, Any]:
    found = document.get(name)
    return found if isinstance(found, dict) else {}
