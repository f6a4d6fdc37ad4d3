"""What Inspector covers beside hosts, counted through the suite's own connection."""

from postpatch.aws.set_aside import other_resources
from postpatch.model import MOST_SET_ASIDE

ACCOUNT = "123456789012"
FUNCTION = ("AWS_LAMBDA_FUNCTION", f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:orders:$LATEST")


def image(number):
    """Return a container image."""
    return "AWS_ECR_CONTAINER_IMAGE", f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/web/sha256:{number:064x}"


def test_what_is_no_host_is_counted_by_type(aws, connection):
    """Hosts are left out, and so is what belongs to another account."""
    assert other_resources(connection, ACCOUNT) == ()
    aws.scanner.elsewhere = [FUNCTION, image(1), image(2)]
    assert other_resources(connection, ACCOUNT) == (("AWS_ECR_CONTAINER_IMAGE", 2), ("AWS_LAMBDA_FUNCTION", 1))
    assert other_resources(connection, "999999999999") == ()


def test_counting_ends_at_its_limit(aws, connection):
    """An account with many images costs a few pages, and the count is a lower bound."""
    aws.scanner.elsewhere = [image(number) for number in range(3 * MOST_SET_ASIDE)]
    ((_, number),) = other_resources(connection, ACCOUNT)
    assert MOST_SET_ASIDE <= number < MOST_SET_ASIDE + 200
