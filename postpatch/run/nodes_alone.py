"""Which options need findings, and so do not go with `[scope] hybrid = "only"`."""

from collections.abc import Iterator

from postpatch.model import Engine, Mode


def not_for_nodes_alone(mode: Mode, engine: Engine, *, reconstruct: bool) -> Iterator[str]:
    """Yield a sentence for each option of a run on hybrid nodes alone that asks for findings."""
    why = 'the policy has [scope] hybrid = "only", and Inspector has no findings of hybrid nodes'
    if mode is Mode.RECORDED:
        yield f"--aws recorded compares two files of findings: {why}"
    if engine is Engine.CLASSIC:
        yield f"--inspector classic compares its own runs: {why}"
    if reconstruct:
        yield f"--baseline reconstruct puts findings together: {why}, so take a baseline before patching"
