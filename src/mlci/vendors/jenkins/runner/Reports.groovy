import java.security.MessageDigest

/** Files that a build reads or keeps for people. */
class Reports {
    /** Whether a JUnit file tells of a test that failed. */
    static boolean failed(File file) {
        def parser = new XmlSlurper(false, false)
        parser.setFeature('http://apache.org/xml/features/disallow-doctype-decl', true)
        parser.parse(file).'**'.any { it.name() in ['failure', 'error'] }
    }

    static void copy(File from, File to) {
        to.parentFile.mkdirs()
        to.bytes = from.bytes
    }

    /** A file for a secret that a step wants as one. */
    static String secret(String folder, String value) {
        def file = File.createTempFile('secret', '', new File(folder))
        file.setReadable(false, false)
        file.setReadable(true, true)
        file.setText(value, 'UTF-8')
        file.path
    }

    static String digest(String text) { MessageDigest.getInstance('SHA-256').digest(text.getBytes('UTF-8')).encodeHex() }
}

/** A folder that is kept between builds, by the rules of the Job Cacher plugin. */
class Kept {
    private final Build build
    private final Map given
    private final File place

    Kept(Build build, Map given) {
        this.build = build
        this.given = given
        place = new File(build.run.caches as String, Reports.digest(given.path as String))
    }

    /** What decides whether the folder still holds: the content of some files. */
    private String decider() {
        def names = (given.cacheValidityDecidingFile ?: '') as String
        def files = names ? Glob.files(build.workspace, names) : []
        Reports.digest(files.collect { new File(build.workspace, it).getText('UTF-8') }.join('\0'))
    }

    void bring() {
        def kept = new File(place, 'decider')
        if (kept.exists() && kept.getText('UTF-8') == decider()) {
            transfer(new File(place, 'files'), new File(build.workspace, given.path as String))
        }
    }

    synchronized void keep() {
        def folder = new File(build.workspace, given.path as String)
        if (folder.directory) {
            new File(place, 'files').deleteDir()
            transfer(folder, new File(place, 'files'))
            new File(place, 'decider').setText(decider(), 'UTF-8')
        }
    }

    private static void transfer(File from, File to) {
        to.mkdirs()
        from.eachFileRecurse { file ->
            if (file.file) {
                Reports.copy(file, new File(to, from.toPath().relativize(file.toPath()).toString()))
            }
        }
    }
}
