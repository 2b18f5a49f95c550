// Made by `make generate`; change the sources it is made from.
import groovy.json.JsonOutput

/**
 * Run one stage: `stage: 'train'` of mlci.yaml, or `uses: 'evaluate'` of the library, `with:` its parameters.
 *
 * @param given mlciStage.txt describes the keys
 */
def call(Map given) {
    def command = commandOf(given)
    def job = jobOf(given)
    for (before in (given.collects ?: [])) {
        unstash("mlci-${before}")
    }
    try {
        withEnv(variables(command, given)) {
            if (given.allow_failure) {
                catchError(buildResult: 'SUCCESS', stageResult: 'UNSTABLE') {
                    sh(label: "Run ${job}", script: libraryResource('mlci/run.sh'))
                }
            } else {
                sh(label: "Run ${job}", script: libraryResource('mlci/run.sh'))
            }
        }
    } finally {
        keep(job, given)
    }
}

/** Return the command that is asked for, once its keys are known to be right. */
private String commandOf(Map given) {
    if ((given.stage == null) == (given.uses == null)) {
        error('mlciStage needs exactly one of stage, a stage of mlci.yaml, and uses, one of the library')
    }
    def command = given.stage == null ? 'stage' : 'exec'
    def known = <[ own ]> + (command == 'exec' ? ['matrix'] : ['uses', 'with']) + optionsOf(command)
    def unknown = given.keySet() - known
    if (unknown) {
        error("mlciStage takes ${known.join(', ')} here, not ${unknown.join(', ')}")
    }
    return command
}

/** Return the options of a command. */
private List optionsOf(String command) {
    return command == 'exec' ? <[ exec ]> : <[ stage ]>
}

/** Return what the job's folders and its stash are called: in a matrix, with the values of this cell. */
private String jobOf(Map given) {
    def cell = (given.matrix ?: []).collect { name -> env[name].toString().replaceAll('[^A-Za-z0-9._]+', '_') }
    return ([given.job ?: given.stage ?: given.uses] + cell).join('-')
}

/** Return all that mlci is told, as variables: none of it is ever pasted into a script. */
private List variables(String command, Map given) {
    def known = optionsOf(command)
    def asked = given.findAll { name, value -> name in known }
    return [
        "MLCI_COMMAND=${command}",
        'MLCI_ASK=' + json(command == 'exec' ? asked : asked + [stage: given.uses]),
        'MLCI_WITH=' + json(given.with ?: [:]),
        'MLCI_ENV=' + json(given.env ?: [:]),
    ]
}

/** Return a value as JSON in which Jenkins finds no variable to expand. */
private String json(Object value) {
    return JsonOutput.toJson(value).replace('$', '\\u0024')
}

/** Keep what the job has left: for later stages, as test results, and for people. */
private void keep(String job, Map given) {
    def root = given.root ? "${given.root}/" : ''
    def own = ["${root}.mlci/reports/${job}/junit.xml"]
    def files = ["${root}.mlci/handoff/${job}/record.json", "${root}.mlci/reports/${job}/summary.md"]
    if (given.stash != false) {
        stash(
            name: "mlci-${job}",
            includes: "${root}.mlci/handoff/${job}/**",
            useDefaultExcludes: false,
            allowEmpty: true,
        )
    }
    junit(
        testResults: (own + (given.reports ?: []).collect { "${root}${it}" }).join(', '),
        allowEmptyResults: true,
        skipMarkingBuildUnstable: given.allow_failure ? true : false,
    )
    archiveArtifacts(
        artifacts: (files + (given.artifacts ?: []).collect { "${root}${it}" }).join(', '),
        allowEmptyArchive: true,
    )
}
