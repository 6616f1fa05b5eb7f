package dev.sdlora.families.checkpoint.layout;

import dev.sdlora.tensors.weights.Origin;
import java.nio.file.Path;
import java.util.Map;

/**
 * A checked file with one network.
 *
 * @param <C> the type of its dimensions
 * @param path the file
 * @param config its dimensions
 * @param weights the location of each weight, by the name that the network uses
 */
public record NetworkFile<C>(Path path, C config, Map<String, Origin> weights) {

  /** Returns the name used in requests: the file name without its extension. */
  public String name() {
    return name(path);
  }

  /** Returns the name of a file without its folder and extension. */
  public static String name(Path file) {
    String name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }
}
