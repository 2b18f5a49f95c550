"""What a stage makes anew, and what it adds to."""

from __future__ import annotations

import pytest

from mlci.language.catalogue import vendor_ids as ids
from mlci.planning import repository
from mlci.planning.stage_files import Files, files_of
from mlci.yaml.document import Document

HEAD = f"version: 1\nname: a\nvendors: [{ids()[0]}]\n"
FLOW = "targets: {local: {type: local, path: served}}\nworkflows: {w: {on: {push: true}, stages: [a]}}\n"


def files(stage: str) -> Files:
    pipeline = repository.parse(Document("mlci.yaml", f"{HEAD}stages: {{a: {stage}}}\n{FLOW}"))
    return files_of(pipeline.stages["a"])


@pytest.mark.parametrize(
    ("stage", "anew", "standing"),
    [
        ("{run: make, outputs: [x/], metrics: m.json}", ("x/", "m.json"), ()),
        (
            "{uses: deploy, with: {package: dist/, target: local}, outputs: [served/prod/]}",
            (),
            ("served/prod/",),
        ),
        (
            "{uses: retrain, with: {target: local, data: d, holdout: h}, outputs: [model/, served/log]}",
            ("model/",),
            ("served/log",),
        ),
        ("{uses: package, with: {model: model/}, outputs: [dist/]}", ("dist/",), ()),
    ],
)
def test_a_targets_folder_keeps_what_was_deployed_before(
    stage: str, anew: tuple[str, ...], standing: tuple[str, ...]
) -> None:
    found = files(stage)
    assert (found.made_anew, found.standing) == (anew, standing)
