// AWS's SDK for JavaScript as a client of the simulated AWS: findings, coverage, windows, CIS scans, and what is refused.
// Run with the address of a served world; exits with 1 at the first thing that is not as AWS documents it.

import assert from "node:assert/strict";
import {
  Inspector2Client, CreateCisScanConfigurationCommand, DeleteCisScanConfigurationCommand, GetCisScanResultDetailsCommand,
  paginateListCisScanResultsAggregatedByTargetResource, paginateListCisScans, paginateListCoverage, paginateListFindings,
} from "@aws-sdk/client-inspector2";
import {
  SSMClient, CreateMaintenanceWindowCommand, DeleteMaintenanceWindowCommand, GetMaintenanceWindowCommand,
  ListTagsForResourceCommand, RegisterTargetWithMaintenanceWindowCommand, paginateDescribeInstanceInformation,
  paginateDescribeMaintenanceWindowTargets, paginateDescribeMaintenanceWindows,
} from "@aws-sdk/client-ssm";

const endpoint = process.argv[2];
const settings = {
  endpoint, region: "us-east-1", credentials: { accessKeyId: "SIMULATED", secretAccessKey: "simulated" },
};
const inspector = new Inspector2Client(settings);
const ssm = new SSMClient(settings);
const STACK = "aws:cloudformation:stack-name";
const FOUR_MINUTES = 240_000;

async function all(paginate, client, input, member, pageSize) {
  const rows = [];
  for await (const page of paginate({ client, pageSize }, input)) {
    assert.ok((page[member] ?? []).length <= pageSize);
    rows.push(...(page[member] ?? []));
  }
  return rows;
}

async function refusal(client, command) {
  try {
    await client.send(command);
  } catch (error) {
    return error;
  }
  assert.fail(`${command.constructor.name} was not refused`);
}

const active = { filterCriteria: { findingStatus: [{ comparison: "EQUALS", value: "ACTIVE" }] } };

async function findings() {
  const rows = await all(paginateListFindings, inspector, active, "findings", 20);
  const arns = new Set(rows.map((row) => row.findingArn));
  assert.equal(arns.size, rows.length, "each finding once");
  assert.ok(rows.every((row) => row.status === "ACTIVE" && row.firstObservedAt instanceof Date));
  return rows;
}

async function coverage(found) {
  const hosts = new Set(found.flatMap((row) => row.resources.map((resource) => resource.id)));
  const rows = await all(paginateListCoverage, inspector, {}, "coveredResources", 3);
  const covered = new Set(rows.map((row) => row.resourceId));
  assert.ok([...hosts].every((host) => covered.has(host)), "what has findings is covered");
  for (const host of covered) {
    const kinds = rows.filter((row) => row.resourceId === host).map((row) => row.scanType).sort();
    assert.deepEqual(kinds, ["NETWORK", "PACKAGE"]);
  }
  const nodes = await all(paginateDescribeInstanceInformation, ssm, {}, "InstanceInformationList", 5);
  assert.deepEqual(new Set(nodes.map((node) => node.InstanceId)), covered, "every host is managed");
}

async function windows() {
  const made = await ssm.send(new CreateMaintenanceWindowCommand({
    Name: "from-javascript", Schedule: "cron(0 0 3 ? * SUN *)", ScheduleTimezone: "Europe/Berlin", Duration: 3, Cutoff: 1,
    AllowUnassociatedTargets: false, Tags: [{ Key: "team", Value: "pww" }],
  }));
  const { WindowId } = made;
  const { WindowTargetId } = await ssm.send(new RegisterTargetWithMaintenanceWindowCommand({
    WindowId, ResourceType: "INSTANCE", Targets: [{ Key: `tag:${STACK}`, Values: ["pww"] }],
  }));
  const listed = await all(paginateDescribeMaintenanceWindows, ssm, {}, "WindowIdentities", 10);
  assert.deepEqual(listed.filter((one) => one.WindowId === WindowId).map((one) => one.Name), ["from-javascript"]);
  const targets = await all(paginateDescribeMaintenanceWindowTargets, ssm, { WindowId }, "Targets", 10);
  assert.deepEqual(targets.map((target) => target.WindowTargetId), [WindowTargetId]);
  const { TagList } = await ssm.send(new ListTagsForResourceCommand({
    ResourceType: "MaintenanceWindow", ResourceId: WindowId,
  }));
  assert.deepEqual(TagList, [{ Key: "team", Value: "pww" }]);
  await ssm.send(new DeleteMaintenanceWindowCommand({ WindowId }));
  const gone = await refusal(ssm, new GetMaintenanceWindowCommand({ WindowId }));
  assert.equal(gone.name, "DoesNotExistException");
}

async function cisScans() {
  const { scanConfigurationArn } = await inspector.send(new CreateCisScanConfigurationCommand({
    scanName: "from-javascript", securityLevel: "LEVEL_1", schedule: { oneTime: {} },
    targets: { accountIds: ["SELF"], targetResourceTags: { [STACK]: ["pww"] } },
  }));
  const mine = { filterCriteria: { scanConfigurationArnFilters: [{ comparison: "EQUALS", value: scanConfigurationArn }] } };
  let scan;
  for (let poll = 0; poll < 60 && scan?.status !== "COMPLETED"; poll += 1) {
    [scan] = await all(paginateListCisScans, inspector, mine, "scans", 10);
  }
  assert.equal(scan?.status, "COMPLETED");
  const { scanArn } = scan;
  const targets = await all(
    paginateListCisScanResultsAggregatedByTargetResource, inspector, { scanArn }, "targetResourceAggregations", 2,
  );
  assert.ok(targets.length > 0);
  for (const { targetResourceId, accountId, statusCounts } of targets) {
    const details = await inspector.send(new GetCisScanResultDetailsCommand({
      scanArn, targetResourceId, accountId, maxResults: 100,
    }));
    const failed = details.scanResultDetails.filter((check) => check.status === "FAILED");
    assert.equal(failed.length, statusCounts.failed);
  }
  await inspector.send(new DeleteCisScanConfigurationCommand({ scanConfigurationArn }));
}

async function aRefusedCallIsSentOnce() {
  const error = await refusal(ssm, new GetMaintenanceWindowCommand({ WindowId: "mw-0123456789abcdef0" }));
  const ahead = Date.parse(error.$response.headers.date) - Date.now();
  assert.ok(ahead > FOUR_MINUTES, `the simulated clock must be well ahead of this one; it is ${ahead} ms`);
  assert.equal(error.name, "DoesNotExistException");
  assert.equal(error.$metadata.attempts, 1);
}

const before = await findings();
assert.ok(before.length > 20, "more than one page");
await coverage(before);
await windows();
await cisScans();
const played = await fetch(`${endpoint}/_simulator/remediate`, { method: "POST" });
assert.equal(played.status, 200);
await aRefusedCallIsSentOnce();
const after = await findings();
assert.ok(after.length < before.length, "patching removed findings");
console.log("the SDK for JavaScript walked findings, coverage, windows and CIS scans");
