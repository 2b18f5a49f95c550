// Made by `make generate`; change the sources it is made from.

/**
 * Install mlci into an environment of this workspace, and run steps with it on the PATH.
 *
 * @param given mlci, install, python; mlciSetup.txt describes them
 * @param body the steps
 */
def call(Map given = [:], Closure body) {
    def unknown = given.keySet() - ['mlci', 'install', 'python']
    if (unknown) {
        error("mlciSetup takes mlci, install and python, not ${unknown.join(', ')}")
    }
    def folder = pwd(tmp: true) + '/mlci'
    withEnv([
        "MLCI_VENV=${folder}",
        "MLCI_PYTHON=${given.python ?: 'python3'}",
        "MLCI_PACKAGE=${given.mlci ?: <[ release | groovy ]>}",
        "MLCI_INSTALL=${given.install ?: ''}",
    ]) {
        sh(label: 'Install mlci', script: libraryResource('mlci/install.sh'))
    }
    withEnv(["VIRTUAL_ENV=${folder}", "PATH+MLCI=${folder}/bin"]) {
        body()
    }
}
