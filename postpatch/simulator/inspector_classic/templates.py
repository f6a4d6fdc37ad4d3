"""Assessment templates, and the tags that they alone may have."""

from collections.abc import Mapping
from typing import Any

from ..clock import Clock
from ..wire.front import Operations
from ..wire.reading import Params
from .arns import RULES_PACKAGE, TEMPLATE
from .errors import invalid_input, limit_exceeded
from .listing import Lists, check_range, describe, lasts_within, named_like
from .records import Records, Template
from .rules_packages import RulesPackage

TEMPLATE_QUOTA = 500  # Amazon Inspector service limits: assessment templates per account and Region


class TemplateOperations:
    """Answer what callers ask about assessment templates."""

    def __init__(self, records: Records, packages: Mapping[str, RulesPackage], clock: Clock, lists: Lists) -> None:
        self._records, self._packages, self._clock, self._lists = records, packages, clock, lists

    def operations(self) -> Operations:
        """Name the operations that this class answers."""
        return {
            "CreateAssessmentTemplate": self.create,
            "DeleteAssessmentTemplate": self.delete,
            "DescribeAssessmentTemplates": self.describe,
            "ListAssessmentTemplates": self.list,
            "ListTagsForResource": self.list_tags,
            "SetTagsForResource": self.set_tags,
        }

    def create(self, params: Params) -> dict[str, Any]:
        """Create a template of a target; its name is unique within the target."""
        records = self._records
        target = records.target(params["assessmentTargetArn"])
        packages = params["rulesPackageArns"]
        for arn in packages:
            records.find(RULES_PACKAGE, arn, self._packages)
        if len(set(packages)) < len(packages):
            raise invalid_input("INVALID_RULES_PACKAGE_ARN", "A rules package is named more than once")
        name = params["assessmentTemplateName"]
        if any(known.name == name and known.target is target for known in records.templates.values()):
            message = f"There is an assessment template {name} of this target already"
            raise invalid_input("ASSESSMENT_TEMPLATE_NAME_ALREADY_TAKEN", message)
        if len(records.templates) >= TEMPLATE_QUOTA:
            message = f"The limit of {TEMPLATE_QUOTA} assessment templates is reached"
            raise limit_exceeded("ASSESSMENT_TEMPLATE_LIMIT_EXCEEDED", message)
        template = Template(
            arn=records.arns.make("template", target.arn),
            name=name,
            target=target,
            duration=params["durationInSeconds"],
            rules_packages=tuple(packages),
            user_attributes={a["key"]: a.get("value", "") for a in params.get("userAttributesForFindings", [])},
            created_at=self._clock.now(),
        )
        records.templates[template.arn] = template
        return {"assessmentTemplateArn": template.arn}

    def delete(self, params: Params) -> dict[str, Any]:
        """Delete a template with its runs and findings, unless a run goes on."""
        self._records.delete(self._records.template(params["assessmentTemplateArn"]).arn)
        return {}

    def describe(self, params: Params) -> dict[str, Any]:
        """Describe up to ten templates, each with the count of its runs and the last of them."""
        records = self._records
        found, failed = describe(records.arns, TEMPLATE, params["assessmentTemplateArns"], records.templates)
        return {"assessmentTemplates": [self._row(template) for template in found], "failedItems": failed}

    def list(self, params: Params) -> dict[str, Any]:
        """List the ARNs of templates by target and filter."""
        wanted = params.get("filter", {})
        check_range(
            wanted.get("durationRange"), "minSeconds", "maxSeconds", "INVALID_ASSESSMENT_TEMPLATE_DURATION_RANGE"
        )
        targets = [self._records.target(arn).arn for arn in params.get("assessmentTargetArns", [])]

        def rows() -> list[str]:
            return [
                arn
                for arn, template in self._records.templates.items()
                if (not targets or template.target.arn in targets)
                and named_like(wanted.get("namePattern"), template.name)
                and lasts_within(wanted.get("durationRange"), template.duration)
                and set(wanted.get("rulesPackageArns", ())) <= set(template.rules_packages)
            ]

        found, token = self._lists.cut("ListAssessmentTemplates", params, rows)
        return {"assessmentTemplateArns": found, "nextToken": token}

    def list_tags(self, params: Params) -> dict[str, Any]:
        """List the tags of a template."""
        template = self._tagged(params["resourceArn"])
        return {"tags": [{"key": key, "value": value} for key, value in template.tags.items()]}

    def set_tags(self, params: Params) -> dict[str, Any]:
        """Set the tags of a template to these and no others; without any, all go."""
        template = self._tagged(params["resourceArn"])
        given = params.get("tags", [])
        keys = [tag["key"] for tag in given]
        if len(set(keys)) < len(keys) or any(key.lower().startswith("aws:") for key in keys):
            raise invalid_input("INVALID_TAG_KEY", "A tag key is used twice, or begins with the reserved aws:")
        template.tags = {tag["key"]: tag.get("value", "") for tag in given}
        return {}

    def _tagged(self, arn: str) -> Template:
        if self._records.arns.complaint(TEMPLATE, arn) == "INVALID_ARN":
            message = f"{arn} is not the ARN of an assessment template; nothing else of Inspector's has tags"
            raise invalid_input("INVALID_RESOURCE_ARN", message)
        return self._records.template(arn)

    def _row(self, template: Template) -> dict[str, Any]:
        runs = self._records.runs_of(template)
        return {
            "arn": template.arn,
            "name": template.name,
            "assessmentTargetArn": template.target.arn,
            "durationInSeconds": template.duration,
            "rulesPackageArns": list(template.rules_packages),
            "userAttributesForFindings": attributes(template.user_attributes),
            "lastAssessmentRunArn": runs[-1].arn if runs else None,
            "assessmentRunCount": len(runs),
            "createdAt": template.created_at,
        }


def attributes(given: Mapping[str, str]) -> list[dict[str, str | None]]:
    """Write attributes as the API does; one without a value has only its key."""
    return [{"key": key, "value": value or None} for key, value in given.items()]
