"""The values Travis knows for the keys that choose a machine."""

from __future__ import annotations

from mlci.vendors.travis.syntax.shapes import Text, names

LANGUAGES = names(
    "android c clojure cpp crystal csharp d dart elixir elm erlang generic go groovy hack haskell haxe java "
    "julia matlab nix node_js perl perl6 php python r ruby objective-c rust scala shell smalltalk "
    "__connie__ __amethyst__ __garnet__ __stevonnie__ __opal__ __sardonyx__ __onion__ __cookiecat__"
)
LANGUAGE = Text(
    LANGUAGES,
    {
        "c++": "cpp",
        "golang": "go",
        "jvm": "java",
        "javascript": "node_js",
        "js": "node_js",
        "node": "node_js",
        "objective_c": "objective-c",
        "swift": "objective-c",
        "bash": "shell",
        "minimal": "shell",
        "sh": "shell",
    },
    said="a language",
)
OS = Text(
    ("linux", "osx", "windows", "freebsd", "linux-ppc64le"),
    {
        "ubuntu": "linux",
        "mac": "osx",
        "macos": "osx",
        "macosx": "osx",
        "ios": "osx",
        "win": "windows",
        "bsd": "freebsd",
    },
    said="an operating system",
)
DIST = Text(
    ("trusty", "precise", "xenial", "bionic", "focal", "jammy", "noble", "server-2016", "rhel8"),
    said="a distribution",
)
ARCH = Text(
    ("amd64", "arm64", "arm64-graviton2", "ppc64le", "i386", "s390x"),
    {
        "x86_64": "amd64",
        "x64": "amd64",
        "power": "ppc64le",
        "ppc": "ppc64le",
        "ppc64": "ppc64le",
        "x86": "i386",
    },
    said="an architecture",
)
SERVICE = Text(
    names(
        "cassandra couchdb docker elasticsearch memcached mongodb mysql neo4j postgresql rabbitmq redis riak "
        "xvfb"
    ),
    {
        "memcache": "memcached",
        "postgres": "postgresql",
        "rabbitmq-server": "rabbitmq",
        "redis-server": "redis",
    },
    said="a service",
)
FREQUENCY = Text(
    ("always", "never", "change"),
    {"true": "always", "false": "never", "changed": "change"},
    said="a frequency",
)
VIRT = Text(("lxd", "vm"), said="a kind of virtualization")
DEPRECATED = {"linux-ppc64le": "use `os: linux` and `arch: ppc64le`"}
"""Values that still work, and what to write instead."""
