"""The names of packages: in which schemes Patch Manager lists them, and which are kernels.

Sources: Systems Manager user guide, "Package name formats for approved and rejected patch lists"; kernel packages of
Red Hat ("kernel, kernel-rt, kernel-64k"), Oracle (kernel-uek), SUSE (kernel-default), Amazon Linux 2 and 2023 (kernel,
kernel6.1), of ELRepo and CentOS Plus (kernel-ml, -lt, -plus), and Debian's and Ubuntu's linux-image-ABI-FLAVOUR, whose
name changes with each update (`6.8.0-1021-aws`, `6.1.0-28-cloud-amd64`, and of Debian 13 `6.12.48+deb13-amd64`).
"""

import re

from postpatch.model import InstancePatch, Package

# The images and modules of kernels, which count only while they run; headers and tools count like any other package.
_KERNEL = re.compile(
    r"kernel(\d+\.\d+)?"
    r"(-(rt|16k|64k|uek|uek64k|default|azure|debug|lpae|PAE|preempt|zfcpdump|64kb|kvmsmall|ml|lt|plus))*"
    r"(-core|-modules[\w-]*|-base|-extra|-optional|-kvm|-container|-uki-virt)?"
)
_LINUX_IMAGE = re.compile(
    r"linux-(image|modules|modules-extra|image-unsigned)-\d+\.\d+\.\d+(\+[\w.+~]+)?(-\d[\w.]*)?-(?P<flavour>[\w-]+)"
)
# All packages that a kernel of Debian's or Ubuntu's is built into have its ABI in their names, as its headers have.
_WITH_ABI = re.compile(r"linux-[a-z][a-z0-9.-]*-\d+\.\d+\.\d+(\+[\w.+~]+)?(-\d[\w.]*)?(-[\w-]+)?")
# rpm's package managers keep some of these beside the newest one too: installonlypkgs of yum.conf(5) and dnf.conf(5).
_DEVEL = re.compile(r"kernel(\d+\.\d+)?(-[\w]+)?-devel")
_DEBIAN_IMAGE = re.compile(r"linux-(image|modules)(-unsigned)?-.+")
_WINDOWS = "microsoft windows"


def is_kernel(name: str) -> bool:
    """Return whether a package is one of the kernel family, of which a host may hold several and runs one."""
    return bool(_KERNEL.fullmatch(name) or _DEBIAN_IMAGE.fullmatch(name))


def kernel_family(name: str) -> str:
    """Return what the kernels that replace each other have in common: the flavour where the name holds the ABI."""
    match = _LINUX_IMAGE.fullmatch(name)
    return f"linux-{match[1]} {match['flavour']}" if match else name


def is_renamed(name: str) -> bool:
    """Return whether each update of a kernel, or of its headers, is a package of another name; the old one stays."""
    return _WITH_ABI.fullmatch(name) is not None


def stays_beside(name: str) -> bool:
    """Return whether an update of a package, which no kernel runs, is installed beside its older versions."""
    return _DEVEL.fullmatch(name) is not None


def is_windows(platform: str) -> bool:
    """Return whether Systems Manager's name of a system is one of Windows."""
    return platform.lower().startswith(_WINDOWS)


def same_package(package: Package, patch: InstancePatch) -> bool:
    """Return whether a row of Patch Manager's list is of the package, or of a kernel that replaces it."""
    return patch.name == package.name or (
        is_kernel(package.name) and kernel_family(patch.name) == kernel_family(package.name)
    )
