"""Machine images: the proven one, and when those that the hosts run were created."""

from dataclasses import dataclass

from postpatch.model.moment import Utc


@dataclass(frozen=True)
class ImageSource:
    """Where the proven image is named: `ami`, `ssm_parameter`, `pipeline` or `launch_template`, and which one."""

    kind: str
    value: str

    def __str__(self) -> str:
        kinds = {"ami": "AMI", "ssm_parameter": "SSM parameter", "pipeline": "Image Builder pipeline"}
        return f"{kinds.get(self.kind, self.kind.replace('_', ' '))} {self.value}"


@dataclass(frozen=True)
class Images:
    """The id of the `proven` image, and by id when it and those of the hosts in scope were `created`.

    That is EC2's CreationDate, of a copy that of the copy: newer says nothing about what an image holds.
    """

    proven: str
    created: dict[str, Utc]

    @property
    def proven_at(self) -> Utc:
        """Return when the proven image was created."""
        return self.created[self.proven]

    def is_older(self, image: str) -> bool:
        """Return whether an image was created before the proven one; one that is not known counts as older."""
        created = self.created.get(image)
        return image != self.proven and (created is None or created < self.proven_at)
