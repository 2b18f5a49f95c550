"""What the documented steps, options, triggers, parameters and conditions take.

From the Pipeline Steps Reference (https://www.jenkins.io/doc/pipeline/steps/) and the Pipeline Syntax
reference (https://www.jenkins.io/doc/book/pipeline/syntax/). Only names whose arguments are fixed are
listed; of others nothing is assumed. A signature is written as one line of `name:type` words: `!` marks a
required one, `|` an enumeration.
"""

from __future__ import annotations

from typing import NamedTuple


class Parameter(NamedTuple):
    """One argument a step or directive takes."""

    name: str
    kind: str
    """str, int, bool, any, or values joined by `|`."""
    required: bool


class Signature(NamedTuple):
    """All the arguments a step or directive takes."""

    parameters: dict[str, Parameter]
    takes_block: bool = False

    @property
    def sole(self) -> Parameter | None:
        """The one required argument, which may be given without its name."""
        required = [one for one in self.parameters.values() if one.required]
        return required[0] if len(required) == 1 else None


def signature(words: str) -> Signature:
    parameters: dict[str, Parameter] = {}
    for word in words.split():
        if word == "{}":
            continue
        name, _, kind = word.rstrip("!").partition(":")
        parameters[name] = Parameter(name, kind or "str", word.endswith("!"))
    return Signature(parameters, "{}" in words.split())


def table(text: str) -> dict[str, Signature]:
    """Read one signature a line; an indented line continues the one before."""
    lines = text.strip().replace("\n    ", " ").splitlines()
    split = (line.partition(" ") for line in lines)
    return {name: signature(words) for name, _, words in split}


UNITS = "NANOSECONDS|MICROSECONDS|MILLISECONDS|SECONDS|MINUTES|HOURS|DAYS"
RESULTS = "SUCCESS|UNSTABLE|FAILURE|NOT_BUILT|ABORTED"
SHELL = "script! encoding label returnStatus:bool returnStdout:bool"

STEPS = table(f"""
archiveArtifacts artifacts! allowEmptyArchive:bool caseSensitive:bool defaultExcludes:bool excludes
    fingerprint:bool followSymlinks:bool onlyIfSuccessful:bool
bat {SHELL}
build job! parameters:any propagate:bool quietPeriod:int wait:bool waitForStart:bool
catchError buildResult:any catchInterruptions:bool message stageResult:any {{}}
deleteDir
dir path! {{}}
echo message!
error message!
fileExists file!
git url! branch changelog:bool credentialsId poll:bool
isUnix
mail subject! body! bcc cc charset from mimeType replyTo to
powershell {SHELL}
pwd tmp:bool
pwsh {SHELL}
readFile file! encoding
retry count:int! conditions:any {{}}
sh {SHELL}
sleep time:int! unit:{UNITS}
stash name! allowEmpty:bool excludes includes useDefaultExcludes:bool
timeout time:int! activity:bool unit:{UNITS} {{}}
tool name! type
unstable message!
unstash name!
warnError message! catchInterruptions:bool {{}}
withCredentials bindings:any! {{}}
withEnv overrides:any! {{}}
writeFile file! text! encoding
ws dir! {{}}
""")
"""Steps whose arguments are fixed by Jenkins' own plugins."""

OPTIONS = table(f"""
buildDiscarder strategy:any!
checkoutToSubdirectory subdirectory!
disableConcurrentBuilds abortPrevious:bool
disableRestartFromStage
newContainerPerStage
overrideIndexTriggers enableTriggers:bool!
parallelsAlwaysFailFast
preserveStashes buildCount:int
quietPeriod quietPeriod:int!
retry count:int! conditions:any
skipDefaultCheckout skipDefaultCheckout:bool
skipStagesAfterUnstable
timeout time:int! activity:bool unit:{UNITS}
timestamps
""")
"""Options of Jenkins itself."""

FUNCTIONS = table("""
logRotator artifactDaysToKeepStr artifactNumToKeepStr daysToKeepStr numToKeepStr removeLastBuild:bool
""")
"""What stands inside an option."""

TRIGGERS = table("""
cron spec!
pollSCM scmpoll_spec! ignorePostCommitHooks:bool
upstream upstreamProjects! threshold:any
githubPush
""")
"""Triggers of Jenkins itself."""

PARAMETERS = table("""
booleanParam name! defaultValue:bool description
choice name! choices:any description
file name! description
password name! defaultValue:any defaultValueAsSecret:any description
run name! projectName! description filter:any
string name! defaultValue description trim:bool
text name! defaultValue description trim:bool
""")
"""Parameter types of Jenkins itself."""

COMPARATORS = "EQUALS|GLOB|REGEXP"
CONDITIONS = table("""
branch pattern! comparator
buildingTag
changelog pattern! caseSensitive:bool comparator
changeset pattern! caseSensitive:bool comparator
changeRequest id target branch fork url title author authorDisplayName authorEmail comparator
environment name! value! ignoreCase:bool
equals expected:any! actual:any!
isRestartedRun
tag pattern! comparator
triggeredBy cause! detail
""")
"""Conditions of `when` that hold no others."""

NESTING = {"allOf": None, "anyOf": None, "not": 1}
"""Conditions of `when` that hold others, with the number they hold when it is fixed."""

DOCKER = (
    "args containerPerStageRoot:bool customWorkspace label registryCredentialsId registryUrl reuseNode:bool"
)
AGENTS = table(f"""
label label! customWorkspace retries:int
node label! customWorkspace retries:int
docker image! alwaysPull:bool {DOCKER}
dockerfile additionalBuildArgs dir filename {DOCKER}
""")
"""Types of agent, with what may stand in their block."""

AGENT_PLUGINS = frozenset(
    {"kubernetes", "ecs", "dockerContainer", "podTemplate", "nomad", "openshift", "azureContainer"}
)
"""Types of agent that plugins add; their settings are theirs."""

INPUT = signature("message! id ok submitter submitterParameter parameters:any cancel")
