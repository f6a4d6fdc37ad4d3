"""Scripts that Run Command runs on hosts; here they can do one thing, which is to start the Inspector VM Scanner.

Source: Systems Manager user guide, "Running commands using a specific document" (AWS-RunShellScript for Linux and
macOS, AWS-RunPowerShellScript for Windows); Inspector user guide, "Manual installation and configuration" (where the
VM Scanner is installed and how it is run) and "Advanced configuration" (the names of its unit and its task).
"""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from ..clock import Clock
from ..hosts.host import Host
from .patching import Outcome, Running

_TAKES = timedelta(seconds=20)
_SHELL, _POWERSHELL = "AWS-RunShellScript", "AWS-RunPowerShellScript"
_ARGUMENTS = "sbom --send-results telemetry"
# Each script that starts the scanner, and what comes of it where there is none.
_UNIT_NOT_FOUND = (5, "Failed to start inspector-vm-scanner.service: Unit inspector-vm-scanner.service not found.")
_FILE_NOT_FOUND = (127, "/opt/aws/inspector/bin/inspector-vm-scanner: No such file or directory")
_TASK_NOT_FOUND = (1, "Start-ScheduledTask : The system cannot find the file specified.")
_STARTS: Mapping[str, Mapping[str, tuple[int, str]]] = {
    _SHELL: {
        "systemctl start inspector-vm-scanner": _UNIT_NOT_FOUND,
        f"/opt/aws/inspector/bin/inspector-vm-scanner {_ARGUMENTS}": _FILE_NOT_FOUND,
    },
    _POWERSHELL: {'Start-ScheduledTask -TaskName "Inspector VM Scanner" -ErrorAction Stop': _TASK_NOT_FOUND},
}


@dataclass(frozen=True)
class ScriptDocument:
    """A document that runs a script, and the name of its step."""

    name: str
    step: str


@dataclass(frozen=True)
class Script:
    """A script to be run."""

    document: ScriptDocument
    text: str

    def step(self, kind: str) -> str:  # noqa: ARG002 - as of the documents that patch
        """Name the step that runs on a host of any kind."""
        return self.document.step


_DOCUMENTS = {
    _SHELL: ScriptDocument(_SHELL, "aws:runShellScript"),
    _POWERSHELL: ScriptDocument(_POWERSHELL, "aws:runPowerShellScript"),
}


def read_script(name: str, parameters: Mapping[str, list[str]]) -> Script | None:
    """Read a script that a caller orders; None for any other than those that start the VM Scanner."""
    script = "\n".join(parameters.get("commands", []))
    return Script(_DOCUMENTS[name], script) if script in _STARTS.get(name, {}) else None


class Scripts:
    """Run scripts on hosts; `start_scanner` starts a host's VM Scanner and says whether it has one."""

    def __init__(self, clock: Clock, start_scanner: Callable[[Host], bool]) -> None:
        self._clock, self._start_scanner = clock, start_scanner

    def start(self, host: Host, script: Script, done: Callable[[Outcome], None]) -> Running:
        """Start a script on one host now."""
        return Running(self._steps(host, script), self._clock, done)

    def _steps(self, host: Host, script: Script) -> Generator[timedelta, None, Outcome]:
        yield _TAKES
        if host.windows != (script.document.name == _POWERSHELL):
            skipped = f"Step execution skipped due to incompatible platform. Step name: {script.document.step}"
            return Outcome("Success", "Success", 0, skipped)
        if self._start_scanner(host):
            return Outcome("Success", "Success", 0)
        code, error = _STARTS[script.document.name][script.text]
        return Outcome("Failed", "Failed", code, error=error)
