import groovy.json.JsonOutput
import groovy.json.JsonSlurper
import org.codehaus.groovy.control.CompilationFailedException

/** Runs each pipeline of a list; start.groovy says what a run may hold. */
class Harness {
    private static final Map<String, Class> COMPILED = [:]

    static void main(String[] args) {
        def runs = new JsonSlurper().parse(new File(args[0]), 'UTF-8')
        new File(args[1]).setText(JsonOutput.toJson(runs.collect { attempt(it) }), 'UTF-8')
    }

    /** Compile a file, once however often it is run. */
    static Class compile(String text) {
        if (!COMPILED.containsKey(text)) {
            COMPILED[text] = new GroovyClassLoader(Harness.classLoader).parseClass(text, 'Jenkinsfile.groovy')
        }
        COMPILED[text]
    }

    static Map attempt(Map run) {
        def build = new Build(run)
        def pipelines = 0
        try {
            def script = compile(run.text as String).newInstance() as Script
            script.metaClass.pipeline = { Closure body ->
                pipelines += 1
                new Interpreter(build).pipeline(body)
            }
            script.run()
            if (pipelines != 1) {
                throw new PipelineError("the file holds ${pipelines} pipelines")
            }
            return [result: build.result, trace: build.trace, error: null]
        } catch (CompilationFailedException | PipelineError | StepFailure | MissingMethodException
                 | MissingPropertyException | ClassCastException one) {
            return [result: 'ERROR', trace: build.trace, error: "${one.class.simpleName}: ${one.message}".toString()]
        }
    }
}
