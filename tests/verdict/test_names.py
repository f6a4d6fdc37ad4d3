"""Which packages are kernels, and which kernels replace each other."""

import pytest

from postpatch.verdict.causes.names import is_kernel, is_renamed, kernel_family, stays_beside


@pytest.mark.parametrize(
    "name",
    [
        *("kernel", "kernel-core", "kernel-modules-extra", "kernel-rt-core", "kernel-rt-kvm", "kernel-16k-core"),
        *("kernel-64k-modules-core", "kernel-uek", "kernel-uek-core", "kernel-uek64k", "kernel-uek-container"),
        *("kernel-default", "kernel-default-base", "kernel-default-extra", "kernel-default-optional"),
        *("kernel-kvmsmall", "kernel6.1", "kernel6.12-modules-extra", "kernel-ml", "kernel-lt-core", "kernel-plus"),
        *("kernel-uki-virt", "linux-image-6.8.0-1021-aws", "linux-image-unsigned-5.15.0-1071-aws"),
        *("linux-modules-extra-5.15.0-25-generic", "linux-image-6.1.0-28-cloud-amd64", "linux-image-aws"),
    ],
)
def test_a_kernel_is_one_in_every_family(name: str) -> None:
    """Images and modules count only while they run."""
    assert is_kernel(name)


@pytest.mark.parametrize(
    "name", ["kernel-headers", "kernel-tools", "kernel-devel", "kernel-srpm-macros", "linux-headers-5.15.0-25", "bash"]
)
def test_headers_and_tools_are_no_kernels(name: str) -> None:
    """They count like any other package."""
    assert not is_kernel(name)


def test_kernels_whose_names_hold_the_abi_replace_each_other() -> None:
    """Of one flavour and one kind, and no other."""
    old, new = "linux-modules-extra-5.15.0-25-generic", "linux-modules-extra-5.15.0-130-generic"
    assert kernel_family(old) == kernel_family(new)
    assert is_renamed(old)
    others = (f"linux-{name}" for name in ("modules-extra-5.15.0-130-aws", "modules-5.15.0-130-generic"))
    assert kernel_family(old) not in {kernel_family(name) for name in others}


@pytest.mark.parametrize(
    ("names", "family"),
    [
        (("linux-image-6.5.0-1024-aws", "linux-image-6.8.0-1010-aws"), "linux-image aws"),
        (("linux-image-6.8.0-1021-aws-64k", "linux-image-6.8.0-1024-aws-64k"), "linux-image aws-64k"),
        (("linux-image-6.1.0-28-cloud-amd64", "linux-image-6.1.0-31-cloud-amd64"), "linux-image cloud-amd64"),
        (("linux-image-6.12.41+deb13-amd64", "linux-image-6.12.48+deb13-amd64"), "linux-image amd64"),
        (("linux-image-6.12.48+deb13-cloud-arm64", "linux-image-6.12.57+deb13-cloud-arm64"), "linux-image cloud-arm64"),
        (("linux-image-6.1.0-0.deb11.28-amd64", "linux-image-6.1.0-0.deb11.31-amd64"), "linux-image amd64"),
    ],
)
def test_the_names_that_debian_and_ubuntu_give_their_kernels(names: tuple[str, str], family: str) -> None:
    """HWE and 64k kernels, those of the cloud, of Debian 13 and of backports: one family each."""
    assert {kernel_family(name) for name in names} == {family}
    assert all(is_kernel(name) and is_renamed(name) for name in names)


@pytest.mark.parametrize(
    "name", ["kernel", "kernel-default", "kernel6.1", "linux-image-aws", "linux-image-cloud-amd64"]
)
def test_other_kernels_keep_their_names(name: str) -> None:
    """Also the packages of Debian and Ubuntu that depend on the newest one."""
    assert not is_renamed(name)


@pytest.mark.parametrize(
    "name",
    [
        *("linux-headers-6.8.0-1021-aws", "linux-aws-headers-6.8.0-1021", "linux-tools-6.8.0-1021-aws"),
        *("linux-headers-6.1.0-28-common", "linux-headers-6.12.48+deb13-common", "linux-aws-6.8-headers-6.8.0-1021"),
    ],
)
def test_the_headers_of_a_kernel_carry_its_abi_too(name: str) -> None:
    """They are no kernels, and an old one stays as its kernel does."""
    assert is_renamed(name)
    assert not is_kernel(name)


@pytest.mark.parametrize("name", ["linux-libc-dev", "linux-kbuild-6.1", "linux-tools-common", "linux-firmware", "curl"])
def test_what_is_updated_in_place_is_not_renamed(name: str) -> None:
    """Packages without an ABI in their names keep them."""
    assert not is_renamed(name)


def test_development_files_of_rpm_kernels_stay_beside() -> None:
    """`installonlypkgs` keeps kernel-devel in several versions, and headers and tools in one."""
    assert all(map(stays_beside, ("kernel-devel", "kernel6.12-devel", "kernel-64k-devel", "kernel-default-devel")))
    assert not any(map(stays_beside, ("kernel", "kernel-headers", "kernel-tools-libs-devel", "openssl-devel")))
