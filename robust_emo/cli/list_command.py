"""`robust-emo list`: what there is to choose from."""

import json

import click

_KINDS = ("attacks", "sections", "reporters", "profiles", "bases", "policies")


@click.command("list", epilog="Example:  robust-emo list attacks")
@click.argument("what", type=click.Choice(_KINDS))
@click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
def command(what: str, as_json: bool) -> None:
    """List attacks, sections, reporters, profiles, base encoders or policies."""
    rows = _rows(what)
    if as_json:
        click.echo(json.dumps([{"name": name, "summary": summary} for name, summary in rows], indent=2))
        return
    width = max((len(name) for name, _ in rows), default=0)
    for name, summary in rows:
        click.echo(f"{name:<{width}}  {summary}")


def _rows(what: str) -> list[tuple[str, str]]:
    if what == "profiles":
        from robust_emo.profile import profile_names, read_profile

        return [(name, read_profile(name).summary) for name in profile_names()]
    if what == "bases":
        from robust_emo.models.bases import known_bases

        return list(known_bases().items())
    if what == "policies":
        from robust_emo.policy import built_in_policies

        return [(name, "built in") for name in built_in_policies()]
    from robust_emo import plugins

    kind: plugins.Kind = what  # type: ignore[assignment]  # click.Choice allows nothing else
    specs = [plugins.load(kind, name).spec for name in plugins.available(kind)]
    return [(spec.name, f"{spec.summary}{f' ({spec.paper})' if spec.paper else ''}") for spec in specs]
