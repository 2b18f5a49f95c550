import groovy.json.JsonOutput
import groovy.json.JsonSlurper
import java.nio.file.Files
import java.nio.file.StandardCopyOption

/** Where a stage waits for a machine: files in a folder, as `mlci.parity.gate` says. */
class Gate {
    static Map ask(File folder, String job, boolean inside) {
        def name = UUID.randomUUID().toString()
        write(new File(folder, "${name}.asked"), JsonOutput.toJson([job: job, matrix: [:], inside: inside]))
        def given = new File(folder, "${name}.given")
        while (!given.exists()) {
            Thread.sleep(20)
        }
        (Map) new JsonSlurper().parse(given, 'UTF-8')
    }

    static void leave(File folder, String name) { write(new File(folder, "${UUID.randomUUID()}.left"), name) }

    private static void write(File file, String text) {
        def part = new File("${file.path}.part")
        part.setText(text, 'UTF-8')
        Files.move(part.toPath(), file.toPath(), StandardCopyOption.ATOMIC_MOVE)
    }
}
