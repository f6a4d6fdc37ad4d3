"""The step that reads CISA's Vulnrichment records, where the policy names them."""

from postpatch.evidence.vulnrichment import read_vulnrichment
from postpatch.model import Vulnrichment
from postpatch.run.collection import Collection
from postpatch.verdict.deadlines import with_deadlines


def vulnrichment(collection: Collection) -> Vulnrichment:
    """Return what CISA decided of the vulnerabilities that may have a deadline; nothing without such records.

    A path that is not whole is relative to the policy's folder.
    """
    settings = collection.session.settings
    deadline = settings.policy.deadline
    if deadline is None or deadline.vulnrichment is None:
        return Vulnrichment()
    names = (name for one in with_deadlines(collection.case.delta) for name in (one.vulnerability, *one.related))
    return read_vulnrichment(settings.policy_path.parent / deadline.vulnrichment, names)
