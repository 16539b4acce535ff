"""`robust-emo signoff verify`: is this sign-off of this audit?"""

import click

from robust_emo.cli._text import printable, say
from robust_emo.errors import ExitCode


@click.command("signoff", epilog="Example:  robust-emo signoff verify my_model-audit sign-off.json --approved")
@click.argument("action", type=click.Choice(["verify"]), metavar="verify")
@click.argument("audit", metavar="AUDIT.JSON")
@click.argument("signed", metavar="SIGNOFF.JSON")
@click.option("--approved", is_flag=True, help="Exit 1 also where the decision is to reject.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing; the exit code tells.")
def command(action: str, audit: str, signed: str, approved: bool, quiet: bool) -> int:
    """Tell whether a sign-off is of this very audit.

    SIGNOFF.JSON was exported by report.html; AUDIT.JSON is the file, or the output directory that holds it. Compared
    are the SHA-256 of audit.json, that of the model, and the verdict; a date before the audit does not fit. Who signed
    is not checked: a sign-off is no cryptographic signature, and anybody can write one.

    Exit codes: 0 it is of this audit, 1 it is not, 2 a file cannot be read or is none.
    """
    from robust_emo.sign_off_file import mismatches, read_sign_off
    from robust_emo.types import Decision

    sign_off = read_sign_off(signed)
    problems = mismatches(sign_off, audit)
    refused = approved and sign_off.decision is Decision.REJECT
    if not quiet:
        said = f"{sign_off.decision.value}, says {sign_off.name} ({sign_off.role}) on {sign_off.date}"
        wrong = f"does not match: {'; '.join(problems)}" if problems else None
        why = "; exit code 1, for --approved asks for an approval" if refused and not problems else ""
        say(printable(f"{wrong or f'valid, of an audit that says {sign_off.verdict}'}: {said}{why}"))
    return int(ExitCode.GATE_FAILED if problems or refused else ExitCode.PASS)
