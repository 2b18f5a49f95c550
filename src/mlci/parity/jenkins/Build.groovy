import groovy.json.JsonOutput

/** What went wrong in a pipeline itself: a directive or step that Jenkins does not know, or a wrong argument. */
class PipelineError extends RuntimeException {
    PipelineError(String message) { super(message) }
}

/** A step that failed, as a step may. */
class StepFailure extends RuntimeException {
    StepFailure(String message) { super(message) }
}

/** Jenkins' environment variables: names differ by more than case, and an empty value takes a variable away. */
class Variables extends TreeMap<String, String> {
    Variables(Map<String, ?> given = [:]) {
        super(String.CASE_INSENSITIVE_ORDER)
        given.each { name, value -> override(name as String, value as String) }
    }

    void override(String name, String value) {
        if (value == null || value.isEmpty()) {
            remove(name)
        } else {
            put(name, value)
        }
    }
}

/** One build: its environment, workspaces, stashes, and the account of what it did. */
class Build {
    final Map run
    final List<Map> trace = []
    final List<Map> layers = []
    final List<String> path = []
    final Map<String, Map> stashes = [:]
    final Map<String, String> parameters = [:]
    File workspace
    String result = 'SUCCESS'
    String stageResult = 'SUCCESS'
    int number = 0

    Build(Map run) { this.run = run }

    boolean isReal() { run.mode == 'run' }

    void note(Map event) { trace << ([stage: path.join('/')] + event) }

    /** The variables that hold here, innermost layer last. */
    Variables variables() {
        def found = new Variables((run.env ?: [:]) + parameters)
        layers.each { layer -> layer.variables.each { name, value -> found.override(name, value) } }
        found
    }

    /** What the file sets here, by name: for the trace. */
    Map<String, String> own() {
        def found = new Variables()
        layers.each { layer -> layer.variables.each { name, value -> found.override(name, value) } }
        new LinkedHashMap<String, String>(found)
    }

    List<String> secrets() { layers.collectMany { it.secrets } }

    Object within(Map<String, ?> variables, List<String> secrets = [], Closure body) {
        layers << [variables: variables, secrets: secrets]
        try {
            return body()
        } finally {
            layers.remove(layers.size() - 1)
        }
    }

    /** Run something in a workspace; agents keep theirs, as Jenkins' do, so what is left there is found again. */
    Object onAgent(Map agent, Closure body) {
        note(agent + [event: 'agent'])
        def before = workspace
        def depth = before == null ? '' : '@2'
        workspace = new File(run.root ?: '/nonexistent', "workspace${depth}")
        if (real) {
            workspace.mkdirs()
        }
        try {
            return within([WORKSPACE: workspace.path]) { body() }
        } finally {
            workspace = before
        }
    }

    void needAgent(String step) {
        if (workspace == null) {
            throw new PipelineError("'${step}' needs an agent")
        }
    }

    void worse(String given) {
        def order = ['SUCCESS', 'UNSTABLE', 'FAILURE', 'ABORTED']
        if (order.indexOf(given) > order.indexOf(result)) {
            result = given
        }
    }
}

/** `env`: reading gives what holds here, writing holds for the rest of the build. */
class Environment {
    private final Build build

    Environment(Build build) { this.build = build }

    Object getProperty(String name) { build.variables()[name] }

    void setProperty(String name, Object value) { build.run.env = (build.run.env ?: [:]) + [(name): value as String] }
}

/** `currentBuild`, as far as pipelines ask for it. */
class CurrentBuild {
    private final Build build

    CurrentBuild(Build build) { this.build = build }

    /** A list that reads as JSON, as Jenkins' does. */
    Object getBuildCauses() {
        def causes = build.run.causes ?: []
        new ArrayList(causes) {
            @Override
            String toString() { JsonOutput.toJson(causes) }
        }
    }

    List getChangeSets() { build.run.changes ? [build.run.changes] : [] }

    String getResult() { build.result }

    String getCurrentResult() { build.result }
}
