import org.codehaus.groovy.control.CompilerConfiguration

/** The steps of a shared library: the scripts in its `vars`, which call Jenkins' own steps. */
class SharedLibrary {
    private static final Map<String, Class> COMPILED = Collections.synchronizedMap([:])
    private final File folder

    SharedLibrary(String folder) { this.folder = new File(folder) }

    boolean has(String name) { name ==~ /\w+/ && file(name).file }

    Object call(String name, Steps steps, Object arguments) {
        def script = (LibraryScript) compiled(file(name)).newInstance()
        script.calling(steps).invokeMethod('call', arguments)
    }

    String resource(String path) {
        def found = new File(folder, "resources/${path}")
        if (!found.file) {
            throw new StepFailure("No such library resource ${path} could be found.")
        }
        found.getText('UTF-8')
    }

    private File file(String name) { new File(folder, "vars/${name}.groovy") }

    /** Compile a script, once however often it is called. */
    private static synchronized Class compiled(File file) {
        if (!COMPILED.containsKey(file.path)) {
            def settings = new CompilerConfiguration(scriptBaseClass: LibraryScript.name)
            COMPILED[file.path] = new GroovyClassLoader(SharedLibrary.classLoader, settings).parseClass(file)
        }
        COMPILED[file.path]
    }
}

/** A script of a library: what it does not define itself is one of Jenkins' steps, or a name that Jenkins knows. */
abstract class LibraryScript extends Script {
    private Steps steps

    LibraryScript calling(Steps steps) {
        // By its field: a script keeps what is assigned to its properties as variables.
        this.@steps = steps
        this
    }

    Object methodMissing(String name, Object arguments) { steps.invokeMethod(name, arguments) }

    Object propertyMissing(String name) { steps.getProperty(name) }
}
