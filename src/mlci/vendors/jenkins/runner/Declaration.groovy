/** A block of a pipeline, read: it knows the words that may stand in it and refuses all others. */
abstract class Block {
    final Map<String, List> found = [:]

    abstract Map<String, String> words()

    abstract String title()

    /** Read a closure's content into this block. */
    Block read(Closure body) {
        Scope.call(body, this)
        this
    }

    Object methodMissing(String name, Object arguments) {
        if (!words().containsKey(name)) {
            throw new PipelineError("unknown section '${name}' in ${title()}")
        }
        if (found.containsKey(name) && words()[name] != 'many') {
            throw new PipelineError("'${name}' stands twice in ${title()}")
        }
        found.get(name, []) << (arguments as List)
        null
    }

    Object propertyMissing(String name) {
        if (name in ['any', 'none']) {
            return name
        }
        throw new PipelineError("'${name}' means nothing in ${title()}")
    }

    boolean has(String name) { found.containsKey(name) }

    /** The closure of a section that has nothing else. */
    Closure body(String name) {
        def arguments = found[name]?.first()
        if (arguments == null) {
            return null
        }
        if (arguments.size() != 1 || !(arguments[0] instanceof Closure)) {
            throw new PipelineError("'${name}' of ${title()} must be a block")
        }
        arguments[0]
    }

    List<StageBlock> stages(String section, boolean inside) {
        new StageList(section, title(), inside).read(body(section)).stages
    }
}

/** Calls a block so that the words in it are its reader's alone; in a script, they may be the script's own. */
class Scope {
    static Object call(Closure body, Object reader, Object... arguments) {
        def closure = body.rehydrate(reader, body.owner, body.thisObject)
        def script = body.thisObject instanceof LibraryScript
        closure.resolveStrategy = script ? Closure.OWNER_FIRST : Closure.DELEGATE_ONLY
        closure.call(*arguments)
    }
}

class PipelineBlock extends Block {
    Map<String, String> words() {
        ['agent', 'options', 'triggers', 'parameters', 'environment', 'tools', 'stages', 'post'].collectEntries { [it, 'one'] }
    }

    String title() { 'pipeline' }

    PipelineBlock checked() {
        ['agent', 'stages'].each { name ->
            if (!has(name)) {
                throw new PipelineError("pipeline lacks '${name}'")
            }
        }
        this
    }
}

class StageBlock extends Block {
    final String name
    final boolean inside

    StageBlock(String name, boolean inside) {
        this.name = name
        this.inside = inside
    }

    Map<String, String> words() {
        ['agent', 'options', 'environment', 'tools', 'input', 'when', 'steps', 'stages', 'parallel', 'matrix', 'post', 'failFast']
            .collectEntries { [it, 'one'] }
    }

    String title() { "stage '${name}'" }

    StageBlock checked() {
        def content = ['steps', 'stages', 'parallel', 'matrix'].findAll { has(it) }
        if (content.size() != 1) {
            throw new PipelineError("${title()} must have exactly one of steps, stages, parallel, matrix; it has ${content}")
        }
        if (content[0] in ['parallel', 'matrix']) {
            if (inside) {
                throw new PipelineError("${title()}: '${content[0]}' cannot stand inside another parallel or matrix")
            }
            ['agent', 'tools'].each { word ->
                if (has(word)) {
                    throw new PipelineError("${title()}: no '${word}' beside '${content[0]}'")
                }
            }
        }
        this
    }

    String content() { ['steps', 'stages', 'parallel', 'matrix'].find { has(it) } }
}

class MatrixBlock extends Block {
    final String name

    MatrixBlock(String name) { this.name = name }

    Map<String, String> words() {
        ['axes', 'excludes', 'stages', 'agent', 'environment', 'options', 'post', 'when'].collectEntries { [it, 'one'] }
    }

    String title() { "matrix of '${name}'" }

    List<Map> axes() { new AxisList(title()).read(body('axes')).axes }

    List<List<Map>> excludes() { has('excludes') ? new ExcludeList(title()).read(body('excludes')).rows : [] }
}

/** The stages of a `stages` or `parallel` block; no two may have one name. */
class StageList extends Block {
    final List<StageBlock> stages = []
    final String section
    final String holder
    final boolean inside

    StageList(String section, String holder, boolean inside) {
        this.section = section
        this.holder = holder
        this.inside = inside
    }

    Map<String, String> words() { [stage: 'many'] }

    String title() { "${section} of ${holder}" }

    void stage(String name, Closure body) {
        if (stages.any { it.name == name }) {
            throw new PipelineError("two stages of ${title()} are called '${name}'")
        }
        stages << (StageBlock) new StageBlock(name, inside).read(body)
        stages.last().checked()
    }

    Block read(Closure body) {
        super.read(body)
        if (stages.isEmpty()) {
            throw new PipelineError("${title()} is empty")
        }
        this
    }
}

class AxisList extends Block {
    final List<Map> axes = []
    final String holder

    AxisList(String holder) { this.holder = holder }

    Map<String, String> words() { [axis: 'many'] }

    String title() { "axes of ${holder}" }

    void axis(Closure body) {
        def one = (AxisBlock) new AxisBlock().read(body)
        if (!one.has('name') || !(one.has('values') ^ one.has('notValues'))) {
            throw new PipelineError("an axis of ${holder} must have a name and values")
        }
        def values = (one.found.values ?: one.found.notValues).first()
        axes << [name: one.found.name.first()[0], values: values, negated: one.has('notValues')]
    }
}

class AxisBlock extends Block {
    Map<String, String> words() { [name: 'one', values: 'one', notValues: 'one'] }

    String title() { 'axis' }
}

class ExcludeList extends Block {
    final List<List<Map>> rows = []
    final String holder

    ExcludeList(String holder) { this.holder = holder }

    Map<String, String> words() { [exclude: 'many'] }

    String title() { "excludes of ${holder}" }

    void exclude(Closure body) { rows << new AxisList(title()).read(body).axes }
}

/** A block of plain directives: options, triggers, parameters, tools, an input, an agent's settings. */
class Directives extends Block {
    final String name
    final Set<String> known

    Directives(String name, Collection<String> known) {
        this.name = name
        this.known = known as Set
    }

    Map<String, String> words() { known.collectEntries { [it, 'one'] } }

    String title() { name }

    /** The argument of buildDiscarder. */
    Map logRotator(Map given) { [logRotator: given] }

    /** What was said, as data. */
    Map said() { found.collectEntries { word, calls -> [word, plain(calls.first())] } }

    static Object plain(List arguments) {
        if (arguments.size() == 1) {
            return arguments[0] instanceof GString ? arguments[0].toString() : arguments[0]
        }
        arguments
    }
}

/** A block of directives whose values may depend on the build. */
class BuildDirectives extends Directives {
    private final Build build

    BuildDirectives(String name, Collection<String> known, Build build) {
        super(name, known)
        this.build = build
    }

    Object propertyMissing(String word) { new Globals(build).find(word) }
}

/** The names that stand for something in every block. */
class Globals {
    private final Build build

    Globals(Build build) { this.build = build }

    Object find(String name) {
        switch (name) {
            case 'env': return new Environment(build)
            case 'params': return build.parameters
            case 'currentBuild': return new CurrentBuild(build)
        }
        def variables = build.variables()
        if (variables.containsKey(name)) {
            return variables[name]
        }
        throw new PipelineError("nothing is called '${name}'")
    }
}

/** An `environment` block: NAME = 'text', or text with holes. */
class EnvironmentBlock {
    private final Build build
    final Map<String, String> found = [:]

    EnvironmentBlock(Build build) { this.build = build }

    void setProperty(String name, Object value) {
        if (!(value instanceof CharSequence)) {
            throw new PipelineError("the value of ${name} is no text")
        }
        this.@found.put(name, value.toString())
    }

    Object getProperty(String name) {
        this.@found.containsKey(name) ? this.@found[name] : new Globals(this.@build).find(name)
    }

    Object methodMissing(String name, Object arguments) {
        throw new PipelineError("environment knows no '${name}'")
    }

    Map<String, String> all() { this.@found }
}
