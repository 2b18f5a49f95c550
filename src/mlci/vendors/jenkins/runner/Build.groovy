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

    /** Set a variable as `withEnv` does: names in the text are expanded, and PATH+X comes before the PATH. */
    void expand(String name, String text, Map<String, String> machine) {
        def value = text.replaceAll(/\$(\w+|\{[\w.]+\}|\$)/) { all, key ->
            key == '$' ? '$' : known(key.replaceAll(/[{}]/, ''), machine) ?: all
        }
        def plain = name.split(/\+/)[0]
        def before = plain == name ? null : known(plain, machine)
        override(plain, before == null ? value : "${value}${File.pathSeparator}${before}")
    }

    private String known(String name, Map<String, String> machine) { get(name) ?: machine[name] }

    void override(String name, String value) {
        if (value == null || value.isEmpty()) {
            remove(name)
        } else {
            put(name, value)
        }
    }
}

/** A step that was ended from outside: its time was over. */
class Interrupted extends StepFailure {
    Interrupted(String message) { super(message) }
}

/** What all branches of a build have in common. */
class Common {
    final List<Map> trace = Collections.synchronizedList([])
    final Map<String, Map> stashes = Collections.synchronizedMap([:])
    final Map<String, String> parameters = [:]
    boolean checksOut = true
    private final Set<String> busy = []
    private String result = 'SUCCESS'
    private static final ORDER = ['SUCCESS', 'UNSTABLE', 'FAILURE', 'ABORTED']

    /** Take the first workspace that nobody works in, as Jenkins does. */
    synchronized String take() {
        def names = ['workspace'] + (2..busy.size() + 2).collect { "workspace@${it}".toString() }
        def free = names.find { !(it in busy) }
        busy << free
        free
    }

    synchronized void giveBack(String name) { busy.remove(name) }

    synchronized String getResult() { result }

    synchronized void worse(String given) {
        if (ORDER.indexOf(given) > ORDER.indexOf(result)) {
            result = given
        }
    }
}

/** One build, or one branch of it: its environment, workspace, stashes, and the account of what it did. */
class Build {
    final Map run
    final Common common
    final List<Map> layers
    final List<String> path
    File workspace
    Map<String, String> machine
    String log
    String temporary
    boolean contained
    String stageResult = 'SUCCESS'
    long deadline = Long.MAX_VALUE

    Build(Map run) {
        this.run = run
        common = new Common()
        layers = []
        path = []
        machine = run.machine ?: [:]
        log = run.log ?: "${run.root}/log"
    }

    private Build(Build other) {
        run = other.run
        common = other.common
        layers = new ArrayList(other.layers)
        path = new ArrayList(other.path)
        workspace = other.workspace
        machine = other.machine
        log = other.log
        temporary = other.temporary
        contained = other.contained
        deadline = other.deadline
    }

    /** A branch that runs beside others. */
    Build fork() { new Build(this) }

    boolean isReal() { run.mode == 'run' }

    List<Map> getTrace() { common.trace }

    Map<String, Map> getStashes() { common.stashes }

    Map<String, String> getParameters() { common.parameters }

    String getResult() { common.result }

    void worse(String given) { common.worse(given) }

    /** The shared library that the file loads, null for none. */
    SharedLibrary getLibrary() { run.library ? new SharedLibrary(run.library as String) : null }

    void note(Map event) { trace << ([stage: path.join('/')] + event) }

    /** The variables that hold here, innermost layer last. */
    Variables variables() {
        def found = new Variables((run.env ?: [:]) + parameters + (path ? [STAGE_NAME: path.last()] : [:]))
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

    /** Run something on an agent. */
    Object onAgent(Map agent, Closure body) {
        note(agent + [event: 'agent'])
        def before = [workspace: workspace, machine: machine, log: log, temporary: temporary, contained: contained]
        contained = agent.kind == 'docker'
        try {
            return real && run.gate ? onMachine(body) : inFolder(body)
        } finally {
            before.each { name, value -> this[name] = value }
        }
    }

    /** Work in a workspace below `root`; agents keep theirs, as Jenkins' do, so what is left there is found again. */
    private Object inFolder(Closure body) {
        def name = common.take()
        try {
            workspace = new File(run.root ?: '/nonexistent', name)
            if (real) {
                workspace.mkdirs()
            }
            return within([WORKSPACE: workspace.path]) { body() }
        } finally {
            common.giveBack(name)
        }
    }

    /** Work on a machine of its own, once the gate gives one. */
    private Object onMachine(Closure body) {
        def given = Gate.ask(new File(run.gate as String), path.join('/'), workspace != null)
        if (given.refused) {
            throw new StepFailure(given.refused as String)
        }
        try {
            workspace = new File(given.workspace as String)
            workspace.mkdirs()
            machine = given.environ
            log = given.log
            temporary = given.temporary
            return within([WORKSPACE: workspace.path] + given.variables) { body() }
        } finally {
            Gate.leave(new File(run.gate as String), given.name as String)
        }
    }

    /** Do something that may take so many milliseconds, or less where it stands inside of a narrower limit. */
    Object limited(Long milliseconds, Closure body) {
        def before = deadline
        if (milliseconds != null) {
            deadline = Math.min(deadline, System.currentTimeMillis() + milliseconds)
        }
        try {
            return body()
        } finally {
            deadline = before
        }
    }

    /** Do something in a container on the agent. */
    Object inContainer(Closure body) {
        def before = contained
        contained = true
        try {
            return body()
        } finally {
            contained = before
        }
    }

    void needAgent(String step) {
        if (workspace == null) {
            throw new PipelineError("'${step}' needs an agent")
        }
    }
}

/** `env`: reading gives what holds here, writing holds for the rest of the build. */
class Environment {
    private final Build build

    Environment(Build build) { this.build = build }

    Object getProperty(String name) { build.variables()[name] ?: build.machine[name] }

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
