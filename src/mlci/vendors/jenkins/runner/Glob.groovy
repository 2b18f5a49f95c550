/** Ant's patterns: `*` and `?` within a name, `**` for any number of folders, a trailing slash for all inside. */
class Glob {
    static boolean matches(String pattern, String path, boolean caseSensitive) {
        def flags = caseSensitive ? '' : '(?i)'
        path ==~ (flags + translate(pattern))
    }

    private static String translate(String pattern) {
        def parts = (pattern.endsWith('/') ? pattern + '**' : pattern).split('/', -1) as List
        def expression = new StringBuilder()
        parts.eachWithIndex { part, at ->
            def last = at == parts.size() - 1
            if (part == '**') {
                expression << (last ? (at == 0 ? '.*' : '(?:/.*)?') : (at == 0 ? '(?:.*/)?' : '/(?:.*/)?'))
            } else {
                expression << (at > 0 && parts[at - 1] != '**' ? '/' : '') << name(part)
            }
        }
        expression.toString()
    }

    private static String name(String part) {
        part.collect { it == '*' ? '[^/]*' : it == '?' ? '[^/]' : java.util.regex.Pattern.quote(it) }.join('')
    }

    /** The files below a folder that one of the patterns, parted by commas, matches; sorted. */
    static List<String> files(File folder, String patterns) {
        def asked = patterns.split(/\s*,\s*/) as List
        def found = []
        folder.eachFileRecurse { file ->
            def path = folder.toPath().relativize(file.toPath()).toString()
            if (file.file && asked.any { matches(it, path, true) }) {
                found << path
            }
        }
        found.sort()
    }
}
