"""The command line: verbs only. Each one parses, calls the workflow and turns the result into an exit code."""

from collections.abc import Callable
from functools import wraps
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harness import __version__
from harness.errors import HarnessError, UsageError

if TYPE_CHECKING:
    from harness.report.theme import Theme

app = typer.Typer(
    name="harness",
    help="Grades deep-learning coursework: trains students' Keras models in a sandbox, measures them, marks them"
    " against a rubric and writes report cards.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read, and nothing else.")]
Rubrics = Annotated[Path | None, typer.Option(help="Folder with one TASK.yaml per task; default: those shipped.")]
DataDir = Annotated[
    Path | None, typer.Option(help="Folder with data sets (mnist.npz, cifar10.npz); default: $HARNESS_DATA.")
]
Jobs = Annotated[int, typer.Option(help="Steps to run at once; 0: one per core.")]
Backend = Annotated[str, typer.Option(help="Keras backend: tensorflow, jax or torch.")]
Device = Annotated[str, typer.Option(help="auto, cpu or gpu.")]
TaskNames = Annotated[list[str] | None, typer.Option("--task", "-t", help="A task; may be given more than once.")]
MinIsolation = Annotated[
    str, typer.Option(metavar="LEVEL", help="Refuse below: bubblewrap, namespaces, landlock or seatbelt.")
]
Trust = Annotated[
    bool, typer.Option("--trust-submissions", help="Run them even where nothing walls them in; read them first.")
]
Work = Annotated[Path, typer.Argument(help="Your work as you hand it in: a folder, a .py file, a notebook or a .zip.")]
OwnSeeds = Annotated[
    str, typer.Option("--seeds", help="How many seeds, a list such as 3,5,8, or auto: as many as grading would take.")
]
Profile = Annotated[str, typer.Option(help="quick: offline, about a minute a task; full: the published size.")]
ThemeFolder = Annotated[
    Path | None,
    typer.Option("--theme", envvar="HARNESS_THEME", metavar="DIR", help="Folder with your own wording and looks."),
]
Reveal = Annotated[bool, typer.Option("--reveal", help="Show hidden criteria on the cards.")]


def reported(command: Callable[..., int | None]) -> Callable[..., None]:
    """Turn errors raised on purpose into one sentence and an exit code, and a returned int into that code."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            code = command(*args, **kwargs)
        except HarnessError as error:
            typer.echo(f"harness: {error}", err=True)
            raise typer.Exit(error.exit_code) from None
        except KeyboardInterrupt:
            typer.echo(
                "harness: interrupted; what was measured is kept, the same command goes on from there.",
                err=True,
            )
            raise typer.Exit(130) from None
        raise typer.Exit(code or 0)

    return run


@app.callback(invoke_without_command=True)
def root(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        typer.echo(__version__)
        raise typer.Exit


@app.command()
@reported
def tasks(
    name: Annotated[str | None, typer.Argument(help="Show this task's contract.")] = None, json: Json = False
) -> None:
    """List the tasks, or show what one of them asks of a student."""
    from harness import describe

    describe.show_task(name, as_json=json) if name else describe.show_tasks(as_json=json)


@app.command()
@reported
def new(
    tasks: Annotated[list[str] | None, typer.Argument(metavar="TASK...", help="One task or more.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every task there is.")] = False,
) -> None:
    """Start a task in this folder: write TASK.py to work in, and test_self_check.py for pytest."""
    from harness.selfcheck.starter import start

    if every == bool(tasks):
        raise UsageError("Expected the names of tasks or --all; `harness tasks` lists them.")
    for path in start(tasks or (), Path.cwd()):
        typer.echo(f"wrote {path.name}")
    typer.echo("Next: `harness check --contract` in seconds, `harness check` or `pytest` in about a minute a task.")


@app.command()
@reported
def check(
    path: Work = Path(),
    task: TaskNames = None,
    contract: Annotated[bool, typer.Option("--contract", help="Only what is checked before training.")] = False,
    profile: Profile = "quick",
    seeds: OwnSeeds = "1",
    report: Annotated[Path | None, typer.Option(metavar="FILE.html", help="Write the card there.")] = None,
    jobs: Jobs = 0,
    rubrics: Rubrics = None,
    data_dir: DataDir = None,
    backend: Backend = "tensorflow",
    device: Device = "auto",
    min_isolation: MinIsolation = "",
    theme: ThemeFolder = None,
    json: Json = False,
) -> int:
    """Check your own work as grading will: the contract first, then training and every criterion."""
    from harness import console
    from harness.selfcheck.run import check_report, run_check
    from harness.selfcheck.session import SelfCheck, options_for
    from harness.workflow.seeding import parse_seeds

    if contract and report:
        raise UsageError("Expected --contract or --report, received both; a card needs training.")
    check_report(report)
    options = options_for(
        path,
        tasks=task or (),
        profile=profile,
        seeds=parse_seeds(seeds),
        jobs=jobs,
        rubrics=rubrics,
        data_dir=data_dir,
        backend=backend,
        device=device,
        min_isolation=min_isolation,
        theme=themed(theme),
    )
    with SelfCheck(path, options) as own:
        return run_check(own, console.screen(), only_contract=contract, report=report, as_json=json)


@app.command()
@reported
def watch(
    path: Work = Path(),
    task: TaskNames = None,
    contract: Annotated[bool, typer.Option("--contract", help="Only what is checked before training.")] = False,
    profile: Profile = "quick",
    seeds: OwnSeeds = "1",
    report: Annotated[Path | None, typer.Option(metavar="FILE.html", help="Write the card there.")] = None,
    jobs: Jobs = 0,
    rubrics: Rubrics = None,
    data_dir: DataDir = None,
    theme: ThemeFolder = None,
) -> None:
    """Check your work now and after every save, the contract first, until Ctrl-C."""
    from harness.selfcheck.run import check_report
    from harness.selfcheck.session import options_for
    from harness.selfcheck.watch import watch as run
    from harness.workflow.seeding import parse_seeds

    check_report(report)
    options = options_for(
        path,
        tasks=task or (),
        profile=profile,
        seeds=parse_seeds(seeds),
        jobs=jobs,
        rubrics=rubrics,
        data_dir=data_dir,
        theme=themed(theme),
    )
    run(path, options, only_contract=contract, report=report)


@app.command()
@reported
def grade(
    submissions: Annotated[
        Path, typer.Argument(help="Folder with one folder, .py file, notebook or .zip per student.")
    ],
    task: TaskNames = None,
    profile: Annotated[
        str, typer.Option(help="quick: offline, about a minute a task; full: the published size.")
    ] = "quick",
    out: Annotated[Path, typer.Option(help="Result folder; measurements found there are used again.")] = Path(
        "results"
    ),
    jobs: Jobs = 0,
    seeds: Annotated[
        str,
        typer.Option(
            help="How many seeds, a list such as 3,5,8, or auto: as the rubric says, or one, and two more if in doubt."
        ),
    ] = "auto",
    rubrics: Rubrics = None,
    data_dir: DataDir = None,
    backend: Backend = "tensorflow",
    device: Device = "auto",
    min_isolation: MinIsolation = "",
    trust: Trust = False,
    reveal: Reveal = False,
    theme: ThemeFolder = None,
    json: Json = False,
) -> int:
    """Train, measure, mark and report every submission."""
    from harness import console
    from harness.report.files import results_json
    from harness.workflow.grade import grade as run
    from harness.workflow.measure import Options
    from harness.workflow.protection import Protection
    from harness.workflow.seeding import parse_seeds

    options = Options(
        out=out,
        tasks=task or (),
        profile=profile,
        seeds=parse_seeds(seeds),
        jobs=jobs,
        rubrics=rubrics,
        data_dir=data_dir,
        backend=backend,
        device=device,
        reveal=reveal,
        theme=themed(theme),
        protection=Protection(min_isolation, trust),
    )
    screen = console.screen(stderr=True)
    try:
        with console.live(screen, enabled=not json) as show:
            result = run(submissions, options, show)
    except KeyboardInterrupt:
        typer.echo(f"Class page so far: {out / 'index.html'}", err=True)
        raise
    return finish(result, out, json, results_json, console)


@app.command()
@reported
def regrade(
    out: Annotated[Path, typer.Argument(help="Result folder of an earlier `harness grade`.")],
    rubrics: Rubrics = None,
    diff: Annotated[
        bool, typer.Option("--diff", help="Only show who would move and why; write diff.csv and diff.html.")
    ] = False,
    reveal: Reveal = False,
    theme: ThemeFolder = None,
    json: Json = False,
) -> int:
    """Mark a graded class again, from what was measured; trains nothing."""
    if diff:
        return show_difference(out, rubrics, reveal, theme, json)
    from harness import console
    from harness.report.files import results_json
    from harness.workflow.grade import regrade as run

    return finish(run(out, rubrics, reveal=reveal, theme=themed(theme)), out, json, results_json, console)


def show_difference(out: Path, rubrics: Path | None, reveal: bool, theme: Path | None, json: bool) -> int:
    """Print who would move under other rubrics and return the exit code, as `diff` does: 0 nobody, 1 somebody."""
    from harness import console
    from harness.report.difference import summary
    from harness.workflow.preview import preview as run

    if reveal:
        raise UsageError("Expected --diff or --reveal, received both; --diff writes no cards, so run it on its own.")
    found = run(out, rubrics, theme=themed(theme))
    if json:
        typer.echo(found.model_dump_json())
    else:
        screen = console.screen()
        if found.moves:
            screen.print(console.difference_table(found))
        screen.print(summary(found), soft_wrap=True, highlight=False, markup=False)
        screen.print(f"Page: {out / 'diff.html'}", soft_wrap=True, highlight=False, markup=False)
    return 1 if found.moves else 0


@app.command()
@reported
def bundle(
    student: Annotated[str, typer.Argument(help="A student's name, or the name of the card without .html.")],
    graded: Annotated[Path, typer.Argument(metavar="DIR", help="Result folder of `harness grade`.")] = Path("results"),
    out: Annotated[Path | None, typer.Option(help="Zip to write; default: appeal-STUDENT.zip here.")] = None,
    theme: ThemeFolder = None,
    json: Json = False,
) -> None:
    """Pack what one student's mark rests on, for an appeal: source, seeds, versions, measures and commands."""
    import json as as_json

    from harness.workflow.bundle import bundle as run

    made = run(student, graded, out, theme=themed(theme))
    if json:
        typer.echo(as_json.dumps({"student": made.student, "bundle": str(made.path), "files": made.files}))
    else:
        typer.echo(f"{made.path}: {len(made.files)} files, for {made.student}")


@app.command()
@reported
def serve(
    graded: Annotated[Path, typer.Argument(metavar="DIR", help="Result folder of `harness grade`.")] = Path("results"),
    host: Annotated[str, typer.Option(help="Address to listen on; others than 127.0.0.1 let other machines in.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0: any free one.")] = 8000,
    grader: Annotated[str, typer.Option(help="Your name in the history; default: your login name.")] = "",
    published: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Folder for published cards; default: DIR/published.")
    ] = None,
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open the browser.")] = False,
    theme: ThemeFolder = None,
) -> None:
    """Open a graded class in the browser: read cards, mark by hand, override marks, publish."""
    from harness.serve.run import Options
    from harness.serve.run import serve as run

    options = Options(host, port, grader, not no_open, published, themed(theme))
    run(graded, options, typer.echo)


@app.command()
@reported
def publish(
    graded: Annotated[Path, typer.Argument(metavar="DIR", help="Result folder of `harness grade`.")] = Path("results"),
    out: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Folder to write; default: DIR/published.")] = None,
    reveal: Reveal = False,
    force: Annotated[bool, typer.Option("--force", help="Publish although marks are still open.")] = False,
    grader: Annotated[str, typer.Option(help="Your name in the history; default: your login name.")] = "",
    theme: ThemeFolder = None,
    json: Json = False,
) -> None:
    """Write a folder to hand out: one card per student, under names that cannot be guessed."""
    from harness.console import published
    from harness.workflow.graded_class import opened
    from harness.workflow.publish import login
    from harness.workflow.publish import publish as run

    with opened(graded, theme=themed(theme)) as found:
        made = run(found, out, grader=grader or login(), reveal=reveal, force=force)
    if json:
        typer.echo(dumps({"folder": str(made.folder), "list": str(made.listing), "files": dict(made.files)}))
        return
    for line in published(made):
        typer.echo(line)


def finish(result: Any, out: Path, json: bool, as_json: Callable[[Any], str], console: Any) -> int:
    """Print the outcome of a class and return the exit code: 0 all passed, 1 some did not, 3 a harness fault."""
    from harness.records.models import Status

    if json:
        typer.echo(as_json(result), nl=False)
    else:
        screen = console.screen()
        screen.print(console.class_table(result))
        for line in console.seeds_lines(result):
            screen.print(line, soft_wrap=True, highlight=False, markup=False)
        screen.print(f"Class page: {out / 'index.html'}", soft_wrap=True, highlight=False, markup=False)
    statuses = {console.student_status(s) for s in result.students}
    if Status.HARNESS_ERROR in statuses:
        return 3
    return 0 if statuses == {Status.PASSED} else 1


@app.command()
@reported
def baseline(
    file2: Annotated[Path | None, typer.Argument(metavar="FILE2", help="A second file for --compare.")] = None,
    task: TaskNames = None,
    profile: Annotated[str, typer.Option(help="quick or full; default: quick, and both for --table.")] = "",
    table: Annotated[bool, typer.Option("--table", help="Show references beside published figures.")] = False,
    compare: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Say whether this baseline and FILE2, or the shipped one, differ by more than seeds do.",
        ),
    ] = None,
    seeds: Annotated[str, typer.Option(help="How many seeds, or a list such as 3,5,8.")] = "10",
    out: Annotated[Path, typer.Option(help="Folder that keeps the measurements.")] = Path("results/baselines"),
    to: Annotated[Path | None, typer.Option(help="Folder for the baselines; default: beside the references.")] = None,
    jobs: Jobs = 0,
    data_dir: DataDir = None,
    backend: Backend = "tensorflow",
    device: Device = "auto",
    json: Json = False,
) -> int:
    """Train the reference models under several seeds and write down what they measure; or show what was."""
    from harness import baseline_table, console

    if file2 and not compare:
        raise UsageError(f"Expected a file without an option only after --compare FILE, received {str(file2)!r}.")
    if table and compare:
        raise UsageError("Expected --table or --compare, received both; ask for one of them.")
    if table:
        return baseline_table.show_table(task or (), profile, device, to, as_json=json)
    if compare:
        return baseline_table.show_comparison(compare, file2, device, to, as_json=json)
    from harness.workflow.baseline import measure_references
    from harness.workflow.measure import Options
    from harness.workflow.protection import Protection
    from harness.workflow.seeding import parse_seeds

    options = Options(
        out=out,
        tasks=task or (),
        profile=profile or "quick",
        seeds=parse_seeds(seeds),
        jobs=jobs,
        data_dir=data_dir,
        backend=backend,
        device=device,
        protection=Protection(trusted=True),  # references are the harness's own
    )
    with console.live(console.screen(stderr=True), enabled=not json) as show:
        written = [str(path) for path in measure_references(options, to, show)]
    typer.echo(dumps({"written": written}) if json else "\n".join(written))
    return 0


@app.command()
@reported
def calibrate(
    task: TaskNames = None,
    profile: Annotated[str, typer.Option(help="quick or full.")] = "quick",
    rubrics: Rubrics = None,
    baselines: Annotated[Path | None, typer.Option(help="Folder of baselines; default: those shipped.")] = None,
    write: Annotated[bool, typer.Option("--write", help="Change the rubrics; otherwise only show how.")] = False,
    json: Json = False,
) -> None:
    """Propose targets and floors from the baselines, and show how often each would be fair."""
    from harness.calibration_table import show_calibrations
    from harness.workflow.calibrate import calibrate as run

    show_calibrations(run(task or (), profile, rubrics, baselines, write=write), as_json=json)


@app.command()
@reported
def preflight(
    task: TaskNames = None,
    profile: Annotated[str, typer.Option(help="quick or full.")] = "quick",
    flawed: Annotated[
        Path | None, typer.Option(help="Folder with TASK/NAME.py, one mistake each; default: tests/flawed, if there.")
    ] = None,
    meant_only: Annotated[
        bool,
        typer.Option("--meant-only", help="Train flawed submissions only in what the criteria meant for them ask."),
    ] = False,
    out: Annotated[Path, typer.Option(help="Result folder; measurements found there are used again.")] = Path(
        "results/preflight"
    ),
    jobs: Jobs = 0,
    rubrics: Rubrics = None,
    data_dir: DataDir = None,
    backend: Backend = "tensorflow",
    device: Device = "auto",
    trust: Trust = False,
    theme: ThemeFolder = None,
    json: Json = False,
) -> int:
    """Say whether the rubrics tell the reference from the template and from known mistakes."""
    from harness import console
    from harness.preflight_table import show_separation
    from harness.workflow.measure import Options
    from harness.workflow.preflight import preflight as run
    from harness.workflow.protection import Protection

    options = Options(
        out=out,
        tasks=task or (),
        profile=profile,
        jobs=jobs,
        rubrics=rubrics,
        data_dir=data_dir,
        backend=backend,
        device=device,
        theme=themed(theme),
        protection=Protection(trusted=trust or flawed is None),  # what is shipped is the harness's own
    )
    with console.live(console.screen(stderr=True), enabled=not json) as show:
        found = run(options, flawed, show, meant_only=meant_only)
    return show_separation(found, out, as_json=json)


@app.command()
@reported
def doctor(data_dir: DataDir = None, json: Json = False) -> None:
    """Say what this machine can do: backend, GPU, isolation, data, versions."""
    from harness import describe

    describe.show_machine(data_dir, as_json=json)


@app.command()
@reported
def schema(
    out: Annotated[Path | None, typer.Option(help="File to write; default: standard output.")] = None,
) -> None:
    """Write the JSON Schema of rubrics, for editors and checks."""
    import json

    from harness.grading.rubric import rubric_schema

    text = json.dumps(rubric_schema(), indent=2) + "\n"
    if out is None:
        typer.echo(text, nl=False)
        return
    try:
        out.write_text(text)
    except OSError as error:
        raise UsageError(
            f"Expected --out to name a file that can be written, received {out}: {error.strerror}."
        ) from error


@app.command()
@reported
def theme(
    folder: Annotated[Path | None, typer.Argument(metavar="DIR", help="Theme to check.")] = None,
    preview: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write the pages of a made-up class there, to look at.")
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Write a theme to start from there.")] = None,
    templates: Annotated[
        bool, typer.Option("--templates", help="With --out: copy the built-in templates too.")
    ] = False,
) -> None:
    """Start a theme, or check and preview one: your own course name, logo, colours, sentences and templates."""
    if (folder is None) == (out is None):
        raise UsageError(
            "Expected the folder of a theme, or --out DIR for a new one; `harness theme --help` says more."
        )
    if out:
        from harness.report.theme_start import write_start

        for path in write_start(out, templates=templates):
            typer.echo(f"wrote {path}")
        return
    checked = themed(folder)
    if preview is None:
        typer.echo(f"{folder}: every page can be made with it")
        return
    from harness.report.rehearsal import write_preview

    typer.echo(f"Made-up class: {write_preview(checked, preview)}")


def themed(folder: Path | None) -> "Theme":
    """Return the theme in a folder, tried out on a made-up class; raises ThemeError before anything else runs."""
    from harness.report.rehearsal import rehearsed
    from harness.report.theme import load_theme

    return rehearsed(load_theme(folder))


def main() -> None:
    """Console script."""
    app(prog_name="harness")


if __name__ == "__main__":
    main()
