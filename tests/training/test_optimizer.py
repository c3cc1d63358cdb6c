"""The optimiser of training."""

import pytest

torch = pytest.importorskip("torch")

from monitor.training.optimizer import optimizer_for, orthogonal  # noqa: E402


@pytest.mark.parametrize("shape", [(8, 30), (30, 8), (16, 16)])
def test_an_update_is_turned_into_one_of_equal_strength_in_every_direction(shape: tuple[int, int]) -> None:
    torch.manual_seed(0)
    found = torch.linalg.svdvals(orthogonal(torch.randn(shape)))
    assert found.min() > 0.3
    assert found.max() < 1.4


def test_a_small_network_learns_an_edge_and_decay_leaves_norms_alone() -> None:
    torch.manual_seed(0)
    torch.set_num_threads(1)
    network = torch.nn.Sequential(
        torch.nn.Conv2d(1, 8, 3, padding=1),
        torch.nn.BatchNorm2d(8),
        torch.nn.ReLU(),
        torch.nn.Conv2d(8, 8, 3, padding=1),
        torch.nn.ReLU(),
        torch.nn.Conv2d(8, 1, 1),
    )
    optimizer = optimizer_for(network, rate=1e-2, decay=0.01)
    assert [len(group["params"]) for group in optimizer.param_groups] == [5, 2, 1]
    assert [bool(group["weight_decay"]) for group in optimizer.param_groups] == [False, True, True]
    image = torch.rand(8, 1, 16, 16)
    truth = (image.roll(1, 3) > image).float()
    losses = []
    for _ in range(60):
        loss = torch.nn.functional.binary_cross_entropy_with_logits(network(image), truth)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.5 * losses[0]
