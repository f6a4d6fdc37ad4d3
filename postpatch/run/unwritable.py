"""What to do where a run cannot write: the disk is full, the folder is gone or read-only, another run holds it."""

import errno

from filelock import Timeout

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
_GONE = {errno.ENOENT, errno.ENOTDIR, errno.EEXIST, errno.EISDIR, errno.ESTALE}


def what_to_do(error: OSError) -> str:
    """Return the next step for an error of the system, as the beginning of a sentence."""
    if isinstance(error, Timeout):
        return "Run again when no other run publishes there, or name another folder with --reports DIR"
    if error.errno in _FULL:
        return "Free space on the disk, or name a folder on another one with --reports DIR, and run again"
    if error.errno in _FORBIDDEN:
        return "Allow this user to write there, or name another folder with --reports DIR, and run again"
    if error.errno in _GONE:
        return "Leave the folder of the reports alone while a run writes there, and run again"
    return "Correct the cause and run again"
