"""The report's own sections in HTML: static, readable without scripts, everything from AWS escaped."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from postpatch.report import words
from postpatch.report.chart import chart
from postpatch.report.clock import clock
from postpatch.report.compiled import CompiledTemplates
from postpatch.report.todo import todo
from postpatch.report.view.calls import calls
from postpatch.report.view.changes import changes, gone
from postpatch.report.view.checks import SIGNS, checks, controls
from postpatch.report.view.evidence import sides
from postpatch.report.view.head import causes, figures, left, tally, whence
from postpatch.report.view.hosts import hosts
from postpatch.report.view.judged import events, subject
from postpatch.report.view.listing import Space
from postpatch.report.view.new import new
from postpatch.report.view.overdue import overdue
from postpatch.report.view.packages import open_findings
from postpatch.report.view.remains import regraded, remains
from postpatch.report.view.window import window
from postpatch.verdict.run import Run

STYLESHEET = Path(__file__).with_name("verify.css")
_TEMPLATES = Path(__file__).with_name("templates")
# Bytes of HTML for lists of findings: 10,000 different remaining ones fit into the first, and the page stays under
# 4 MB. The rest of the first, and the second, is for findings that are new or gone.
_REMAINING, _OTHERS = 2_800_000, 400_000
# Ids of instances, hybrid nodes and maintenance windows, as botocore's shapes InstanceId and MaintenanceWindowId are.
_ID = re.compile(r"\b(?:i|mi|mw)-[0-9a-f]{8,17}\b")


def render_sections(run: Run) -> str:
    """Return the HTML fragment that reports the run, to go above pytest-html's table; `STYLESHEET` styles it."""
    times = clock(run.time_zone)
    found = _findings(run)
    return rendered(
        "report.html.jinja",
        run=run,
        headline=run.headline,
        absent=lambda what: words.not_collected(run, what),
        whence=whence(run),
        figures=figures(run, found["changes"]),
        tally=tally(run),
        todo=todo(run),
        open=open_findings(run),
        overdue=overdue(run),
        clock=times,
        subject=subject(run),
        events=events(run, times),
        hosts=hosts(run, times),
        window=window(run, run.window, times) if run.window else None,
        checks=checks(run),
        controls=controls(run),
        calls=calls(run.calls),
        sides=sides(run),
        suppression=run.suppression,
        **found,
    )


def _findings(run: Run) -> dict[str, Any]:
    if run.delta is None:
        return dict.fromkeys(("changes", "chart", "causes", "left", "remains", "regraded", "new", "gone"))
    changed = changes(run.delta)
    space = Space(_REMAINING)
    kinds = remains(run.remaining, space) if run.remaining else ()
    # If there is no room for all findings, new and hidden ones come before fixed ones.
    space = Space(space.left + _OTHERS)
    return {
        "changes": changed,
        "chart": chart(row for row in changed.severities if row.shown),
        "remains": kinds,
        "causes": causes(kinds),
        "left": left(run.delta),
        "regraded": regraded(run.delta, space),
        "new": new(run, run.delta, space),
        "gone": gone(run.delta, space),
    }


def rendered(template: str, folder: Path = _TEMPLATES, **values: Any) -> str:
    """Return a template of a folder with its values."""
    words.forget()
    return _templates(folder).get_template(template).render(**values)


@cache
def _templates(folder: Path) -> Environment:
    """Return what renders the templates of a folder: strict, and everything escaped."""
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=words.shown,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=CompiledTemplates(folder, (__file__, words.__file__)),
    )
    environment.filters |= {
        "number": words.number,
        "counted": words.counted,
        "shortened": words.shortened,
        "whole": whole,
    }
    environment.globals["signs"] = SIGNS
    return environment


def whole(text: str) -> Markup:
    """Return a text with each id kept on one line: browsers break lines after a hyphen."""
    escaped = str(escape(words.shown(text)))
    return Markup(_ID.sub(r'<span class="pp-whole">\g<0></span>', escaped))  # noqa: S704 - escaped above
