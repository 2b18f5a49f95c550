/*
Runs declarative Jenkinsfiles without Jenkins.

    groovy start.groovy RUNS.json RESULTS.json

RUNS is a list of mappings; RESULTS a list of {result, trace, error}, one for each.

    text         the Jenkinsfile
    mode         "trace": steps are noted, not done; "run": they are done, in a workspace below `root`
    root, source where workspaces are made, and the repository that `checkout scm` clones (mode "run")
    env          Jenkins' variables of the build: BRANCH_NAME, TAG_NAME, CHANGE_ID, ...
    machine      variables of the machine, such as PATH (mode "run")
    causes       [{_class: "hudson.triggers.TimerTrigger$TimerTriggerCause"}, ...]
    changes      changed paths
    params       values of parameters
    credentials  {id: value}; with `anyCredential` each that is asked for is there
    answers      {stage: false} for approvals that are refused
    fail, skip   expressions of scripts, or their labels, that fail (mode "trace"), or that are noted and not done
                 (mode "run")
    library      the folder of the shared library that the file loads
    log          the file that scripts write to (mode "run"); else ROOT/log
    gate         the folder where agents wait for machines (mode "run"); without it all work below `root`
    ref, commit  what `checkout scm` fetches and checks out (mode "run"); else it clones `source`
    artifacts, caches  folders for what is archived, and for what is kept by the Job Cacher (mode "run")
*/


import org.codehaus.groovy.control.CompilationUnit
import org.codehaus.groovy.control.Phases

def here = new File(getClass().protectionDomain.codeSource.location.toURI()).parentFile
def loader = new GroovyClassLoader(getClass().classLoader)
def unit = new CompilationUnit(loader)
here.listFiles().findAll { it.name ==~ /[A-Z]\w*\.groovy/ }.sort().each { unit.addSource(it) }
unit.compile(Phases.CLASS_GENERATION)
unit.classes.each { loader.defineClass(it.name, it.bytes) }
loader.loadClass('Harness').main(args as String[])
