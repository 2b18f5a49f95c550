/** What loads shared libraries in a Jenkinsfile; which these are is read from its text, before it is run. */
@interface Library {
    String[] value()
}
