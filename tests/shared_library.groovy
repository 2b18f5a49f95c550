/*
Runs a Jenkinsfile that uses a shared library, in a workspace, as far as it needs of Jenkins:

    groovy shared_library.groovy LIBRARY JENKINSFILE WORKSPACE TRACE.json

Environment as Jenkins has it: `withEnv` expands $NAME, ${NAME} and $$, an empty value takes a variable away, and
PATH+X comes first on the PATH. A step that a Jenkins without plugins lacks is refused.
*/
import groovy.json.JsonOutput

class Failed extends RuntimeException {
    Failed(String message) { super(message) }
}

class Jenkins {
    File library
    File workspace
    Map<String, String> environment = new TreeMap<String, String>(System.getenv())
    Map<String, Map<String, byte[]>> stashes = [:]
    List<Map> trace = []
    Map<String, Script> steps = [:]

    void load() {
        new File(library, 'vars').listFiles().findAll { it.name.endsWith('.groovy') }.each { file ->
            steps[file.name - '.groovy'] = bind(new GroovyClassLoader().parseClass(file).newInstance())
        }
    }

    Script bind(Script script) {
        script.metaClass.methodMissing = { String name, arguments -> perform(name, arguments as List) }
        script
    }

    Object perform(String name, List arguments) {
        if (steps.containsKey(name)) {
            return steps[name].call(*arguments)
        }
        def known = respondsTo("step_${name}")
        if (!known) {
            throw new Failed("Jenkins has no step '${name}'")
        }
        this."step_${name}"(*arguments)
    }

    Object inside(Closure body) {
        body.delegate = bind(new Empty())
        body.resolveStrategy = Closure.DELEGATE_FIRST
        body()
    }

    def step_pipeline(Closure body) { inside(body) }

    def step_stages(Closure body) { inside(body) }

    def step_stage(String name, Closure body) {
        trace << [stage: name]
        inside(body)
    }

    def step_steps(Closure body) { inside(body) }

    def step_agent(String asked) { trace << [agent: asked] }

    def step_pwd(Map given) { workspace.path + (given.tmp ? '@tmp' : '') }

    def step_error(String message) { throw new Failed(message) }

    def step_libraryResource(String path) { new File(library, "resources/${path}").text }

    def step_withEnv(List given, Closure body) {
        def before = environment
        environment = new TreeMap<String, String>(before)
        given.each { String one ->
            def (name, value) = one.split('=', 2) as List
            value = value.replaceAll(/\$(\w+|\{[\w.]+\}|\$)/) { all, key ->
                key == '$' ? '$' : environment.getOrDefault(key.replaceAll(/[{}]/, ''), all)
            }
            if (name.contains('+')) {
                name = name.split('\\+')[0]
                value = value + ':' + environment[name]
            }
            value ? environment.put(name, value) : environment.remove(name)
        }
        try {
            inside(body)
        } finally {
            environment = before
        }
    }

    def step_sh(String script) { step_sh([script: script]) }

    def step_sh(Map given) {
        def file = File.createTempFile('script', '.sh')
        file.text = given.script.startsWith('#!') ? given.script : "#!/bin/sh -xe\n${given.script}"
        file.executable = true
        def builder = new ProcessBuilder(file.path).directory(workspace).redirectErrorStream(true)
        builder.environment().clear()
        builder.environment().putAll(environment)
        def process = builder.start()
        def said = process.inputStream.text
        def status = process.waitFor()
        file.delete()
        trace << [sh: given.label ?: given.script, status: status, said: said, ask: environment.MLCI_ASK, with: environment.MLCI_WITH]
        if (status) {
            throw new Failed("script returned exit code ${status}")
        }
    }

    def step_stash(Map given) {
        def folder = new File(workspace, given.includes - '/**')
        def found = [:]
        if (folder.directory) {
            folder.eachFileRecurse { if (it.file) { found[workspace.toPath().relativize(it.toPath()).toString()] = it.bytes } }
        }
        stashes[given.name] = found
        trace << [stash: given.name, files: found.keySet().sort()]
    }

    def step_unstash(String name) {
        if (!stashes.containsKey(name)) {
            throw new Failed("No such saved stash '${name}'")
        }
        trace << [unstash: name]
    }

    def step_junit(Map given) {
        trace << [junit: given.testResults, there: new File(workspace, given.testResults).file]
    }
}

class Empty extends Script {
    final String any = 'any'

    def run() { }
}

def jenkins = new Jenkins(library: new File(args[0]), workspace: new File(args[2]))
jenkins.load()
def text = new File(args[1]).text.readLines().findAll { !it.startsWith('@Library') }.join('\n')
def result = 'SUCCESS', error = null
try {
    jenkins.bind(new GroovyClassLoader().parseClass(text, 'Jenkinsfile.groovy').newInstance()).run()
} catch (Failed one) {
    (result, error) = ['FAILURE', one.message]
}
new File(args[3]).text = JsonOutput.toJson([result: result, error: error, trace: jenkins.trace])
