"""`mlci lint`: lint the CI configuration of any vendor, offline."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from mlci.calls.options import Argument, Option
from mlci.commands.terminal import coloured, out

MANY_OBJECTS = 500_000


def formats() -> tuple[str, ...]:
    """Return the words --format takes."""
    from mlci.lint.report import FORMATS

    return tuple(FORMATS)


def kinds() -> tuple[str, ...]:
    """Return the words --kind takes."""
    from mlci.lint.kinds import BY_ID

    return tuple(BY_ID)


def lint(
    *,
    path: Annotated[list[Path], Argument("Files and folders; this folder when none is named.")] = (),  # type: ignore[assignment]
    format: Annotated[str, Option("How findings are shown.", "-f", choices=formats)] = "text",
    select: Annotated[list[str], Option("Only these rules or packs: `security`, `circleci-*`.")] = (),  # type: ignore[assignment]
    ignore: Annotated[list[str], Option("Leave these rules or packs out.")] = (),  # type: ignore[assignment]
    fix: Annotated[bool, Option("Mend what is safe and certain; formatting and comments stay.")] = False,
    changed: Annotated[bool, Option("Only files that differ from the last commit, or are new.")] = False,
    strict: Annotated[bool, Option("Fail on warnings too.")] = False,
    no_partners: Annotated[
        bool, Option("Own rules only; leave actionlint, zizmor, shellcheck, hadolint out.")
    ] = False,
    require_partners: Annotated[bool, Option("Fail when one of those tools is not installed.")] = False,
    kind: Annotated[
        str | None, Option("Take the files for this kind, whatever they are called.", choices=kinds)
    ] = None,
    explain: Annotated[
        str | None,
        Option("Explain a rule, with a bad and a good example; `all` lists them.", metavar="RULE"),
    ] = None,
    root: Annotated[Path, Option("The repository's folder.", "-C")] = Path(),
) -> int:
    """Lint CI configuration of any vendor: what people wrote by hand, and what mlci rendered.

    Works offline. Exit status: 0 clean, 1 errors, 2 the call or the settings are wrong.

    Examples: `mlci lint` · `mlci lint Jenkinsfile --format json` · `mlci lint --explain unpinned-action`
    """
    import gc

    from mlci.lint import report, settings
    from mlci.lint.run import lint as check

    if explain is not None:
        from mlci.lint.registry import explain as describe

        out(describe(explain))
        return 0
    options = settings.load(root, settings.Options(root=root))
    options = options._replace(
        select=tuple(select) or options.select,
        ignore=(*options.ignore, *ignore),
        fix=fix,
        changed=changed,
        strict=strict or options.strict,
        partners=options.partners and not no_partners,
        partners_required=options.partners_required or require_partners,
        kind=kind,
        root=root,
    )
    gc.set_threshold(MANY_OBJECTS)  # trees of files come and stay; to go through them again costs a tenth
    found = check([Path(each) for each in path], options)
    out(report.lay_out(found, format, colour=coloured(sys.stdout)))
    return found.exit_status(strict=options.strict)
