"""Models in memory: what a network becomes, on TensorFlow or without it."""

from engine.model import LoadedModel, ModelFacts
from model_store.base.entries import Grouping, Policy
from model_store.exchange.answering_model import AnsweringModel
from model_store.exchange.network import ExchangeNetwork
from model_store.network.layer_gradients import Network
from model_store.network.traced_model import TracedModel


def model_in_memory(
    facts: ModelFacts, policy: Policy, network: Network | ExchangeNetwork, grouping: Grouping | None = None
) -> LoadedModel:
    """A network as a model.

    Args:
        facts: what is known of it, after grouping.
        policy: the size at which it looks at pictures.
        network: of ``read_network``.
        grouping: categories to sum its classes up to, or None.

    Raises:
        ModelError: it answers another number of classes, or something else than its task asks for.
    """
    if isinstance(network, ExchangeNetwork):
        return AnsweringModel(facts, policy, network, grouping)
    return TracedModel(facts, policy, network, grouping)
