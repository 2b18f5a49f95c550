import groovy.transform.CompileStatic
import java.util.concurrent.TimeUnit
import java.util.stream.Collectors

/** Waits for processes, and ends them with all they have started. */
@CompileStatic
class Processes {
    private static final long GRACE = 5000

    /** The exit status, or null when it was ended because its time was over; then nothing of it is left. */
    static Integer wait(Process process, long deadline) {
        if (deadline == Long.MAX_VALUE) {
            return process.waitFor()
        }
        if (process.waitFor(Math.max(0L, deadline - System.currentTimeMillis()), TimeUnit.MILLISECONDS)) {
            return process.exitValue()
        }
        List<ProcessHandle> all = new ArrayList<ProcessHandle>((Collection<ProcessHandle>) process.descendants().collect(Collectors.toList()))
        all.add(process.toHandle())
        for (ProcessHandle handle : all) {
            handle.destroy()
        }
        process.waitFor(GRACE, TimeUnit.MILLISECONDS)
        for (ProcessHandle handle : all) {
            handle.destroyForcibly()
        }
        null
    }
}
