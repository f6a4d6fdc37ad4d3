"""A plugin for a run that somebody stops in the midst of the checks, where pytest fails to show the place."""


def pytest_runtest_teardown(item):
    """Stop after a certain check."""
    if item.name == "test_no_host_awaits_a_reboot":
        raise KeyboardInterrupt


def pytest_keyboard_interrupt():
    """Fail as pytest does where the stop came at an instruction without a line."""
    raise TypeError
