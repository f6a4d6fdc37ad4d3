from typing import Any

from postpatch.simulator import Simulator
from tests.simulator.asking import code_of, everything_baseline

AL2023 = "AMAZON_LINUX_2023"


def rule(**changes: Any) -> dict[str, Any]:
    """Make an approval rule."""
    group = {"PatchFilters": [{"Key": "CLASSIFICATION", "Values": ["Security"]}]}
    return {"PatchFilterGroup": group, "ApproveAfterDays": 7} | changes


def create(aws: Simulator, **changes: Any) -> str:
    """Create a baseline for Amazon Linux 2023."""
    given = {"Name": "mine", "OperatingSystem": AL2023, "ApprovalRules": {"PatchRules": [rule()]}} | changes
    return str(aws.client("ssm").create_patch_baseline(**given)["BaselineId"])


def test_the_predefined_baseline_is_the_default(standing: Simulator) -> None:
    """Before anybody chooses, AWS's own baseline holds: critical, important and bug fixes, after seven days."""
    ssm = standing.client("ssm")
    baseline = ssm.get_default_patch_baseline(OperatingSystem=AL2023)["BaselineId"]
    assert baseline == "arn:aws:ssm:us-east-1:075727635805:patchbaseline/pb-05c9c9bf778d4c4d0"
    told = ssm.get_patch_baseline(BaselineId=baseline)
    assert told["Name"] == "AWS-AmazonLinux2023DefaultPatchBaseline"
    rules = told["ApprovalRules"]["PatchRules"]
    filters = [{f["Key"]: f["Values"] for f in r["PatchFilterGroup"]["PatchFilters"]} for r in rules]
    assert filters[0]["SEVERITY"] == ["Critical", "Important"]
    assert filters[1]["CLASSIFICATION"] == ["Bugfix"]
    assert {r["ApproveAfterDays"] for r in rules} == {7}


def test_a_baseline_is_told_as_it_was_created(aws: Simulator) -> None:
    """What was given comes back, and what was not has AWS's defaults."""
    ssm, baseline = aws.client("ssm"), create(aws, RejectedPatches=["kernel*"], Description="ours")
    told = ssm.get_patch_baseline(BaselineId=baseline)
    defaults = {"ComplianceLevel": "UNSPECIFIED", "EnableNonSecurity": False}
    assert told["ApprovalRules"] == {"PatchRules": [defaults | rule()]}
    assert (told["RejectedPatches"], told["RejectedPatchesAction"]) == (["kernel*"], "ALLOW_AS_DEPENDENCY")
    assert (told["ApprovedPatches"], told["PatchGroups"], told["Description"]) == ([], [], "ours")


def test_the_default_changes_and_changes_back(aws: Simulator) -> None:
    """A custom baseline becomes the default and cannot be deleted while it is; AWS's own can be chosen again."""
    ssm, baseline = aws.client("ssm"), create(aws)
    before = ssm.get_default_patch_baseline(OperatingSystem=AL2023)["BaselineId"]
    ssm.register_default_patch_baseline(BaselineId=baseline)
    assert ssm.get_default_patch_baseline(OperatingSystem=AL2023)["BaselineId"] == baseline
    assert code_of(ssm.delete_patch_baseline, BaselineId=baseline) == "ResourceInUseException"
    ssm.register_default_patch_baseline(BaselineId=before)
    ssm.delete_patch_baseline(BaselineId=baseline)
    assert code_of(ssm.get_patch_baseline, BaselineId=baseline) == "DoesNotExistException"


def test_baselines_are_listed_by_owner_and_name(aws: Simulator) -> None:
    """DescribePatchBaselines filters by owner, name and system, and marks the defaults."""
    ssm, baseline = aws.client("ssm"), everything_baseline(aws)
    own = ssm.describe_patch_baselines(Filters=[{"Key": "OWNER", "Values": ["Self"]}])["BaselineIdentities"]
    assert [(row["BaselineId"], row["DefaultBaseline"]) for row in own] == [(baseline, True)]
    theirs = ssm.describe_patch_baselines(
        Filters=[{"Key": "OWNER", "Values": ["AWS"]}, {"Key": "OPERATING_SYSTEM", "Values": [AL2023]}]
    )["BaselineIdentities"]
    assert [row["DefaultBaseline"] for row in theirs] == [False]
    none = ssm.describe_patch_baselines(Filters=[{"Key": "NAME_PREFIX", "Values": ["x"]}])["BaselineIdentities"]
    assert none == []


def test_a_patch_group_has_one_baseline_a_system(aws: Simulator) -> None:
    """A group is registered once; then its baseline, and no longer the default, is the group's."""
    ssm, baseline = aws.client("ssm"), create(aws)
    ssm.register_patch_baseline_for_patch_group(BaselineId=baseline, PatchGroup="web")
    ask = {"PatchGroup": "web", "OperatingSystem": AL2023}
    assert ssm.get_patch_baseline_for_patch_group(**ask)["BaselineId"] == baseline
    again = ssm.register_patch_baseline_for_patch_group
    assert code_of(again, BaselineId=create(aws, Name="two"), PatchGroup="web") == "AlreadyExistsException"
    assert [m["PatchGroup"] for m in ssm.describe_patch_groups()["Mappings"]] == ["web"]
    assert code_of(ssm.delete_patch_baseline, BaselineId=baseline) == "ResourceInUseException"
    ssm.deregister_patch_baseline_for_patch_group(BaselineId=baseline, PatchGroup="web")
    assert ssm.get_patch_baseline_for_patch_group(**ask)["BaselineId"] != baseline


def test_updates_keep_or_replace(aws: Simulator) -> None:
    """An update changes what is given; with Replace it clears the rest."""
    ssm, baseline = aws.client("ssm"), create(aws, RejectedPatches=["vim*"])
    ssm.update_patch_baseline(BaselineId=baseline, Description="new")
    assert ssm.get_patch_baseline(BaselineId=baseline)["RejectedPatches"] == ["vim*"]
    ssm.update_patch_baseline(BaselineId=baseline, Name="mine", Replace=True)
    told = ssm.get_patch_baseline(BaselineId=baseline)
    assert (told["RejectedPatches"], told["ApprovalRules"]) == ([], {"PatchRules": []})


def test_what_is_wrong_is_refused(aws: Simulator) -> None:
    """Both or neither of days and date, AWS's own baselines, unknown ids: each has its error."""
    ssm = aws.client("ssm")
    both = {"PatchRules": [rule(ApproveUntilDate="2026-01-01")]}
    neither = {"PatchRules": [{"PatchFilterGroup": {"PatchFilters": []}}]}
    assert code_of(create, aws=aws, ApprovalRules=both) == "ValidationException"
    assert code_of(create, aws=aws, ApprovalRules=neither) == "ValidationException"
    predefined = ssm.get_default_patch_baseline(OperatingSystem=AL2023)["BaselineId"]
    assert code_of(ssm.update_patch_baseline, BaselineId=predefined, Description="x") == "ValidationException"
    assert code_of(ssm.register_default_patch_baseline, BaselineId="pb-00000000000000000") == "DoesNotExistException"


def test_a_client_token_makes_one_baseline(aws: Simulator) -> None:
    """The same token gives the same baseline; with other parameters it is refused."""
    assert create(aws, ClientToken="once") == create(aws, ClientToken="once")
    assert code_of(create, aws=aws, ClientToken="once", Name="other") == "IdempotentParameterMismatch"


def test_the_quota_of_baselines_holds(aws: Simulator) -> None:
    """The 51st baseline of an account is refused."""
    for number in range(50):
        create(aws, Name=f"mine-{number}")
    assert code_of(create, aws=aws) == "ResourceLimitExceededException"
