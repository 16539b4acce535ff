"""Which sections an audit has and with which settings other than their own."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from robust_emo import plugins
from robust_emo.data.dataset import Dataset
from robust_emo.data_file import DataOptions
from robust_emo.errors import InputError
from robust_emo.plugins import AuditSection


@dataclass(frozen=True, slots=True)
class SectionArgument:
    """One setting from the command line: ``certificate.samples=5000``."""

    section: str
    name: str
    value: Any

    @classmethod
    def parse(cls, text: str) -> "SectionArgument":
        """Read ``SECTION.NAME=VALUE``; the value is JSON where it can be read as such, else text.

        Raises:
            InputError: it has another form.
        """
        where, equals, value = text.partition("=")
        section, dot, name = where.rpartition(".")
        if not equals or not dot or not section or not name.isidentifier():
            raise InputError(f"expected SECTION.NAME=VALUE, such as certificate.samples=5000, got '{text}'")
        try:
            return cls(section, name, json.loads(value))
        except ValueError:
            return cls(section, name, value)

    def __str__(self) -> str:
        return f"{self.section}.{self.name}={json.dumps(self.value)}"


def load_section(name: str, arguments: Sequence[SectionArgument]) -> AuditSection:
    """The section `name` with those of `arguments` that are its own.

    Raises:
        PluginError: as for :func:`robust_emo.plugins.load`.
        InputError: a setting outside its range.
    """
    own = {argument.name: argument.value for argument in arguments if argument.section == name}
    section: AuditSection = plugins.load("sections", name, **own)
    return section


def check_section_arguments(arguments: Sequence[SectionArgument], names: Sequence[str]) -> None:
    """Refuse settings that would change nothing.

    Raises:
        InputError: for a section that does not run.
    """
    for argument in arguments:
        if argument.section not in names:
            raise InputError(f"{argument}: section '{argument.section}' does not run here")


def check_training_data(
    sections: Sequence[AuditSection], train: Dataset | None, others: Dataset | None, options: DataOptions
) -> None:
    """Refuse sections that were asked for by name and could not measure anything.

    Raises:
        InputError: one needs the training data, and these are unknown or are the `others` themselves.
    """
    asking = next((section.spec.name for section in sections if section.spec.needs_training_data), None)
    if asking is None:
        return
    if train is None:
        raise InputError(f"section {asking}: the training data are unknown; name them with {options.trained_on} FILE")
    if others is not None and others.sha256 == train.sha256:
        raise InputError(f"section {asking}: {others.path} is both trained on and audited; name texts that were not")
