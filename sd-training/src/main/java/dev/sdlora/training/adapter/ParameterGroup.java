package dev.sdlora.training.adapter;

import ai.djl.ndarray.NDArray;
import dev.sdlora.lora.plan.Network;
import java.util.Map;

/**
 * Trained tensors with the same learning rate.
 *
 * @param network the network that they change
 * @param rateFactor the factor on the network's learning rate
 * @param weights the tensors by their {@link dev.sdlora.training.step.JointNames}
 */
public record ParameterGroup(Network network, double rateFactor, Map<String, NDArray> weights) {}
