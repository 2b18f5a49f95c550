"""Workflows become jobs: order, parallel branches, bundles, skips and matrices."""

from __future__ import annotations

import pytest

from mlci.errors import InputError
from mlci.language.catalogue import vendor_ids as ids
from mlci.planning import repository
from mlci.planning.plan import Approval, Plan, install_commands
from mlci.yaml.document import Document

HEAD = f"version: 1\nname: sample\nvendors: [{ids()[0]}]\n"


def plan(stages: str, steps: str, more: str = "") -> Plan:
    text = f"{HEAD}stages:\n{stages}\nworkflows:\n  main: {{on: {{push: true}}, stages: {steps}}}\n{more}"
    (only,) = repository.plans(repository.parse(Document("mlci.yaml", text)))
    return only


def needs(drawn: Plan) -> dict[str, tuple[str, ...]]:
    return {node.id: node.needs for node in drawn.nodes}


COMMANDS = "".join(f"  {name}: {{run: make}}\n" for name in "abcde")


def test_a_list_is_an_order_and_a_nested_list_is_parallel() -> None:
    assert needs(plan(COMMANDS, "[a, [b, [c, d]], e]")) == {
        "a": (),
        "b": ("a",),
        "c": ("a",),
        "d": ("c",),
        "e": ("b", "d"),
    }


def test_needs_of_a_stage_override_the_order() -> None:
    drawn = plan(COMMANDS.replace("  c: {run: make}", "  c: {run: make, needs: [a]}"), "[a, b, c, d]")
    assert needs(drawn) == {"a": (), "b": ("a",), "c": ("a",), "d": ("c",)}


def test_needs_of_a_use_override_those_of_the_stage_and_a_stage_name_means_all_its_uses() -> None:
    drawn = plan(COMMANDS, "[a, [{b: b-1}, {b: b-2}], {c: {needs: [a]}}, {d: {needs: [b]}}]")
    assert needs(drawn) == {"a": (), "b-1": ("a",), "b-2": ("a",), "c": ("a",), "d": ("b-1", "b-2")}


def test_bundles_come_from_whoever_made_an_input_however_far_back() -> None:
    stages = (
        "  a: {run: make, outputs: [data/]}\n"
        "  b: {run: make, inputs: [data/x.npz], outputs: [model/deep/]}\n"
        "  c: {run: make}\n"
        "  d: {run: make, inputs: [model/, data]}\n"
    )
    drawn = plan(stages, "[a, b, c, d]")
    assert {job.id: job.collects for job in drawn.jobs} == {"a": (), "b": ("a",), "c": (), "d": ("b", "a")}


def test_a_skip_is_passed_on_and_a_deployment_never_runs_for_a_pull_request_unasked() -> None:
    stages = (
        "  a: {run: make}\n"
        "  b: {run: make, if: {branch: main}}\n"
        "  c: {run: make}\n"
        "  d: {run: make, environment: production}\n"
        "  e: {run: make, environment: preview, if: {event: [pull_request]}}\n"
    )
    drawn = plan(stages, "[a, [b, e], {c: {needs: [b]}}, d]")
    held = {job.id: [(one.branch, one.event) for one in job.conditions] for job in drawn.jobs}
    accepted = ("push", "schedule", "tag", "manual")
    assert held == {
        "a": [],
        "b": [(("main",), ())],
        "c": [(("main",), ())],
        "d": [(("main",), ()), ((), accepted)],
        "e": [((), ("pull_request",))],
    }


def test_an_approval_is_waited_for_and_never_asked_for_a_pull_request() -> None:
    drawn = plan(COMMANDS, "[a, {approve: hold}, b]")
    hold = drawn.nodes[1]
    assert isinstance(hold, Approval)
    assert drawn.nodes[2].needs == ("hold",)
    assert drawn.nodes[2].conditions == hold.conditions != ()


def test_a_matrix_has_one_instance_a_combination_with_paths_of_its_own() -> None:
    stages = (
        "  a:\n    run: make\n    params: {epochs: 5}\n    outputs: ['model/{rate}-{kind}/']\n"
        "    metrics: 'metrics/{job}.json'\n"
        "    matrix: {rate: [0.1, 0.2], kind: [x, y], exclude: [{rate: 0.2, kind: y}]}\n"
        "  b: {run: make, inputs: [model/]}\n"
    )
    drawn = plan(stages, "[a, b]")
    made = {one.id: (one.stage.params, one.files.made) for one in drawn.jobs[0].instances()}
    assert made == {
        "a-0.1-x": ({"epochs": 5, "rate": 0.1, "kind": "x"}, ("model/0.1-x/", "metrics/a-0.1-x.json")),
        "a-0.1-y": ({"epochs": 5, "rate": 0.1, "kind": "y"}, ("model/0.1-y/", "metrics/a-0.1-y.json")),
        "a-0.2-x": ({"epochs": 5, "rate": 0.2, "kind": "x"}, ("model/0.2-x/", "metrics/a-0.2-x.json")),
    }
    assert drawn.jobs[1].collects == ("a",)
    instance = drawn.job("a-0.2-x")
    assert instance is not None and instance.combination == {"rate": 0.2, "kind": "x"}


def test_jobs_side_by_side_may_not_write_the_same_file() -> None:
    with pytest.raises(InputError, match=r"both claim the output 'm\.json'"):
        plan("  a: {run: make, metrics: m.json}\n", "[[{a: a-1}, {a: a-2}]]")
    drawn = plan("  a: {run: make, metrics: '{job}.json'}\n", "[[{a: a-1}, {a: a-2}]]")
    assert [job.files.metrics for job in drawn.jobs] == [("a-1.json",), ("a-2.json",)]


def test_the_nearest_environment_wins() -> None:
    drawn = plan("  a: {run: make, env: {X: stage}}\n", "[a]", "env: {X: pipeline, Y: pipeline}\n")
    assert drawn.jobs[0].env == {"X": "stage", "Y": "pipeline"}


def test_levels_need_only_earlier_levels() -> None:
    drawn = plan(COMMANDS, "[a, [b, [c, d]], e]")
    assert [[node.id for node in level] for level in drawn.levels()] == [["a"], ["b", "c"], ["d"], ["e"]]


@pytest.mark.parametrize(
    ("given", "lines"),
    [
        ("", ()),
        ("mlci: mlci==0.1.0\n", ("mlci==0.1.0",)),
        ("mlci: wheels/mlci.whl\nrequirements: requirements.txt\n", ("wheels/mlci.whl -r requirements.txt",)),
        ("mlci: mlci==1\nrequirements: {pyproject: '.[train]'}\n", ("mlci==1 '.[train]'",)),
    ],
)
def test_install_commands_are_quoted(given: str, lines: tuple[str, ...]) -> None:
    drawn = plan(COMMANDS, "[a]", given)
    pip = "python -m pip install --disable-pip-version-check "
    assert install_commands(drawn.pipeline) == tuple(pip + line for line in lines)


def test_a_lock_is_installed_with_its_hashes() -> None:
    drawn = plan(COMMANDS, "[a]", "mlci: mlci==1\nrequirements: {lock: uv.lock}\n")
    assert "uv export --frozen" in install_commands(drawn.pipeline)[1]
