"""The report's own sections in HTML: static, readable without scripts, everything from AWS escaped."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from postpatch.report import words
from postpatch.report.chart import chart
from postpatch.report.view.changes import changes
from postpatch.report.view.checks import SIGNS, checks, wrong
from postpatch.report.view.hosts import hosts
from postpatch.report.view.judged import sides, subject, tally
from postpatch.report.view.remains import remains
from postpatch.report.view.window import compared, standing
from postpatch.verdict.run import Run

STYLESHEET = Path(__file__).with_name("verify.css")


def render_sections(run: Run) -> str:
    """Return the HTML fragment that tells the run, to stand above pytest-html's table; `STYLESHEET` dresses it."""
    changed = changes(run.delta) if run.delta else None
    template = _environment().get_template("report.html.jinja")
    return template.render(
        run=run,
        absent=lambda what: words.not_looked_at(run, what),
        tally=tally(run),
        wrong=wrong(run),
        subject=subject(run),
        sides=sides(run),
        changes=changed,
        chart=chart(changed.severities) if changed else None,
        remains=remains(run.delta, run.stories) if run.delta else None,
        hosts=hosts(run),
        standing=standing(run.window) if run.window else None,
        compared=compared(run),
        checks=checks(run),
    )


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "number": words.number,
        "counted": words.counted,
        "shortened": words.shortened,
    }
    environment.globals["signs"] = SIGNS
    return environment
