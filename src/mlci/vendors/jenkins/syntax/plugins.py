"""Names that widely used plugins add to Jenkins' own options, triggers, parameters and tools.

Jenkins asks its plugins what there is, and refuses the rest. These lists come from the plugins'
documentation and from the lists that Jenkins prints when it refuses a name. A name on none of them is
reported, since it is far more often a slip than a rare plugin's.
"""

from __future__ import annotations

from mlci.vendors.jenkins.syntax.signatures import OPTIONS, PARAMETERS, TRIGGERS


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


BLOCK_STEPS = words(
    """
    ansiColor cache catchError configFileProvider container datadog gitlabBuilds gitlabCommitStatus lock
    logstash
    maskPasswords nodejs podTemplate realTimeJUnitReports realtimeJUnit retry script sshagent tee
    throttle timeout
    timestamps waitUntil warnError withAWS withAnt withBuildUser withChecks withContext
    withCoverityEnvironment
    withCredentials withDockerContainer withDockerRegistry withDockerServer withEnv withFolderProperties
    withGradle
    withKubeConfig withMaven withNPM withPythonEnv withSonarQubeEnv withVault wrap ws xvfb
    """
)
"""Steps with a block, which may serve as options without it."""

JOB_PROPERTIES = words(
    """
    authorizationMatrix copyArtifactPermission disableResume durabilityHint gitLabConnection
    githubProjectProperty
    office365ConnectorWebhooks rateLimit rateLimitBuilds rebuildSettings sidebarLinks throttleJobProperty
    """
)
"""Properties of the whole job."""

OPTION_NAMES = frozenset(OPTIONS) | BLOCK_STEPS | JOB_PROPERTIES
STAGE_OPTION_NAMES = BLOCK_STEPS | {"skipDefaultCheckout", "checkoutToSubdirectory"}

TRIGGER_NAMES = frozenset(TRIGGERS) | words(
    """
    GenericTrigger URLTrigger bitbucketPush bitBucketTrigger ciBuildTrigger dockerHubTrigger eventTrigger
    genericTrigger gerrit githubBranches githubPullRequests gitea gitlab issueCommentTrigger
    parameterizedCron
    pullRequestReview snapshotDependencies
    """
)

PARAMETER_NAMES = frozenset(PARAMETERS) | words(
    """
    RESTList activeChoice activeChoiceHtml agentParameter base64File booleanParam buildSelector
    choiceParam
    credentials dateParameter editableChoice extendedChoice fileParam gitParameter imageTag jobParam
    labelParam
    listGitBranches listSubversionTags nodeParam nonStoredPassword nonStoredPasswordParam passwordParam
    persistentBoolean persistentChoice persistentString persistentText randomString reactiveChoice
    runParam separator
    stashedFile stringParam textParam validatingString
    """
)

TOOL_NAMES = words(
    """
    allure ant consul customTool dockerTool dotnetsdk git go gradle groovy jdk jgit jgitapache maven
    nodejs oc packer
    python sbt scala snyk terraform vault xunit
    """
)
"""Tools registered under a short name; others go by the name of their class, which has dots."""
