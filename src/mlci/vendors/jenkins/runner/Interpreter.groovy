/** Runs a declarative pipeline as Jenkins does: stages, conditions, agents, matrices, and what comes after. */
class Interpreter {
    private static final OPTIONS = [
        'skipDefaultCheckout', 'timestamps', 'buildDiscarder', 'disableConcurrentBuilds', 'timeout', 'retry', 'lock',
        'disableResume', 'preserveStashes', 'ansiColor', 'quietPeriod', 'newContainerPerStage',
    ]
    private static final AFTER = [
        'always', 'changed', 'fixed', 'regression', 'aborted', 'failure', 'success', 'unstable', 'unsuccessful', 'cleanup',
    ]
    private final Build build
    private final Steps steps

    Interpreter(Build build) {
        this.build = build
        this.steps = new Steps(build)
    }

    void pipeline(Closure body) {
        def block = ((PipelineBlock) new PipelineBlock().read(body)).checked()
        parameters(block)
        def said = directives(block, 'options', OPTIONS)
        if (said.retry) {
            throw new PipelineError("'retry' of a whole pipeline is not known here")
        }
        build.common.checksOut = !said.containsKey('skipDefaultCheckout') || said.skipDefaultCheckout == false
        directives(block, 'triggers', ['cron', 'pollSCM', 'upstream'])
        directives(block, 'tools', ['maven', 'jdk', 'gradle', 'git'])
        agent(block) {
            build.within(environment(block)) {
                build.limited(Steps.milliseconds(said.timeout)) { stages(block.stages('stages', false), null) }
                after(block, build.result)
            }
        }
    }

    private void parameters(Block block) {
        if (!block.has('parameters')) {
            return
        }
        def found = (Parameters) new Parameters().read(block.body('parameters'))
        found.defaults.each { name, value -> build.parameters[name] = (build.run.params ?: [:])[name] ?: value }
        build.note([event: 'parameters', parameters: found.all])
    }

    private Map directives(Block block, String section, List<String> known) {
        if (!block.has(section)) {
            return [:]
        }
        def found = new BuildDirectives("${section} of ${block.title()}", known, build)
        found.read(block.body(section))
        build.note([event: section, said: found.said()])
        found.said()
    }

    private Map environment(Block block) {
        if (!block.has('environment')) {
            return [:]
        }
        def found = new EnvironmentBlock(build)
        Scope.call(block.body('environment'), found)
        found.all()
    }

    private Object agent(Block block, Closure body) {
        if (!block.has('agent')) {
            return body()
        }
        def asked = block.found.agent.first()[0]
        if (asked == 'none') {
            return body()
        }
        def kind = asked == 'any' ? [kind: 'any'] : ((AgentBlock) new AgentBlock().read((Closure) asked)).asked()
        build.onAgent(kind) { build.common.checksOut ? build.within(steps.checkout(steps.scm)) { body() } : body() }
    }

    /** Run stages in sequence; return the failure that ended it, or the one before. */
    private Throwable stages(List<StageBlock> stages, Throwable before) {
        stages.each { stage -> before = one(stage, before) ?: before }
        before
    }

    private Throwable one(StageBlock stage, Throwable before) {
        build.path << stage.name
        try {
            if (before != null) {
                build.note([event: 'skipped', why: 'an earlier stage failed'])
                return before
            }
            return conditional(stage)
        } finally {
            build.path.remove(build.path.size() - 1)
        }
    }

    private Throwable conditional(StageBlock stage) {
        def conditions = stage.has('when') ? new Conditions(build) : null
        def early = conditions == null || flag(stage, 'beforeAgent') || !stage.has('agent')
        if (early && conditions != null && !conditions.all(stage.body('when'))) {
            build.note([event: 'skipped', why: 'when'])
            return null
        }
        def said = directives(stage, 'options', OPTIONS)
        if (!ask(stage)) {
            build.worse('ABORTED')
            return new StepFailure('rejected')
        }
        try {
            return (Throwable) agent(stage) {
                if (!early && !conditions.all(stage.body('when'))) {
                    build.note([event: 'skipped', why: 'when'])
                    return null
                }
                build.within(environment(stage)) { content(stage, said) }
            }
        } catch (StepFailure failure) {
            return failed(failure)
        }
    }

    /** Read a flag of a `when` without asking its conditions. */
    private boolean flag(StageBlock stage, String name) {
        def probe = new Flags()
        Scope.call(stage.body('when'), probe)
        probe.found[name]
    }

    private boolean ask(StageBlock stage) {
        if (!stage.has('input')) {
            return true
        }
        def found = new Directives("input of ${stage.title()}", ['message', 'id', 'ok', 'submitter', 'submitterParameter', 'parameters'])
        found.read(stage.body('input'))
        def answer = (build.run.answers ?: [:])[stage.name] != false
        build.note([event: 'input', said: found.said(), answer: answer])
        answer
    }

    private Throwable content(StageBlock stage, Map said) {
        build.note([event: 'stage'])
        def outer = build.stageResult
        build.stageResult = 'SUCCESS'
        def failure = null
        build.limited(Steps.milliseconds(said.timeout)) {
            for (int left = (said.retry ?: 1) as int; left > 0; left--) {
                failure = attempt(stage)
                if (failure == null) {
                    break
                }
            }
        }
        if (failure != null) {
            failed(failure)
        }
        def result = failure == null ? build.stageResult : resultOf(failure)
        after(stage, result)
        build.note([event: 'end', result: result])
        build.stageResult = outer
        failure
    }

    private Throwable attempt(StageBlock stage) {
        try {
            return work(stage)
        } catch (StepFailure failure) {
            return failure
        }
    }

    private Throwable failed(Throwable failure) {
        build.note([event: 'failed', message: failure.message])
        build.worse(resultOf(failure))
        failure
    }

    private static String resultOf(Throwable failure) { failure instanceof Interrupted ? 'ABORTED' : 'FAILURE' }

    private Throwable work(StageBlock stage) {
        if (stage.has('failFast') && stage.found.failFast.first()[0]) {
            throw new PipelineError("'failFast' is not known here")
        }
        switch (stage.content()) {
            case 'steps':
                steps.run(stage.body('steps'))
                return null
            case 'stages':
                return stages(stage.stages('stages', stage.inside), null)
            case 'parallel':
                return sideBySide(stage.stages('parallel', true).collect { branch -> { Interpreter at -> at.one(branch, null) } })
            case 'matrix':
                return matrix((MatrixBlock) new MatrixBlock(stage.name).read(stage.body('matrix')))
        }
    }

    /** Run branches, which all run to their end whatever becomes of the others; really side by side in a real run. */
    private Throwable sideBySide(List<Closure> branches) {
        if (!build.real) {
            return branches.collect { it.call(this) }.find { it != null }
        }
        def ends = new Object[branches.size()]
        def threads = (0..<branches.size()).collect { at ->
            Thread.start {
                try {
                    ends[at] = branches[at].call(new Interpreter(build.fork()))
                } catch (RuntimeException error) {
                    ends[at] = error
                }
            }
        }
        threads*.join()
        def broken = ends.find { it != null && !(it instanceof StepFailure) }
        if (broken != null) {
            throw broken
        }
        (Throwable) ends.find { it != null }
    }

    private Throwable matrix(MatrixBlock matrix) {
        def cells = [[:]]
        matrix.axes().each { axis ->
            cells = cells.collectMany { cell -> axis.values.collect { value -> cell + [(axis.name): value] } }
        }
        def excludes = matrix.excludes()
        def kept = cells.findAll { cell -> !excludes.any { row -> row.every { (cell[it.name] in it.values) ^ it.negated } } }
        sideBySide(kept.collect { cell -> { Interpreter at -> at.inCell(matrix, cell) } })
    }

    private Throwable inCell(MatrixBlock matrix, Map cell) {
        build.path << ('Matrix - ' + cell.collect { name, value -> "${name} = '${value}'" }.join(', '))
        try {
            return (Throwable) build.within(cell) { stages(matrix.stages('stages', true), null) }
        } finally {
            build.path.remove(build.path.size() - 1)
        }
    }

    private void after(Block block, String result) {
        if (!block.has('post')) {
            return
        }
        def found = new Directives("post of ${block.title()}", AFTER)
        found.read(block.body('post'))
        def held = ['always', result.toLowerCase()] + (result == 'SUCCESS' ? [] : ['unsuccessful']) + ['cleanup']
        AFTER.findAll { it in held && found.has(it) }.each { condition ->
            build.note([event: 'post', condition: condition])
            steps.run(found.body(condition))
        }
    }
}

/** The settings of an agent. */
class AgentBlock extends Block {
    Map<String, String> words() { [docker: 'one', label: 'one', dockerfile: 'one', node: 'one'] }

    String title() { 'agent' }

    Map asked() {
        if (has('label')) {
            return [kind: 'label', label: found.label.first()[0]]
        }
        if (!has('docker')) {
            throw new PipelineError("an agent of kind ${found.keySet()} is not known here")
        }
        def given = found.docker.first()[0]
        if (given instanceof String) {
            return [kind: 'docker', image: given]
        }
        def settings = new Directives('docker', ['image', 'label', 'args', 'alwaysPull', 'reuseNode', 'registryUrl'])
        settings.read(given)
        if (!settings.has('image')) {
            throw new PipelineError("a docker agent lacks its image")
        }
        [kind: 'docker'] + settings.said()
    }
}

/** The parameters of a pipeline. */
class Parameters extends Block {
    final Map<String, String> defaults = [:]
    final List<Map> all = []

    Map<String, String> words() { [:] }

    String title() { 'parameters' }

    void string(Map given) { add('string', given, ['name', 'defaultValue', 'description', 'trim'], given.defaultValue ?: '') }

    void choice(Map given) { add('choice', given, ['name', 'choices', 'description'], given.choices[0]) }

    private void add(String kind, Map given, List<String> known, Object value) {
        Steps.known(kind, given, known)
        defaults[given.name] = value as String
        all << ([kind: kind] + given)
    }
}

/** Reads the flags of a `when`, and nothing else. */
class Flags {
    final Map<String, Boolean> found = [:]

    Object methodMissing(String name, Object arguments) {
        def given = (arguments as List)
        if (given.size() == 1 && given[0] instanceof Boolean) {
            found[name] = given[0]
        }
        null
    }
}
