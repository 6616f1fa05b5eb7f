package dev.sdlora.training.step;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Named weights in a fixed order, in groups with a learning rate each.
 *
 * @param all the weights of all groups, float32
 * @param members the group of each weight
 */
record WeightGroups(Map<String, NDArray> all, List<Integer> members) {

  static WeightGroups of(List<Map<String, NDArray>> groups) {
    Map<String, NDArray> all = new LinkedHashMap<>();
    List<Integer> members = new ArrayList<>();
    for (int i = 0; i < groups.size(); i++) {
      for (Map.Entry<String, NDArray> weight : groups.get(i).entrySet()) {
        all.put(weight.getKey(), weight.getValue());
        members.add(i);
      }
    }
    return new WeightGroups(all, members);
  }

  /** The weights in order. */
  NDArray[] weights() {
    return all.values().toArray(NDArray[]::new);
  }

  /** The tensors of a dictionary in the order of the weights. */
  NDArray[] inOrder(Map<String, NDArray> tensors) {
    return all.keySet().stream()
        .map(
            name -> {
              NDArray tensor = tensors.get(name);
              if (tensor == null) {
                throw new IllegalArgumentException("no tensor for weight " + name);
              }
              return tensor;
            })
        .toArray(NDArray[]::new);
  }

  /** The learning rate of each weight in order, given those of the groups. */
  double[] rates(double[] ofGroups) {
    return members.stream().mapToDouble(group -> ofGroups[group]).toArray();
  }

  /** A tensor for each weight, by name. */
  Map<String, NDArray> derive(UnaryOperator<NDArray> derived) {
    Map<String, NDArray> tensors = new LinkedHashMap<>();
    all.forEach((name, weight) -> tensors.put(name, derived.apply(weight)));
    return tensors;
  }

  /** Adds tensors to a state, under their names after a prefix. */
  static void put(Map<String, NDArray> state, String prefix, Map<String, NDArray> tensors) {
    tensors.forEach((name, tensor) -> state.put(prefix + name, tensor));
  }
}
