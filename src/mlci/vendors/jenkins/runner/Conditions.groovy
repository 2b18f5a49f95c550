/** A `when` block: all its conditions must hold. */
class Conditions {
    private final Build build
    final Map flags = [:]
    final List<Boolean> held = []
    private static final Set FLAGS = ['beforeAgent', 'beforeInput', 'beforeOptions'] as Set

    Conditions(Build build) { this.build = build }

    boolean all(Closure body) {
        Scope.call(body, this)
        if (held.isEmpty()) {
            throw new PipelineError("a 'when' holds no condition")
        }
        held.every()
    }

    private void add(boolean value) { held << value }

    private List<Boolean> inner(String name, Closure body) {
        def block = new Conditions(build)
        Scope.call(body, block)
        if (block.held.isEmpty()) {
            throw new PipelineError("'${name}' holds no condition")
        }
        block.held
    }

    void beforeAgent(boolean value) { flags.beforeAgent = value }

    void beforeInput(boolean value) { flags.beforeInput = value }

    void beforeOptions(boolean value) { flags.beforeOptions = value }

    void allOf(Closure body) { add(inner('allOf', body).every()) }

    void anyOf(Closure body) { add(inner('anyOf', body).any()) }

    void not(Closure body) {
        def one = inner('not', body)
        if (one.size() != 1) {
            throw new PipelineError("'not' takes one condition, not ${one.size()}")
        }
        add(!one[0])
    }

    void branch(String pattern) { branch([pattern: pattern]) }

    void branch(Map given) {
        known('branch', given, ['pattern', 'comparator'])
        add(compare(given.pattern, variable('BRANCH_NAME'), given.comparator ?: 'GLOB'))
    }

    void tag(String pattern) { tag([pattern: pattern]) }

    void tag(Map given) {
        known('tag', given, ['pattern', 'comparator'])
        add(variable('TAG_NAME') != null && compare(given.pattern, variable('TAG_NAME'), given.comparator ?: 'GLOB'))
    }

    void buildingTag() { add(variable('TAG_NAME') != null) }

    void changeRequest(Map given = [:]) {
        def names = [id: 'CHANGE_ID', target: 'CHANGE_TARGET', branch: 'CHANGE_BRANCH', author: 'CHANGE_AUTHOR']
        known('changeRequest', given, names.keySet() + ['comparator'])
        def asked = given.findAll { it.key != 'comparator' }
        add(variable('CHANGE_ID') != null && asked.every { name, pattern ->
            compare(pattern, variable(names[name]), given.comparator ?: 'EQUALS')
        })
    }

    void changeset(String pattern) { changeset([pattern: pattern]) }

    void changeset(Map given) {
        known('changeset', given, ['pattern', 'comparator', 'caseSensitive'])
        def comparator = given.comparator ?: 'GLOB'
        add((build.run.changes ?: []).any { compare(given.pattern, it, comparator, given.caseSensitive == true) })
    }

    void triggeredBy(String cause) { triggeredBy([cause: cause]) }

    void triggeredBy(Map given) {
        known('triggeredBy', given, ['cause', 'detail'])
        add((build.run.causes ?: []).any { it._class.tokenize('.$').last().startsWith(given.cause) })
    }

    void environment(Map given) {
        known('environment', given, ['name', 'value', 'ignoreCase'])
        def actual = variable(given.name)
        add(given.ignoreCase == true ? actual?.equalsIgnoreCase(given.value) as boolean : actual == given.value)
    }

    void isRestartedRun() { add(false) }

    void expression(Closure body) { add(Scope.call(body, new Expression(build)) as boolean) }

    Object methodMissing(String name, Object arguments) { throw new PipelineError("unknown condition '${name}'") }

    private String variable(String name) { build.variables()[name] }

    private static void known(String name, Map given, Collection<String> allowed) {
        def strange = given.keySet() - allowed
        if (strange) {
            throw new PipelineError("'${name}' takes no ${strange}")
        }
    }

    static boolean compare(String pattern, String actual, String comparator, boolean exact = false) {
        actual = actual ?: ''
        switch (comparator) {
            case 'GLOB': return Glob.matches(pattern, actual, exact)
            case 'REGEXP': return actual.matches(pattern)
            case 'EQUALS': return actual == pattern
        }
        throw new PipelineError("unknown comparator '${comparator}'")
    }
}

/** What an `expression` may use. */
class Expression {
    private final Build build

    Expression(Build build) { this.build = build }

    Object propertyMissing(String name) { new Globals(build).find(name) }

    Object methodMissing(String name, Object arguments) { throw new PipelineError("an expression knows no '${name}'") }
}
