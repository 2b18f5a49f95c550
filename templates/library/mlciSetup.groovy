// Made by `make generate`; change the sources it is made from.

/**
 * Install mlci into an environment of this workspace, and run steps with it.
 *
 * @param given mlci, install, lock, python; mlciSetup.txt describes them
 * @param body the steps
 */
def call(Map given = [:], Closure body) {
    def unknown = given.keySet() - ['mlci', 'install', 'lock', 'python']
    if (unknown) {
        error("mlciSetup takes mlci, install, lock and python, not ${unknown.join(', ')}")
    }
    def folder = "${pwd()}/.mlci/venv"
    withEnv([
        "MLCI_VENV=${folder}",
        "MLCI_PYTHON=${given.python ?: 'python3'}",
        "MLCI_PACKAGE=${given.mlci == null ? <[ release | groovy ]> : given.mlci}",
        "MLCI_INSTALL=${given.install ?: ''}",
        "MLCI_LOCK=${given.lock ?: ''}",
        'MLCI_UV=uv==<[ uv ]>',
    ]) {
        sh(label: 'Install mlci', script: libraryResource('mlci/install.sh'))
    }
    withEnv(["MLCI_VENV=${folder}", "VIRTUAL_ENV=${folder}", "PATH+MLCI=${folder}/bin"]) {
        body()
    }
}
