"""The typer application. Nothing heavy is imported here, and of the commands only the one that is called is built:
`--help` must be quick.

Modules with commands state their annotations as they are: typer would compile the text of each, and each twice.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from inspect import getdoc
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from icredit._version import __version__
from icredit.errors import ExitStatus

#: The commands in the order of the help; each is a module of this package.
COMMANDS = ("score", "rank", "rule", "template", "validate", "verify", "weights", "zones", "scheme")

#: Options of the program itself, which may stand behind the command as well, where people look for them.
EVERYWHERE = ("--config", "--log-file", "--log-format", "--lock-timeout")

EXIT_STATUSES = "\n".join(f"  {status.value:>3}  {status.meaning}" for status in ExitStatus)

#: What every command registers with. Typer builds all options of all commands of an application at once, which takes
#: half as long as loading typer itself; so the program that runs is another one, which has the same commands.
app = typer.Typer()


def _leave_alone_what_is_not_given(parameters: Iterable[Any]) -> None:
    """Let an option that nobody gave be None at once: typer would build a pydantic adapter for it, to find the same."""

    def quick(convert: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        return lambda ctx, value: convert(ctx, value) if value is not None else None

    for parameter in parameters:
        demands = parameter.required or parameter.callback is not None
        if not demands and parameter.nargs == 1 and not getattr(parameter, "multiple", False):
            parameter.process_value = quick(parameter.process_value)


class Command(TyperCommand):
    """A command that converts only the options that were given."""

    def __init__(self, *words: Any, **attributes: Any) -> None:
        super().__init__(*words, **attributes)
        _leave_alone_what_is_not_given(self.params)


class _Commands(Mapping[str, Any]):
    """The commands by name, each built when it is looked up."""

    def __getitem__(self, name: str) -> Any:
        if name not in COMMANDS:
            raise KeyError(name)
        group, callback = _registered(name)
        if group is None:
            group = typer.Typer(rich_markup_mode=None, add_completion=False)
            group.command(cls=Command)(callback)  # an application of one command is that command
        return typer.main.get_command(group)

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


def _registered(name: str) -> tuple[typer.Typer | None, Any]:
    """What the module of a command has registered: a group of commands, or the function of one."""
    import_module(f"icredit.cli.{name}")
    group = next((group.typer_instance for group in app.registered_groups if group.name == name), None)
    callbacks = {getattr(one.callback, "__name__", ""): one.callback for one in app.registered_commands}
    return group, callbacks.get(name)


def _listed(name: str) -> TyperCommand:
    """A command with nothing but its help."""
    group, callback = _registered(name)
    return TyperCommand(name, help=getdoc(callback) if group is None else str(group.info.help))


class Program(TyperGroup):
    """The group of all commands."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        _leave_alone_what_is_not_given(self.params)
        self.commands = _Commands()  # type: ignore[assignment]  # nobody adds to it

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """List the commands with the first sentence of their help."""
        TyperGroup(commands={name: _listed(name) for name in COMMANDS}).format_commands(ctx, formatter)


program = typer.Typer(
    cls=Program,
    name="icredit",
    help="创新积分：企业填报数据的校验、评分与排名。\n\nInnovation-credit scores and ranked lists from the spreadsheets of "
    "technology enterprises.",
    epilog="--config, --log-file, --log-format and --lock-timeout may stand behind the command as well.\n\n"
    "\b\nExit status:\n" + EXIT_STATUSES,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:  # noqa: FBT001  # typer passes the option's value
    if wanted:
        typer.echo(f"icredit {__version__}")
        raise typer.Exit


@program.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            metavar="FILE",
            help="Defaults of options. [default: $ICREDIT_CONFIG, ./icredit.toml, if there is one]",
            show_default=False,
        ),
    ] = None,
    log_file: Annotated[
        Path | None, typer.Option("--log-file", metavar="FILE", help="Add a record of the run to this log.")
    ] = None,
    log_format: Annotated[
        str | None,
        typer.Option(
            "--log-format",
            metavar="text|json",
            help="Lines of the log. [default: text]",
            show_default=False,
            autocompletion=lambda: ["text", "json"],
        ),
    ] = None,
    lock_timeout: Annotated[
        str | None,
        typer.Option(
            "--lock-timeout",
            metavar="SECONDS",
            help="Wait so long for another run that writes the same output. [default: 0]",
            show_default=False,
        ),
    ] = None,
) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        return
    from icredit.cli.settings import begin

    named = {"log_file": log_file, "log_format": log_format, "lock_timeout": lock_timeout}
    context.default_map = begin(config, {key: str(value) for key, value in named.items() if value is not None})
