"""What credentials look like: tokens of known forms, names of secrets, paths that hold them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlci.yaml.patterns import lazy

FORMS = (
    ("an AWS access key", "AKIA", r"\bAKIA[A-Z2-7]{16}\b"),
    ("an AWS access key", "ASIA", r"\bASIA[A-Z2-7]{16}\b"),
    *(("a GitHub token", f"gh{kind}_", rf"\bgh{kind}_[A-Za-z0-9]{{36,251}}\b") for kind in "pousr"),
    ("a GitHub token", "github_pat_", r"\bgithub_pat_[A-Za-z0-9_]{60,90}\b"),
    ("a GitLab token", "glpat-", r"\bglpat-[A-Za-z0-9_-]{20,50}\b"),
    ("a Slack token", "xox", r"\bxox[abprs]-[A-Za-z0-9-]{20,200}\b"),
    (
        "a Slack webhook",
        "hooks.slack.com",
        r"https://hooks\.slack\.com/services/T\w{6,12}/B\w{6,14}/\w{16,32}",
    ),
    ("a Google API key", "AIza", r"\bAIza[A-Za-z0-9_-]{35}\b"),
    ("a PyPI token", "pypi-AgEI", r"\bpypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,300}"),
    ("an npm token", "npm_", r"\bnpm_[A-Za-z0-9]{36}\b"),
    ("a Hugging Face token", "hf_", r"\bhf_[A-Za-z]{34}\b"),
    ("a Stripe key", "_live_", r"\b[rs]k_live_[A-Za-z0-9]{20,100}\b"),
    ("a SendGrid key", "SG.", r"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}\b"),
    ("an OpenAI key", "sk-", r"\bsk-(?:proj-)?[A-Za-z0-9_-]{20}T3BlbkFJ[A-Za-z0-9_-]{20}"),
    ("a private key", "PRIVATE KEY-----", r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----"),
)
"""What it is, a part every such token has, its form."""
SCHEMES = ("https", "http", "amqp", "mongodb")

NOUNS = (
    r"PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|APIKEY|CREDENTIALS?"
    r"|(?:API|PRIVATE|ACCESS|SECRET|SSH|DEPLOY|SIGNING|ENCRYPTION|MASTER|AUTH|LICENSE)_KEY"
)
PARTS = ("PASS", "SECRET", "TOKEN", "KEY", "CREDENTIAL")
"""One of these is in every name of a secret; looking for them is cheap."""
ABOUT = (
    r"FILE|PATH|NAME|ID|URL|DIR|LENGTH|TYPE|ARN|EXPIR|TTL|VERSION|HEADER|ENDPOINT|LIFETIME|COUNT|LIMIT|BUDGET"
)
"""What follows in names that tell something about a secret, not the secret itself."""

HOLDERS = (
    r"\.ssh|\.aws|\.gnupg|\.kube|\.netrc|\.pypirc|\.npmrc|\.git-credentials|\.docker(?:/config\.json)?"
    r"|\.config/gcloud|\.azure|\.env|id_rsa|id_ed25519|[\w.-]+\.pem|credentials\.json|secrets?\.env"
)

SECRET_NAME = lazy(rf"(?:^|_)(?:{NOUNS})(?:$|_(?!{ABOUT}))")

PATHS = lazy(rf"(?:^|/|\s)(?:{HOLDERS})(?=/|\s|$)")

PASSWORD = lazy(r"://[\w.-]{1,60}:[^\s:@/$<{'\"]{6,80}@[\w-]{1,60}\.\w")
"""What a password in a URL looks like, from the colon behind the scheme on."""


def tokens(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield each token of a known form: what it is, offset, length; examples of documentation are none."""
    for what, start, end in candidates(text):
        token = text[start:end]
        if "EXAMPLE" not in token and "xxxx" not in token.lower() and len(set(token)) > 6:
            yield what, start, end - start


def candidates(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield whatever has the form of a token: what it is, where it begins and ends."""
    for what, part, form in FORMS:
        if part in text:
            for found in re.finditer(form, text):
                yield what, found.start(), found.end()
    for found in PASSWORD.finditer(text):
        scheme = next((one for one in SCHEMES if text.endswith(one, 0, found.start())), None)
        if scheme is not None:
            yield "a password in a URL", found.start() - len(scheme), found.end()


def hints_at_secret(text: str) -> bool:
    """Tell whether a text may name a secret."""
    upper = text.upper()
    return any(part in upper for part in PARTS)


def names_secret(name: str) -> bool:
    """Tell whether a variable's name says that it holds a secret."""
    return SECRET_NAME.search(name.upper().replace("-", "_")) is not None


SPOKEN_NAME = lazy(
    rf"(?:^|_)(?:{NOUNS}|PASS)\d*$|_PWD\d*$"
    r"|[a-z](?:Password|Passphrase|Secret|Token|ApiKey|AccessKey|PrivateKey)$"
)
"""What a secret's name looks like beside that: numbered, shortened, or in camel case."""


def calls_secret(name: str) -> bool:
    """Tell whether a name that a literal text is given to calls for a secret."""
    return names_secret(name) or SPOKEN_NAME.search(name) is not None


def is_placeholder(value: str, name: str) -> bool:
    """Tell whether a value is no secret: too short, a word for tests, a path, a yes or no."""
    lower = value.strip().lower()
    if (
        len(lower) < 6
        or lower in TRIVIAL
        or lower.strip("[]<>()").rstrip("0123456789") in TRIVIAL
        or lower.startswith(("/", "./", "~", "file:", "arn:", "projects/", "vault:"))
    ):
        return True
    if lower == name.lower() or lower.isdecimal() or "ample" in lower or "xxx" in lower or " " in lower:
        return True
    return set(lower) <= set("*.-_x0")


WORDS = """
password passwd secret token abc key postgres mysql mariadb admin dummy changeme change-me change_me
test-password testing
test_password test-token test_token fake-token fake_token notasecret not-a-secret insecure default minioadmin
guest root123 foobar placeholder undefined inherit required optional always
"""
TRIVIAL = frozenset(WORDS.split())


def secret_paths(text: str) -> Iterator[tuple[str, int]]:
    """Yield each path of a list that holds credentials, and its offset."""
    at = 0
    for line in text.split("\n"):
        path = line.strip()
        if path and not path.startswith("!") and PATHS.search(path):
            yield path, at + line.index(path)
        at += len(line) + 1
