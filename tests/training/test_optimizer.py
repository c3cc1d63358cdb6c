"""The optimiser of training."""

import pytest

torch = pytest.importorskip("torch")

from monitor.training.optimizer import optimizer_for  # noqa: E402


def test_a_filter_moves_with_equal_strength_in_every_direction_and_a_bias_as_adamw_moves_it() -> None:
    torch.manual_seed(0)
    network = torch.nn.Sequential(*[torch.nn.Conv2d(8, 8, 3) for _ in range(3)]).to(memory_format=torch.channels_last)
    twin = torch.nn.Sequential(*[torch.nn.Conv2d(8, 8, 3) for _ in range(3)])
    twin.load_state_dict(network.state_dict())
    before = network[1].weight.detach().clone()
    optimizer, adamw = (
        optimizer_for(network, rate=1e-2, decay=0.0),
        torch.optim.AdamW(twin.parameters(), lr=1e-2, weight_decay=0),
    )
    image = torch.randn(2, 8, 9, 9)
    for model in (network, twin):
        model(image).square().sum().backward()
    optimizer.step()
    adamw.step()
    strength = torch.linalg.svdvals((network[1].weight.detach() - before).flatten(1)) / (1e-2 * 0.2 * 72**0.5)
    assert strength.min() > 0.3
    assert strength.max() < 1.4
    assert torch.allclose(network[2].bias, twin[2].bias, atol=1e-6)


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


def test_a_filter_moves_only_where_it_has_a_gradient() -> None:
    torch.manual_seed(0)
    network = torch.nn.Sequential(*[torch.nn.Conv2d(8, 8, 3) for _ in range(3)])
    before = network[1].weight.detach().clone()
    optimizer = optimizer_for(network, rate=1e-2, decay=0.0)
    network(torch.randn(2, 8, 9, 9)).sum().backward()
    network[1].weight.grad[4:] = 0.0
    optimizer.step()
    moved = (network[1].weight.detach() - before).flatten(1).norm(dim=1)
    assert moved[:4].min() > 1e-3
    assert moved[4:].max() == 0.0
