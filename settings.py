"""Settings of the server, its workers and the command line: typed, from the environment.

``settings().limit_store`` is what ``VITRINE_LIMIT_STORE`` says at this moment. ``python -m settings`` prints
the table of docs/deploy.md.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field, Strict, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from engine.errors import SettingError
from engine.phrase import Phrase

if TYPE_CHECKING:
    from pydantic import ValidationInfo, ValidatorFunctionWrapHandler

PREFIX = "VITRINE_"
MEGABYTE = 2**20
ROOT = Path(__file__).resolve().parent
FORGIVEN = frozenset({"background", "log", "metrics", "private", "trust_addresses"})
"""A wrong value of these is a warning in the log and their default holds; of others it is refused where it is
needed.
"""


def _on_off(text: object) -> object:
    return {"on": True, "off": False}.get(text.strip().lower(), text) if isinstance(text, str) else text


def _split(text: object) -> object:
    parts = text.split(",") if isinstance(text, str) else ()
    return tuple(part.strip().lower() for part in parts if part.strip())


OnOff = Annotated[bool, Strict(), BeforeValidator(_on_off), Phrase("on or off")]


def _names(text: object) -> object:
    parts = text.split(",") if isinstance(text, str) else ()
    return frozenset(part.strip() for part in parts if part.strip())


Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
Names = Annotated[frozenset[str], NoDecode, BeforeValidator(_names)]
Days = Annotated[int, Field(ge=0), Phrase("a whole number of days")]
Megabytes = Annotated[int, Field(ge=0), Phrase("a whole number of megabytes")]
AtOnce = Annotated[int, Field(ge=1), Phrase("a whole number from 1")]
Seconds = Annotated[int, Field(ge=1), Phrase("a whole number of seconds")]
Given = Annotated[bool, BeforeValidator(bool)]
Backends = Literal["auto", "tensorflow", "bf16"]
Gradients = Literal["auto", "tensorflow"]
Levels = Literal["debug", "info", "warning"]


def _row(default: Any, about: str, without: str | None = None) -> Any:
    """A setting.

    Args:
        default: its value without the variable.
        about: what it does, for the table.
        without: what the table says of the default, where that says too little.
    """
    return Field(default, description=about, title=without)


class Settings(BaseSettings):
    """All settings, in the order of the alphabet; a variable that is empty is not set.

    Reading one whose variable has a wrong value raises ``SettingError``; those of ``FORGIVEN`` have their
    default then.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, validate_default=False, frozen=True
    )

    admit: Words = _row(
        (), "who may come in once signed in: addresses and `@domain`s with commas between", "everybody"
    )
    allow_operations: Names = _row(
        frozenset(),
        "operations that SavedModels may have besides those of [own-models.md](own-models.md), with commas "
        "between; only such as touch no files",
        "none",
    )
    backend: Annotated[Backends, Phrase("one of {values}", values="auto, tensorflow, bf16")] = _row(
        "auto",
        "what runs models forwards: `auto` the quickest that agrees with TensorFlow, "
        "`tensorflow` nothing else, `bf16` allows half the precision",
    )
    background: OnOff = _row(True, "`off` computes nothing before somebody asks")
    cache: Path = _row(ROOT / ".vitrine" / "results", "folder of finished passes")
    data: Path | None = _row(
        None, "folder whose folders are data sets that the server offers to everybody", "none"
    )
    data_all_mb: Megabytes = _row(
        4096, "MB that uploaded data sets of all sessions may take together, unpacked"
    )
    data_images: AtOnce = _row(20_000, "images and masks that an uploaded data set may have")
    data_session_mb: Megabytes = _row(
        1024, "MB that the uploaded data sets of one session may take, unpacked"
    )
    data_zip_mb: Megabytes = _row(300, "MB that the ZIP of a data set may have")
    decodes: AtOnce = _row(1, "uploaded pictures that are decoded at once, each in a process of up to 0.6 GB")
    examine_mb: Megabytes = _row(
        8192,
        "MB of address space of the process that examines a model of one's own; TensorFlow takes about 3,000",
    )
    examine_seconds: Seconds = _row(300, "seconds that such an examination may take")
    gradients: Annotated[Gradients, Phrase("one of {values}", values="auto, tensorflow")] = _row(
        "auto",
        "what computes gradients: `auto` OpenVINO where it agrees with TensorFlow, `tensorflow` nothing else",
    )
    limit_models: Megabytes = _row(
        1024, "MB of models that a worker keeps loaded; the one used last stays, however large"
    )
    limit_prepared: Megabytes = _row(
        256, "MB of plans, fills, targets and runs that a process keeps from one chunk to the next"
    )
    limit_results: Megabytes = _row(
        256, "MB of results that the server keeps when no page shows them any more"
    )
    limit_store: Megabytes = _row(512, "MB of finished passes and pictures of filters on disk")
    limit_tables: Megabytes = _row(1024, "MB of tables of data sets on disk; the oldest go first")
    limit_worker: Annotated[int | None, Field(ge=1), Phrase("a whole number of megabytes")] = _row(
        None,
        "MB of memory that a worker may take; what takes more fails, with a sentence",
        "three quarters of what there is",
    )
    log: Annotated[
        Levels | None, BeforeValidator(str.lower), Phrase("one of {values}", values="debug, info, warning")
    ] = _row(None, "`debug`, `info` or `warning`; the command line writes warnings only", "`info`")
    metrics: OnOff = _row(
        False, "`on` answers `/_stcore/metrics` (numbers of sessions, bytes of caches) to whoever can ask"
    )
    models: Path = _row(ROOT / "model_store" / "downloads", "folder of downloaded and converted models")
    model_source: str | None = _row(
        None, "`module:Class` of another source of models, for tests", "the catalogue"
    )
    open: Given = _row(False, "not empty: open a browser; `make run` sets it on a desktop", "nothing")
    own: Path = _row(ROOT / "model_store" / "own", "folder of models that the owner or visitors bring")
    own_days: Days = _row(7, "days for which an uploaded model is kept")
    own_mb: Megabytes = _row(300, "MB that an uploaded model may have")
    own_private_mb: Megabytes = _row(2048, "MB that all uploaded models may take; the oldest go first")
    pictures: Path | None = _row(None, "folder of pictures that the server offers to everybody", "none")
    private: OnOff = _row(False, "`on` keeps nothing of anybody's own pictures, not even numbers")
    runs: Path = _row(ROOT / "runs", "folder of experiments: one folder for each training")
    scheduler: str | None = _row(
        None,
        "`tls://host:8786` of a Dask cluster whose workers have this project installed; `tcp://` for one on "
        "which everybody in its network may run code",
        "an embedded cluster",
    )
    scheduler_tls: Path | None = _row(
        None,
        "folder with `ca.pem`, `cert.pem` and `key.pem`, by which that cluster lets the server in",
        "Dask's own settings",
    )
    train: OnOff = _row(
        False,
        "`on` lets people start trainings from the page *Experiments*; for servers whose users you know",
    )
    trainings: AtOnce = _row(1, "trainings that the page runs at once, each a process of its own")
    trust_addresses: OnOff = _row(
        False,
        "`on` takes an address for verified where the provider does not say; one that it denies stays out",
    )
    trust_models: OnOff = _row(
        False, "`on` lets models run code of their own; only for models that you wrote yourself"
    )

    upload_mb: Megabytes = _row(
        300, "MB of them that one session may have; a model of one's own is no larger"
    )
    uploads_mb: Megabytes = _row(
        600, "MB of uploaded files that no page has read yet, of all sessions together; they are in memory"
    )

    @field_validator("*", mode="wrap")
    @classmethod
    def _one_by_one(cls, value: object, check: ValidatorFunctionWrapHandler, info: ValidationInfo) -> object:
        """The value, or the error to raise where it is read: one wrong setting leaves the others alone."""
        name = info.field_name or ""
        try:
            return check(value)
        except ValidationError:
            allowed = next(part for part in cls.model_fields[name].metadata if isinstance(part, Phrase))
            return SettingError(
                "{variable} is {allowed}; received {text!r}.",
                variable=VARIABLES[name],
                allowed=allowed,
                text=value,
            )

    if not TYPE_CHECKING:

        def __getattribute__(self, name: str) -> Any:
            value = super().__getattribute__(name)
            if not isinstance(value, SettingError):
                return value
            if name in FORGIVEN:
                return type(self).model_fields[name].default
            raise SettingError(value.text, **value.values)

    def warnings(self) -> list[str]:
        """A sentence for each variable with a wrong value."""
        outcome = {True: "The default is used.", False: "What needs it is refused."}
        return [
            f"{value} {outcome[name in FORGIVEN]}"
            for name, value in vars(self).items()
            if isinstance(value, SettingError)
        ]


VARIABLES = {name: f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
"""The environment variable of each setting."""


def settings() -> Settings:
    """The settings as the environment has them now; read again only after it has changed."""
    return _read(tuple(map(os.environ.get, VARIABLES.values())))


@lru_cache(maxsize=8)
def _read(_values: tuple[str | None, ...]) -> Settings:
    return Settings()


@contextmanager
def override(**values: str) -> Iterator[None]:
    """Other settings for a while, in this process and in those that it starts meanwhile.

    Args:
        **values: by the name of the setting, as the variable has them: ``override(backend="tensorflow")``.
    """
    wanted = {VARIABLES[name]: value for name, value in values.items()}
    before = {name: os.environ[name] for name in wanted.keys() & os.environ.keys()}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name in wanted:
            os.environ.pop(name, None)
        os.environ.update(before)


def table() -> str:
    """All settings as a table in Markdown."""
    rows = [
        f"| `{VARIABLES[name]}` | {field.title or _shown(field.default)} | {field.description} |"
        for name, field in sorted(Settings.model_fields.items(), key=lambda item: VARIABLES[item[0]])
    ]
    return "\n".join(("| variable | without it | what it does |", "|---|---|---|", *rows))


def _shown(default: object) -> str:
    if isinstance(default, bool):
        return "`on`" if default else "`off`"
    if isinstance(default, Path):
        return f"`{default.relative_to(ROOT).as_posix()}`"
    return str(default) if isinstance(default, int) else f"`{default}`"


if __name__ == "__main__":
    print(table())
