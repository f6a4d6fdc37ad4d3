"""What a run was asked to do: every option resolved once, with where its value came from."""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from postpatch.errors import BadOptions, BadPolicy, did_you_mean
from postpatch.model import NO_CHANGE, Backend, Change, Engine, Mode, S3Folder
from postpatch.policy import Policy, load_policy
from postpatch.policy.role import RolesPolicy
from postpatch.report.formats import EXPORTS
from postpatch.run.addresses import findings_file, store_folder, wrong_endpoint
from postpatch.run.nodes_alone import not_for_nodes_alone
from postpatch.run.options import Options
from postpatch.run.roles import roles_to_assume
from postpatch.simulator import worlds

DEFAULT_WORLD = "workshop"
RECONSTRUCT = "reconstruct"  # as --baseline; a file of that name is ./reconstruct
_CLASSIC_WORLD = "workshop-classic"
_CLASSIC_ENDED = (
    "Inspector Classic ended on 2026-05-20 and no longer answers. Leave out --inspector classic to use Inspector v2 "
    "with a CIS scan, rehearse the tutorial with --aws simulated, or name a simulated AWS with --endpoint-url"
)


@dataclass(frozen=True)
class Settings:
    """The resolved options of a run that judges. `mode_from` says where the mode came from.

    `pack` is the folder of an earlier run that is judged again; nothing is looked at then. `reconstruct`: nobody took
    a baseline, it is put together from what AWS still tells of the time before the patch round. `taking_baseline`: the
    run takes one, and judges nothing else. `resume`: it continues the assessment of an earlier one. `roles` are assumed
    before AWS is asked anything. `findings` is the file of those that an administrator reads, if it does. `store` is
    where the sealed pack is put, if anywhere.
    """

    mode: Mode
    mode_from: str
    engine: Engine
    world: str
    endpoint_url: str
    policy: Policy
    policy_path: Path
    reports: Path
    baseline: Path | None
    after: Path | None
    read_only: bool
    allow_imminent: bool
    allow_partial: bool
    ci: bool
    pack: Path | None = None
    reconstruct: bool = False
    taking_baseline: bool = False
    resume: bool = False
    roles: RolesPolicy | None = None
    findings: Path | None = None
    store: S3Folder | None = None
    formats: tuple[str, ...] = ()
    change: Change = NO_CHANGE

    @property
    def backend(self) -> Backend:
        """Return what answers the run's calls."""
        return Backend(self.mode, self.world, self.endpoint_url)

    @property
    def stage(self) -> str:
        """Return what stands in for AWS: a world, an endpoint, or nothing."""
        return self.backend.stage

    @property
    def subject(self) -> str:
        """Return in words what is judged: the scope, or the two files, which are judged as they are."""
        if self.baseline and self.after:
            return f"{self.baseline.name} and {self.after.name}"
        return str(self.policy.scope.scope)

    @property
    def baseline_path(self) -> Path:
        """Return the baseline to read: the one named, or the one that `pytest -m baseline` writes."""
        return self.baseline or self.reports / "baseline.ndjson.gz"

    @property
    def remedy(self) -> str:
        """Return the command that makes a baseline for this mode."""
        classic = " --inspector classic" if self.engine is Engine.CLASSIC else ""
        endpoint = f" --endpoint-url {self.endpoint_url}" if self.endpoint_url else ""
        return f"pytest -m baseline --aws {self.mode.value}{classic}{endpoint}"

    @property
    def remedy_afterwards(self) -> str:
        """Return what to do for a baseline, for one who may have patched already."""
        other = "" if self.engine is Engine.CLASSIC else ", or have one put together with --baseline=reconstruct"
        return f"{self.remedy}, before patching; afterwards name one with --baseline=FILE{other}"


def resolve(options: Options) -> Settings:
    """Resolve the options; BadOptions lists every problem of a wrong combination, of the policy, or of a file."""
    problems: list[str] = []
    mode, mode_from = _mode(options, problems)
    reconstruct = options.baseline == RECONSTRUCT
    baseline, after = None if reconstruct else options.path(options.baseline), options.path(options.after)
    problems += _wrong_files(mode, baseline, after)
    policy = _policy(options.policy_path, problems)
    world = _world(options, mode, policy, problems)
    engine = _engine(options, policy, world)
    problems += wrong_endpoint(mode, options.endpoint_url)
    roles = roles_to_assume(options.path(options.roles), mode, problems)
    problems += _not_installed(mode)
    if reconstruct:
        problems += _not_to_be_reconstructed(options, mode, engine)
    if policy and policy.scope.nodes_alone:
        problems += not_for_nodes_alone(mode, engine, reconstruct=reconstruct)
    if mode is Mode.LIVE and engine is Engine.CLASSIC and not options.endpoint_url:
        problems.append(_CLASSIC_ENDED)
    if world and world in worlds() and engine is Engine.CLASSIC and worlds()[world].engine != "classic":
        problems.append(f"world {world} has no Inspector Classic; {_CLASSIC_WORLD} has")
    if options.plan and mode is Mode.RECORDED:
        problems.append("--plan says what is started and created in AWS: with --aws recorded that is nothing")
    problems += unknown_formats(options.formats)
    if options.resume:
        problems += _not_to_be_resumed(options, mode, engine)
    findings = findings_file(options.path(options.findings), mode, engine, options, problems)
    store = store_folder(options.store, mode, options.taking_baseline, problems)
    if problems or policy is None:
        raise BadOptions("\n".join(problems))
    return Settings(
        mode=mode,
        mode_from=mode_from,
        engine=engine,
        world=world,
        endpoint_url=options.endpoint_url,
        policy=policy,
        policy_path=options.policy_path,
        reports=options.reports_path,
        baseline=baseline,
        after=after,
        read_only=options.read_only,
        allow_imminent=options.allow_imminent,
        allow_partial=options.allow_partial,
        ci=options.ci,
        reconstruct=reconstruct,
        taking_baseline=options.taking_baseline,
        resume=options.resume,
        roles=roles,
        findings=findings,
        store=store,
        formats=options.formats,
        change=options.change,
    )


def unknown_formats(names: Iterable[str]) -> list[str]:
    """Return a sentence for each format that `--format` names and that does not exist."""
    known = ", ".join(EXPORTS)
    return [
        f"there is no format {name!r}: --format takes {known}.{did_you_mean(name, EXPORTS)}"
        for name in names
        if name not in EXPORTS
    ]


def _wrong_files(mode: Mode, baseline: Path | None, after: Path | None) -> list[str]:
    if mode is not Mode.RECORDED:
        return ["--after names an exported file: it goes with --aws recorded alone"] if after else []
    if not (baseline and after):
        return ["--aws recorded needs two exported files: --baseline FILE and --after FILE"]
    return [f"there is no file {path}" for path in (baseline, after) if not path.is_file()]


def _not_installed(mode: Mode) -> list[str]:
    if mode is not Mode.SIMULATED or all(find_spec(name) for name in ("moto", "flask", "flask_cors")):
        return []
    return ["install the simulated AWS with pip install 'postpatch[simulated]', or judge your account with --aws live"]


def _not_to_be_reconstructed(options: Options, mode: Mode, engine: Engine) -> list[str]:
    problems = []
    if mode is Mode.RECORDED:
        problems.append("--baseline reconstruct asks AWS: with --aws recorded the baseline is an exported file")
    if engine is Engine.CLASSIC:
        problems.append(
            "--baseline reconstruct is for Inspector v2: Classic keeps its runs, and the template's last completed one "
            "is the baseline when --baseline is left out"
        )
    if options.taking_baseline:
        problems.append("--baseline reconstruct is for -m verify: -m baseline takes one, before patching")
    return problems


def _not_to_be_resumed(options: Options, mode: Mode, engine: Engine) -> list[str]:
    problems = []
    if mode is not Mode.LIVE:
        problems.append(
            "--resume continues a run on AWS: it goes with --aws live alone, for a rehearsal ends with its run"
        )
    if engine is Engine.CLASSIC:
        problems.append("--resume is for Inspector v2: a run of Inspector Classic is its own baseline")
    if options.read_only:
        problems.append("--resume continues what a run started: with --read-only none starts anything, so verify again")
    if options.taking_baseline:
        problems.append("--resume is for -m verify: a baseline is taken at once")
    return problems


def _mode(options: Options, problems: list[str]) -> tuple[Mode, str]:
    if options.aws:
        return Mode(options.aws), "--aws"
    if options.world:
        return Mode.SIMULATED, "--world"
    if options.ini_aws:
        try:
            return Mode(options.ini_aws), "verify_aws in pytest.ini"
        except ValueError:
            problems.append(f"verify_aws in pytest.ini is {options.ini_aws!r}, must be one of {', '.join(Mode)}")
    elif options.ci:
        problems.append(
            "CI is set and nothing says what to judge: name --aws live, --aws recorded or --aws simulated, "
            "so that a gate is never green on a simulation by accident"
        )
    return Mode.SIMULATED, "the default"


def _world(options: Options, mode: Mode, policy: Policy | None, problems: list[str]) -> str:
    world = options.world
    if world and mode is not Mode.SIMULATED:
        problems.append(f"--world {world} is simulated and does not go with --aws {mode.value}")
    if mode is not Mode.SIMULATED:
        return ""
    wanted = options.inspector or (policy.inspector.engine if policy else Engine.V2)
    name = world or (_CLASSIC_WORLD if wanted == Engine.CLASSIC else DEFAULT_WORLD)
    if name not in worlds():
        problems.append(f"there is no world {name!r}.{did_you_mean(name, worlds())} There are {', '.join(worlds())}")
    return name


def _engine(options: Options, policy: Policy | None, world: str) -> Engine:
    """Return the engine: the one named, else the one that the world is made for, else the policy's."""
    if options.inspector:
        return Engine(options.inspector)
    if world and world in worlds():  # where there is none, they are not imported either
        return Engine.CLASSIC if worlds()[world].engine == "classic" else Engine.V2
    return policy.inspector.engine if policy else Engine.V2


def _policy(path: Path, problems: list[str]) -> Policy | None:
    try:
        return load_policy(path)
    except BadPolicy as error:
        problems.append(str(error))
    return None
