// Made by `make generate`; change the sources it is made from.
import groovy.json.JsonOutput

/**
 * Run one stage: `stage: 'train'` of mlci.yaml, or `uses: 'evaluate'` of the library, `with:` its parameters.
 *
 * @param given mlciStage.txt describes the keys
 */
def call(Map given) {
    def command = commandOf(given)
    def job = (given.job ?: given.stage ?: given.uses).toString()
    for (before in (given.collects ?: [])) {
        unstash("mlci-${before}")
    }
    def asked = given.findAll { name, value -> !(name in ['uses', 'with', 'collects']) }
    try {
        withEnv([
            'MLCI_ASK=' + json(command == 'exec' ? asked : asked + [stage: given.uses]),
            'MLCI_WITH=' + json(given.with ?: [:]),
        ]) {
            if (command == 'exec') {
                sh(label: "Run ${job}", script: 'python -P -m mlci.asked exec')
            } else {
                sh(label: "Run ${job}", script: 'python -P -m mlci.asked stage')
            }
        }
    } finally {
        def root = given.root ? "${given.root}/" : ''
        stash(
            name: "mlci-${job}",
            includes: "${root}.mlci/handoff/${job}/**",
            useDefaultExcludes: false,
            allowEmpty: true,
        )
        junit(testResults: "${root}.mlci/reports/${job}/junit.xml", allowEmptyResults: true)
    }
}

/** Return the command that is asked for, once its keys are known to be right. */
private String commandOf(Map given) {
    if ((given.stage == null) == (given.uses == null)) {
        error('mlciStage needs exactly one of stage, a stage of mlci.yaml, and uses, one of the library')
    }
    def command = given.stage == null ? 'stage' : 'exec'
    def known = command == 'exec' ? ['collects', 'stage', 'workflow', 'job', 'force', 'allow_failure', 'store', 'root'] : ['uses', 'with', 'collects', 'job', 'targets', 'secret', 'root']
    def unknown = given.keySet() - known
    if (unknown) {
        error("mlciStage takes ${known.join(', ')} here, not ${unknown.join(', ')}")
    }
    command
}

/** Return a value as JSON in which Jenkins finds no variable to expand. */
private String json(Object value) {
    JsonOutput.toJson(value).replace('$', '\\u0024')
}
