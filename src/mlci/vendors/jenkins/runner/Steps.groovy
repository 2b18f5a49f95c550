import java.util.concurrent.TimeUnit

/** The steps of a pipeline: each checks its arguments, notes itself, and in a real run does its work. */
class Steps {
    private final Build build
    private final Shell shell

    Steps(Build build) {
        this.build = build
        this.shell = new Shell(build)
    }

    Object run(Closure body, Object... arguments) { Scope.call(body, this, *arguments) }

    Object getScm() { [scm: true] }

    Object getEnv() { new Environment(build) }

    Object getParams() { build.parameters }

    Object getCurrentBuild() { new CurrentBuild(build) }

    Docker getDocker() { new Docker(build, this) }

    void echo(String message) { note('echo', [message: message]) }

    void error(String message) { throw new StepFailure(message) }

    void sh(String script) { sh([script: script]) }

    void sh(Map given) {
        known('sh', given, ['script', 'label'])
        build.needAgent('sh')
        shell.run(given.script, given.label)
    }

    /** Check out what is built; returned are the variables that Jenkins sets by itself only for its own checkout. */
    Map<String, String> checkout(Map given) {
        known('checkout', given, ['scm'])
        build.needAgent('checkout')
        note('checkout', [:])
        if (!build.real) {
            return [:]
        }
        if (build.run.commit == null && !build.workspace.list()) {
            shell.quietly(['git', 'clone', '--quiet', '--no-hardlinks', build.run.source, '.'])
            return [:]
        }
        shell.quietly(['git', '-c', 'init.defaultBranch=main', 'init', '--quiet'])
        shell.quietly(['git', 'fetch', '--quiet', '--no-tags', '--update-shallow', build.run.source, build.run.ref ?: 'HEAD'])
        shell.quietly(['git', 'checkout', '--quiet', '--force', '--detach', build.run.commit ?: 'FETCH_HEAD'])
        [GIT_COMMIT: build.run.commit, GIT_BRANCH: build.variables().BRANCH_NAME].findAll { it.value }
    }

    /** Return the folder where steps work, or with `tmp` one beside it. */
    String pwd(Map given = [:]) {
        known('pwd', given, ['tmp'])
        build.needAgent('pwd')
        build.workspace.path + (given.tmp ? '@tmp' : '')
    }

    String libraryResource(String path) {
        if (build.library == null) {
            throw new StepFailure("No such library resource ${path} could be found.")
        }
        build.library.resource(path)
    }

    void deleteDir() {
        build.needAgent('deleteDir')
        note('deleteDir', [:])
        if (build.real) {
            build.workspace.listFiles().each { it.directory ? it.deleteDir() : it.delete() }
        }
    }

    void stash(Map given) {
        known('stash', given, ['name', 'includes', 'excludes', 'useDefaultExcludes', 'allowEmpty'])
        build.needAgent('stash')
        if (!(given.name ==~ /[^?*\/\\%!@#$^&|<>\[\]:;]+/)) {
            throw new PipelineError("'${given.name}' is no name for a stash")
        }
        def files = build.real ? Glob.files(build.workspace, given.includes) : []
        if (build.real && !files && !given.allowEmpty) {
            throw new StepFailure("No files included in stash '${given.name}'")
        }
        build.stashes[given.name as String] = files.collectEntries { [it, new File(build.workspace, it).bytes] }
        note('stash', [name: given.name as String, includes: given.includes, files: files])
    }

    void unstash(String name) {
        build.needAgent('unstash')
        if (!build.stashes.containsKey(name)) {
            throw new StepFailure("No such saved stash '${name}'")
        }
        note('unstash', [name: name])
        build.stashes[name].each { path, bytes ->
            def file = new File(build.workspace, path)
            file.parentFile.mkdirs()
            file.bytes = bytes
        }
    }

    void junit(Map given) {
        known('junit', given, ['testResults', 'allowEmptyResults', 'skipMarkingBuildUnstable', 'skipPublishingChecks'])
        build.needAgent('junit')
        note('junit', given)
        if (!build.real) {
            return
        }
        def files = Glob.files(build.workspace, given.testResults)
        if (!files && !given.allowEmptyResults) {
            throw new StepFailure('No test report files were found. Configuration error?')
        }
        def bad = files.any { Reports.failed(new File(build.workspace, it)) }
        if (bad && !given.skipMarkingBuildUnstable) {
            build.worse('UNSTABLE')
            build.stageResult = 'UNSTABLE'
        }
    }

    void archiveArtifacts(Map given) {
        known('archiveArtifacts', given, ['artifacts', 'allowEmptyArchive', 'fingerprint'])
        build.needAgent('archiveArtifacts')
        note('archiveArtifacts', given)
        if (!build.real) {
            return
        }
        def files = Glob.files(build.workspace, given.artifacts)
        if (!files && !given.allowEmptyArchive) {
            throw new StepFailure("No artifacts found that match the file pattern \"${given.artifacts}\"")
        }
        if (build.run.artifacts) {
            files.each { Reports.copy(new File(build.workspace, it), new File(build.run.artifacts as String, it)) }
        }
    }

    Object timeout(Map given, Closure body) {
        note('timeout', given)
        build.limited(milliseconds(given)) { run(body) }
    }

    /** What a timeout says, null for none. */
    static Long milliseconds(Object given) {
        if (given == null) {
            return null
        }
        known('timeout', (Map) given, ['time', 'unit'])
        TimeUnit.valueOf((given.unit ?: 'MINUTES') as String).toMillis(given.time as long)
    }

    Object withEnv(List given, Closure body) {
        note('withEnv', [variables: given*.toString()])
        def before = build.variables()
        def changed = new Variables(before)
        given*.toString().each { one ->
            def (name, value) = one.split('=', 2) as List
            changed.expand(name, value, build.machine)
        }
        def gone = before.keySet() - changed.keySet()
        build.within(changed.findAll { name, value -> before[name] != value } + gone.collectEntries { [it, ''] }) { run(body) }
    }

    Object withCredentials(List<Map> given, Closure body) {
        def found = given.collectEntries { one ->
            def value = (build.run.credentials ?: [:])[one.credentialsId] ?: (build.run.anyCredential ? '***' : null)
            if (value == null) {
                throw new StepFailure("CredentialNotFoundException: Could not find credentials entry with ID '${one.credentialsId}'")
            }
            [one.variable, one.kind == 'file' && build.real ? Reports.secret(build.temporary, value) : value]
        }
        note('withCredentials', [credentials: given*.credentialsId])
        build.within(found, found.keySet() as List) { run(body) }
    }

    Map string(Map given) { binding('string', given) }

    Map file(Map given) { binding('file', given) }

    private static Map binding(String kind, Map given) {
        known(kind, given, ['credentialsId', 'variable'])
        given + [kind: kind]
    }

    Object catchError(Map given = [:], Closure body) {
        known('catchError', given, ['buildResult', 'stageResult', 'message', 'catchInterruptions'])
        try {
            return run(body)
        } catch (StepFailure failure) {
            note('caught', [message: failure.message])
            build.worse(given.buildResult ?: 'FAILURE')
            build.stageResult = given.stageResult ?: 'FAILURE'
        }
    }

    Object cache(Map given, Closure body) {
        known('cache', given, ['caches', 'maxCacheSize', 'defaultBranch'])
        build.needAgent('cache')
        note('cache', given)
        def kept = build.real && build.run.caches ? given.caches.collect { new Kept(build, it) } : []
        kept*.bring()
        def result = run(body)
        kept*.keep()
        result
    }

    Map arbitraryFileCache(Map given) {
        known('arbitraryFileCache', given, ['path', 'cacheName', 'includes', 'excludes', 'cacheValidityDecidingFile'])
        given
    }

    Object script(Closure body) { run(body) }

    Object node(String label = '', Closure body) { build.onAgent([kind: 'node', label: label]) { run(body) } }

    Object methodMissing(String name, Object arguments) {
        if (!build.library?.has(name)) {
            throw new PipelineError("unknown step '${name}'")
        }
        build.library.call(name, this, arguments)
    }

    Object propertyMissing(String name) { new Globals(build).find(name) }

    void note(String step, Map arguments) { build.note([event: 'step', step: step, arguments: plain(arguments)]) }

    private static Map plain(Map given) { given.collectEntries { k, v -> [k, v instanceof GString ? v.toString() : v] } }

    static void known(String name, Map given, Collection<String> allowed) {
        def strange = given.keySet() - allowed
        if (strange) {
            throw new PipelineError("'${name}' takes no ${strange}")
        }
    }
}

/** `docker`: containers are noted; in a real run their work is done on this machine. */
class Docker {
    private final Build build
    private final Steps steps

    Docker(Build build, Steps steps) {
        this.build = build
        this.steps = steps
    }

    DockerImage image(String name) { new DockerImage(build, steps, name) }
}

class DockerImage {
    private final Build build
    private final Steps steps
    private final String name

    DockerImage(Build build, Steps steps, String name) {
        this.build = build
        this.steps = steps
        this.name = name
    }

    Object inside(Object args = '', Closure body) {
        build.needAgent('docker.image.inside')
        steps.note('inside', [image: name, args: args.toString()])
        build.inContainer { steps.run(body) }
    }

    Object withRun(Object args = '', Closure body) {
        build.needAgent('docker.image.withRun')
        if (build.real) {
            throw new PipelineError("no container of ${name} can be started here; that needs a container engine")
        }
        steps.note('withRun', [image: name, args: args.toString()])
        steps.run(body, [id: "container-of-${name}"])
    }
}

/** Runs shell scripts as Jenkins does: by what their first line names, else `sh -xe`; with the build's variables. */
class Shell {
    private final Build build

    Shell(Build build) { this.build = build }

    void run(Object given, Object label) {
        def text = given.toString()
        def told = [text, "${label ?: ''}".toString()]
        def status = matches('skip', told) ? 0 : build.real ? execute(text) : (matches('fail', told) ? 1 : 0)
        build.note([
            event: 'step', step: 'sh', arguments: [script: text], status: status,
            variables: build.own().findAll { it.key != 'WORKSPACE' }, secrets: build.secrets(),
        ])
        if (status != 0) {
            throw new StepFailure("script returned exit code ${status}")
        }
    }

    private boolean matches(String kind, List<String> told) { (build.run[kind] ?: []).any { told.any { each -> each =~ it } } }

    private int execute(String text) {
        def script = File.createTempFile('step', '.sh', build.temporary == null ? null : new File(build.temporary))
        script.setText(text, 'UTF-8')
        script.executable = true
        try {
            return process(text.startsWith('#!') ? [script.path] : ['sh', '-xe', script.path])
        } finally {
            script.delete()
        }
    }

    void quietly(List<String> command) {
        def status = process(command)
        if (status != 0) {
            throw new StepFailure("${command.join(' ')} returned exit code ${status}")
        }
    }

    private int process(List<String> command) {
        def builder = new ProcessBuilder(command*.toString()).directory(build.workspace).redirectErrorStream(true)
        def environment = builder.environment()
        environment.clear()
        environment.putAll(build.machine)
        // The Docker Pipeline plugin takes the PATH out of what it hands into a container.
        environment.putAll(build.variables().findAll { !(build.contained && it.key == 'PATH') })
        def log = new File(build.log)
        log.parentFile.mkdirs()
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log))
        def status = Processes.wait(builder.start(), build.deadline)
        if (status == null) {
            log.append('mlci parity: ended: the time of `timeout` is over\n')
            throw new Interrupted('the time of `timeout` is over')
        }
        status
    }
}
