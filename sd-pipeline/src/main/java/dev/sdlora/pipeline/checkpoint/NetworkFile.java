package dev.sdlora.pipeline.checkpoint;

import dev.sdlora.tensors.weights.Origin;
import java.nio.file.Path;
import java.util.Map;

/**
 * A file with one network that has been checked.
 *
 * @param <C> the type of its dimensions
 * @param path the file
 * @param config its dimensions
 * @param weights where each weight lies, by the name that the network uses
 */
public record NetworkFile<C>(Path path, C config, Map<String, Origin> weights) {

  /** What requests call it: the name of the file without its extension. */
  public String name() {
    return name(path);
  }

  /** The name of a file without its folder and extension. */
  public static String name(Path file) {
    String name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }
}
