"""The whole shape of a `.travis.yml`, by Travis's build config reference."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from mlci.vendors.travis.syntax.builds import PHASES
from mlci.vendors.travis.syntax.deploy import deployments
from mlci.vendors.travis.syntax.languages import root_keys, single_keys
from mlci.vendors.travis.syntax.shapes import (
    CONDITION,
    FLAG,
    NONE,
    OPEN,
    SECRET,
    TEXT,
    TEXTS,
    Environment,
    Free,
    Many,
    Shape,
    Table,
    Text,
    table,
)
from mlci.vendors.travis.syntax.values import ARCH, DIST, FREQUENCY, LANGUAGE, OS, SERVICE, VIRT

VERSION = r"(~>|>|>=|=|<=|<) (\d+(?:\.\d+)?(?:\.\d+)?)"
IMPORT = r"[^\s@]+\.ya?ml(@\S+)?|[\w.-]+/[\w.-]+:[^\s@]+(@\S+)?|\.{0,2}/\S+"


@cache
def root() -> Table:
    languages, aliases = root_keys()
    own: dict[str, Shape] = {
        "language": LANGUAGE,
        "os": Many(OS),
        "dist": DIST,
        "arch": Many(ARCH),
        "stack": TEXT,
        "sudo": TEXT,
        "import": Many(imports()),
        "env": Environment(top=True),
        "osx_image": TEXTS,
        "stages": Many(table("name", {"if": CONDITION}, prefix="name", name="stages")),
        "jobs": jobs(),
        "notifications": notifications(),
        "version": Text(form=VERSION, said="a version such as '~> 1.0'"),
        "vm": vm(),
        "conditions": Text(("v0", "v1"), said="a version of conditions"),
        "filter_secrets": FLAG,
        "trace": FLAG,
        "perforce_test_path": TEXT,
        "vault": vault(),
        "source_key": SECRET,
    }
    return Table(
        {**languages, **job_keys(), **own}, {**aliases, **JOB_ALIASES, "matrix": "jobs"}, name="the file"
    )


JOB_ALIASES = {"virtualization": "virt"}


@cache
def job_keys() -> dict[str, Shape]:
    """Return the keys that the file and each of its jobs share."""
    return {
        **dict.fromkeys(PHASES, TEXTS),
        "virt": VIRT,
        "addons": addons(),
        "branches": table("only* except|exclude*", prefix="only", name="branches"),
        "cache": cache_shape(),
        "deploy": deployments(),
        "git": git(),
        "if": CONDITION,
        "services": Many(SERVICE),
        "group": TEXT,
        "workspaces": table(
            "",
            {"create": table("name paths*", name="create"), "use": table("name*", prefix="name", name="use")},
            name="workspaces",
        ),
        "keys": TEXTS,
    }


def jobs() -> Table:
    languages, aliases = single_keys()
    own: dict[str, Shape] = {
        "language": LANGUAGE,
        "os": OS,
        "dist": DIST,
        "arch": ARCH,
        "osx_image": TEXT,
        "sudo": TEXT,
        "vm": vm(),
        "env": Environment(),
        "name": TEXT,
        "stage": TEXT,
    }
    shared = {**languages, **job_keys(), **own}
    aliases = {**aliases, **JOB_ALIASES}
    include = Table({**shared, "allow_failure": FLAG, "vault": vault()}, aliases, name="job")
    allow = Table({**shared, "branch": TEXT}, aliases, name="allow_failures")
    exclude = Table(shared, aliases, name="exclude")
    return Table(
        {
            "include": Many(include),
            "exclude": Many(exclude),
            "allow_failures": Many(allow),
            "fast_finish": FLAG,
        },
        {"allowed_failures": "allow_failures", "fast_failure": "fast_finish", "jobs": "include"},
        prefix="include",
        name="jobs",
    )


def imports() -> Table:
    modes = ("merge", "deep_merge", "deep_merge_append", "deep_merge_prepend")
    source = Text(form=IMPORT, said="a source such as ./build.yml@v1 or owner/repo:build.yml@v1")
    return table("", {"source": source, "mode": Text(modes), "if": CONDITION}, prefix="source", name="import")


def vm() -> Table:
    sizes = ("medium", "large", "x-large", "2x-large", "gpu-medium", "gpu-xlarge")
    return table("create", {"size": Text(sizes, said="a size"), "create": Free(TEXT)}, name="vm")


def vault() -> Table:
    return table(
        "api_url token!", {"secrets": Many(Free(Free(TEXTS)))}, required=("api_url", "token"), name="vault"
    )


def git() -> Table:
    more: dict[str, Shape] = {
        "strategy": Text(("clone", "tarball")),
        "autocrlf": Text(("true", "false", "input")),
    }
    spec = "depth quiet? submodules? symlinks? submodules_depth# lfs_skip_smudge? sparse_checkout clone?"
    return table(spec, more, name="git")


def cache_shape() -> Table:
    """Return the shape of `cache`; true is not allowed, false is."""
    tools = "apt? bundler? cargo? ccache? cocoapods? npm? packages? pip? shards? yarn?"
    return table(f"directories* {tools} timeout# edge? branch", name="cache")


def addons() -> Table:
    source = table("name sourceline key_url", prefix="name", name="sources")
    more: dict[str, Shape] = {
        "apt": table(
            "packages|package* dist update?",
            {"sources": Many(source), "config": table("retries?", name="config")},
            aliases={"source": "sources"},
            prefix="packages",
            flag=True,
            name="apt",
        ),
        "artifacts": table(
            "enabled? bucket endpoint paths* branch log_format target_paths* debug? concurrency# max_size# "
            "permissions working_dir cache_control region|s3_region "
            "key|aws_access_key_id|aws_access_key|access_key_id|access_key~ "
            "secret|aws_secret_access_key|aws_secret_key|secret_access_key|secret_key!",
            flag=True,
            name="artifacts",
        ),
        "browserstack": table(
            "username~ access_key! forcelocal? only app_path proxyHost proxyPort proxyUser proxyPass!",
            flag=True,
            name="browserstack",
        ),
        "chrome": Text(("stable", "beta"), said="a channel of Chrome"),
        "code_climate": table("repo_token!", prefix="repo_token", flag=True, name="code_climate"),
        "coverity_scan": table(
            "build_script_url branch_pattern notification_email~ build_command build_command_prepend",
            {"project": table("name version description", prefix="name", required=("name",), name="project")},
            flag=True,
            name="coverity_scan",
        ),
        "homebrew": table(
            "update? packages* casks* taps* brewfile", prefix="packages", flag=True, name="homebrew"
        ),
        "jwt": Many(SECRET),
        "sauce_connect": table(
            "enabled? username~ access_key! direct_domains tunnel_domains no_ssl_bump_domains",
            flag=True,
            name="sauce_connect",
        ),
        "pkg": table("packages|package* branch", prefix="packages", flag=True, name="pkg"),
        "srcclr": Free(TEXT),
        "snaps": Many(table("name classic? confinement channel", prefix="name", name="snaps")),
        "sonarcloud": table(
            "enabled? organization token! github_token! branches*", flag=True, name="sonarcloud"
        ),
        "ssh_known_hosts": Many(OPEN),
        "deploy": deployments(),
    }
    spec = "apt_packages* hostname hosts* firefox mariadb postgresql|postgres rethinkdb"
    return table(spec, more, name="addons")


def notifications() -> Table:
    rooms: dict[str, Shape] = {"rooms": Many(SECRET), "template": TEXTS, "on_pull_requests": FLAG}
    hipchat: dict[str, Shape] = {**rooms, "format": Text(("html", "text")), "notify": FLAG}
    people: dict[str, Shape] = {"api_key": Many(SECRET), "users": Many(SECRET), "template": TEXTS}
    urls: dict[str, Shape] = dict.fromkeys(("on_start", "on_cancel", "on_error"), FREQUENCY)
    channels = (
        channel("campfire", "rooms", rooms),
        channel("email", "recipients", {"recipients": Many(OPEN)}),
        channel("flowdock", "api_token", {"api_token": SECRET, "template": TEXTS}),
        channel("hipchat", "rooms", hipchat),
        channel("irc", "channels", irc(), {"channel": "channels"}),
        channel("pushover", None, people),
        channel("slack", "rooms", rooms),
        channel("webhooks", "urls", {"urls": Many(OPEN), **urls}),
    )
    found: dict[str, Shape] = {one.name: Many(one) for one in channels}
    found |= {"on_success": FREQUENCY, "on_failure": FREQUENCY}
    return Table(found, {"emails": "email", "webhook": "webhooks"}, "email", True, (), "notifications")


def irc() -> dict[str, Shape]:
    return {
        "channels": Many(OPEN),
        **dict.fromkeys(("channel_key", "password", "nickserv_password"), SECRET),
        "nick": OPEN,
        "use_notice": FLAG,
        "skip_join": FLAG,
        "template": TEXTS,
    }


def channel(name: str, prefix: str | None, own: dict[str, Shape], aliases: Mapping[str, str] = NONE) -> Table:
    """Return the shape of one channel of notifications, with the keys that all have."""
    shared: dict[str, Shape] = {
        "if": CONDITION,
        "on_success": FREQUENCY,
        "on_failure": FREQUENCY,
        "enabled": FLAG,
        "disabled": FLAG,
    }
    return Table({**shared, **own}, aliases, prefix, True, (), name)
