package dev.sdlora.pipeline.hypernetwork;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.Torch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A hypernetwork whose header has been read: for each input width of attention, two stacks of
 * linear layers, one for keys and one for values. Immutable.
 */
public final class HypernetworkFile {
  /**
   * The width, the side, and the number of the layer in its stack. Until October 2022 there were
   * two layers.
   */
  private static final Pattern NAME =
      Pattern.compile("(\\d{1,6})\\.([01])\\.linear(?:\\.(\\d{1,3})|([12]))\\.(weight|bias)");

  /**
   * Any other tensor of a width, which is an error; dropout and similar modules have no tensors.
   */
  private static final Pattern OF_A_WIDTH = Pattern.compile("\\d{1,6}\\..*");

  /** A1111 uses the lower-case names of PyTorch's classes, except for swish. */
  private static final Map<String, String> RENAMED = Map.of("swish", "hardswish");

  static final Set<String> ACTIVATIONS =
      Set.of(
          "relu",
          "leakyrelu",
          "elu",
          "hardswish",
          "tanh",
          "sigmoid",
          "gelu",
          "silu",
          "mish",
          "selu",
          "celu",
          "relu6",
          "rrelu",
          "hardtanh",
          "hardsigmoid",
          "softplus",
          "softsign",
          "tanhshrink",
          "softshrink",
          "hardshrink",
          "logsigmoid");

  private final TensorFile file;
  private final SortedMap<Integer, List<List<Layer>>> sides;

  /** A linear layer and the norm after it. */
  private record Layer(Pair linear, Optional<Pair> norm, Optional<String> activation) {}

  private record Pair(TensorEntry weight, TensorEntry bias) {}

  private HypernetworkFile(TensorFile file, SortedMap<Integer, List<List<Layer>>> sides) {
    this.file = file;
    this.sides = sides;
  }

  /**
   * Reads the header of a file.
   *
   * @throws dev.sdlora.api.error.TensorFileException if it is damaged or is not a tensor file
   * @throws StableDiffusionException if it holds no hypernetwork, or one of an unknown structure
   */
  static HypernetworkFile open(Path path) {
    TensorFile file = TensorFile.open(path);
    Map<Integer, List<SortedMap<Integer, Map<String, TensorEntry>>>> found = new TreeMap<>();
    for (TensorEntry tensor : file.tensors().values()) {
      Matcher name = NAME.matcher(tensor.name());
      if (name.matches()) {
        int layer =
            name.group(3) == null
                ? Integer.parseInt(name.group(4)) - 1
                : Integer.parseInt(name.group(3));
        found
            .computeIfAbsent(
                Integer.parseInt(name.group(1)), width -> List.of(new TreeMap<>(), new TreeMap<>()))
            .get(Integer.parseInt(name.group(2)))
            .computeIfAbsent(layer, number -> new LinkedHashMap<>())
            .put(name.group(5), tensor);
      } else if (OF_A_WIDTH.matcher(tensor.name()).matches()) {
        throw error(
            path, "has a tensor '" + tensor.name() + "', which A1111's hypernetworks do not have");
      }
    }
    if (found.isEmpty()) {
      throw error(path, "is not a hypernetwork; expected tensors such as 768.0.linear.0.weight");
    }
    SortedMap<Integer, List<List<Layer>>> sides = new TreeMap<>();
    found.forEach(
        (width, both) -> sides.put(width, both.stream().map(l -> stack(file, width, l)).toList()));
    return new HypernetworkFile(file, sides);
  }

  private static List<Layer> stack(
      TensorFile file, int width, SortedMap<Integer, Map<String, TensorEntry>> numbered) {
    List<Pair> linear = new ArrayList<>();
    Map<Integer, Pair> norms = new LinkedHashMap<>();
    for (Map<String, TensorEntry> each : numbered.values()) {
      TensorEntry weight = each.get("weight");
      TensorEntry bias = each.get("bias");
      if (weight == null || bias == null || !weight.dtype().isFloating()) {
        throw error(
            file.path(),
            "has an incomplete layer for width %s: %s; expected weight and bias"
                .formatted(width, each.values().stream().map(TensorEntry::name).toList()));
      }
      if (weight.shape().size() == 1 && !linear.isEmpty()) {
        norms.put(linear.size() - 1, new Pair(weight, bias));
      } else {
        linear.add(new Pair(weight, bias));
      }
    }
    Optional<String> activation = activation(file);
    boolean activatesOutput = !setting(file, "activate_output").equals(Optional.of("False"));
    List<Layer> layers = new ArrayList<>();
    long from = width;
    for (int i = 0; i < linear.size(); i++) {
      Pair layer = linear.get(i);
      boolean isLast = i == linear.size() - 1;
      long to = isLast ? width : layer.bias.elements();
      require(file, layer.weight, List.of(to, from));
      require(file, layer.bias, List.of(to));
      Optional<Pair> norm = Optional.ofNullable(norms.get(i));
      norm.ifPresent(
          given -> {
            require(file, given.weight, List.of(to));
            require(file, given.bias, List.of(to));
          });
      layers.add(
          new Layer(layer, norm, isLast && !activatesOutput ? Optional.empty() : activation));
      from = to;
    }
    if (layers.isEmpty()) {
      throw error(
          file.path(), "has layers of width %s for only one of keys and values".formatted(width));
    }
    return List.copyOf(layers);
  }

  private static void require(TensorFile file, TensorEntry tensor, List<Long> shape) {
    if (!tensor.shape().equals(shape)) {
      throw error(
          file.path(),
          "has a tensor '%s' of shape %s, expected %s"
              .formatted(tensor.name(), tensor.shape(), shape));
    }
  }

  private static Optional<String> activation(TensorFile file) {
    Optional<String> activation =
        setting(file, "activation_func").map(n -> n.toLowerCase(Locale.ROOT));
    Optional<String> name =
        activation
            .filter(other -> !other.equals("linear") && !other.equals("none"))
            .map(other -> RENAMED.getOrDefault(other, other));
    name.filter(other -> !ACTIVATIONS.contains(other))
        .ifPresent(
            other -> {
              throw error(
                  file.path(),
                  "has the unknown activation '%s'; expected linear or one of %s"
                      .formatted(other, String.join(", ", new TreeSet<>(ACTIVATIONS))));
            });
    return name;
  }

  /**
   * Returns a setting. PyTorch files store it next to the tensors, converted files in the header.
   */
  private static Optional<String> setting(TensorFile file, String name) {
    return Optional.ofNullable(file.values().getOrDefault(name, file.metadata().get(name)));
  }

  private static StableDiffusionException error(Path path, String predicate) {
    return new StableDiffusionException(
        "hypernetwork '" + path + "' " + predicate, ErrorDetails.in(path));
  }

  /** Returns the file. */
  public Path path() {
    return file.path();
  }

  /** Returns the widths for which it has layers. */
  Set<Integer> widths() {
    return sides.keySet();
  }

  /**
   * Returns its tensors for the U-Net's program.
   *
   * @param prefix the prefix of all names
   * @param wanted the widths that the U-Net has
   * @param owner will own the tensors, which are float32
   * @throws dev.sdlora.api.error.TensorFileException if the file can no longer be read
   */
  Map<String, NDArray> tensors(String prefix, Set<Integer> wanted, NDManager owner) {
    Map<String, NDArray> tensors = new LinkedHashMap<>();
    try (TensorFile.Reader reader = file.reader()) {
      sides.forEach(
          (width, both) -> {
            for (int side = 0; side < both.size() && wanted.contains(width); side++) {
              for (int i = 0; i < both.get(side).size(); i++) {
                String name = prefix + "." + width + "." + side + "." + i;
                read(name, both.get(side).get(i), reader, owner, tensors);
              }
            }
          });
    }
    return tensors;
  }

  private void read(
      String name,
      Layer layer,
      TensorFile.Reader reader,
      NDManager owner,
      Map<String, NDArray> tensors) {
    tensors.put(name + ".weight", tensor(layer.linear.weight, reader, owner));
    NDArray bias = tensor(layer.linear.bias, reader, owner);
    tensors.put(name + ".bias", bias);
    // The activation is passed as a tensor name, because a dictionary of tensors cannot hold text.
    layer.activation.ifPresent(activation -> tensors.put(name + "." + activation, bias));
    if (layer.norm.isPresent()) {
      tensors.put(name + ".norm.weight", tensor(layer.norm.get().weight, reader, owner));
      tensors.put(name + ".norm.bias", tensor(layer.norm.get().bias, reader, owner));
    }
  }

  private NDArray tensor(TensorEntry entry, TensorFile.Reader reader, NDManager owner) {
    float[] values = reader.floats(entry);
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw error(
            file.path(), "has a tensor '%s' that contains %s".formatted(entry.name(), value));
      }
    }
    return Torch.floats(owner, values, entry.shape().stream().mapToLong(Long::longValue).toArray());
  }
}
