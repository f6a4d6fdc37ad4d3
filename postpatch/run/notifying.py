"""Send a run's verdict where the policy says; whatever becomes of that, the verdict and the exit code stay."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, quote, urlsplit

from postpatch.aws.notices import import_findings, publish
from postpatch.errors import CouldNotCheck
from postpatch.evidence.calls import CALLS, count_calls
from postpatch.evidence.kept import keep
from postpatch.model import Delivery, Mode, Notice, Sending
from postpatch.policy import IssuePolicy, NotifyPolicy, WebhookPolicy
from postpatch.report.exports.asff import checks_as_findings, verdict_as_finding
from postpatch.report.notices import issue, notice_of, plain, slack, subject, teams
from postpatch.run.collection import Collection
from postpatch.run.https import post
from postpatch.run.members import awaits_findings
from postpatch.run.session import Session
from postpatch.text.credentials import note_credentials
from postpatch.text.legible import one_line
from postpatch.verdict.run import Run, Verdict

NOTICES = "notices.json"
_MESSAGES = {"slack": slack, "teams": teams}
_GITHUB_API = "2022-11-28"  # GitHub REST API, "API versions"


@dataclass(frozen=True)
class _Way:
    """One destination: its name, how to send there, whether it is in AWS, and whether a PASS is sent there too."""

    to: str
    send: Callable[[Notice], None]
    in_aws: bool
    passes: bool


def note_secrets(policy: NotifyPolicy | None) -> None:
    """Keep the secrets that a policy names out of everything that this process writes.

    Of an address these are the parts of its path and its query: its server is none.
    """
    for name in policy.secrets_from if policy else ():
        value = os.environ.get(name, "").strip()
        parts = urlsplit(value) if value.startswith("https://") and "[" not in value else None
        if parts:
            note_credentials(*parts.path.split("/"), *(one for _, one in parse_qsl(parts.query)))
        else:
            note_credentials(value)


def notified(run: Run, collection: Collection) -> Run:
    """Send the verdict of a run, store what became of it, and return the run with that and with all its calls."""
    settings = collection.session.settings
    policy = settings.policy.notify
    if settings.pack or policy is None or awaits_findings(collection.folder):
        return run
    notice = notice_of(run, policy.link or "")
    deliveries = tuple(_sent(way, notice, _withheld(way, run)) for way in _ways(run, policy, collection.session))
    try:
        keep(collection.folder / NOTICES, deliveries, tuple[Delivery, ...])
    except OSError:
        take_back(replace(run, notices=deliveries), collection)
        raise
    return replace(run, notices=deliveries, calls=count_calls(collection.folder / CALLS))


def take_back(run: Run, collection: Collection) -> tuple[str, ...]:
    """Say where a run's verdict was sent that its report could not be written; return what became of that."""
    policy = collection.session.settings.policy.notify
    reached = {one.to for one in run.notices if one.state is Sending.SENT}
    if policy is None or not reached:
        return ()
    notice = notice_of(run, policy.link or "")
    about = f"{notice.about}: the report could not be written, so disregard {notice.verdict}"
    void = replace(notice, verdict=Verdict.ERROR.value, about=about, counts=(), link="")
    ways = _ways(replace(run, checks=()), policy, collection.session)
    corrected = [_sent(way, void) for way in ways if way.to in reached]
    return tuple(
        f"a correction was sent to {one.to}"
        if one.state is Sending.SENT
        else one_line(f"{one.to} was sent {notice.verdict}, and no correction: {one.why}")
        for one in corrected
    )


def _sent(way: _Way, notice: Notice, withheld: str = "") -> Delivery:
    if withheld:
        return Delivery(way.to, Sending.WITHHELD, withheld)
    try:
        way.send(notice)
    except CouldNotCheck as error:
        return Delivery(way.to, Sending.FAILED, one_line(str(error)))
    except Exception as error:  # noqa: BLE001 - whatever it is, the verdict does not depend on it
        return Delivery(way.to, Sending.FAILED, type(error).__name__)
    return Delivery(way.to, Sending.SENT)


def _withheld(way: _Way, run: Run) -> str:
    """Return why this run is not to send its verdict there, or nothing."""
    if run.mode is Mode.RECORDED:
        return "a run on two files sends nothing"
    if run.interrupted:
        return "the run was interrupted"
    if run.simulated and not way.in_aws:
        return "a rehearsal sends nothing beyond the simulated AWS"
    if run.read_only and way.in_aws:
        return "with --read-only AWS is only read"
    return "" if way.passes or run.verdict is not Verdict.PASS else "the run passed"


def _ways(run: Run, policy: NotifyPolicy, session: Session) -> Iterator[_Way]:
    always = policy.when == "always"
    topic, webhook, issues, caller = policy.topic, policy.webhook, policy.issue, run.caller
    if topic:
        yield _Way(
            f"SNS topic {topic.rpartition(':')[2]}",
            lambda notice: publish(session.sending, topic, subject(notice), plain(notice)),
            in_aws=True,
            passes=always,
        )
    if policy.security_hub:
        checks = [*checks_as_findings(run)] if policy.security_hub == "checks" else []

        def to_hub(notice: Notice) -> None:
            if caller is None:
                raise CouldNotCheck("Security Hub takes no finding of an unknown account")
            import_findings(session.sending, [verdict_as_finding(run, caller, notice), *checks])

        yield _Way("Security Hub", to_hub, in_aws=True, passes=True)
    if webhook:
        name = f"webhook of {'Slack' if webhook.format == 'slack' else 'Microsoft Teams'}"
        yield _Way(name, lambda notice: _to_webhook(webhook, notice), in_aws=False, passes=always)
    if issues:
        name = f"issue in {issues.project} on {'GitHub' if issues.at == 'github' else 'GitLab'}"
        yield _Way(name, lambda notice: _to_issues(issues, notice), in_aws=False, passes=False)


def _to_webhook(policy: WebhookPolicy, notice: Notice) -> None:
    post(_secret(policy.address_from), _MESSAGES[policy.format](notice), {})


def _to_issues(policy: IssuePolicy, notice: Notice) -> None:
    token = _secret(policy.token_from)
    title, text = issue(notice)
    if policy.at == "github":
        headers = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": _GITHUB_API}
        address = f"{policy.server}/repos/{policy.project}/issues"
        post(address, {"title": title, "body": text}, headers | {"Authorization": f"Bearer {token}"})
    else:
        address = f"{policy.server}/projects/{quote(policy.project, safe='')}/issues"
        post(address, {"title": title, "description": text}, {"PRIVATE-TOKEN": token})


def _secret(name: str) -> str:
    value = os.environ.get(name, "").strip()
    if not value:
        raise CouldNotCheck(f"set the environment variable {name}, which the policy names")
    if not (value.isascii() and value.isprintable()):
        raise CouldNotCheck(f"the environment variable {name} holds more than one line of ASCII")
    return value
