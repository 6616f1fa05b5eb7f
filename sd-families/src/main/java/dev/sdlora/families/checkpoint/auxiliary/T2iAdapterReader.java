package dev.sdlora.families.checkpoint.auxiliary;

import dev.sdlora.families.checkpoint.layout.FileTensors;
import dev.sdlora.families.checkpoint.layout.Names;
import dev.sdlora.families.checkpoint.layout.NetworkFile;
import dev.sdlora.families.checkpoint.layout.NetworkShapes;
import dev.sdlora.families.network.control.T2iAdapterConfig;
import dev.sdlora.tensors.file.TensorFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads T2I-Adapters that use the tensor names of the original code or of diffusers. */
public final class T2iAdapterReader {
  private static final String FIRST_BLOCK = "body.0.block1.weight";
  private static final Pattern BLOCK = Pattern.compile("body\\.(\\d+)\\.(.+)");

  /** Blocks per level in all published adapters. */
  private static final int BLOCKS = 2;

  private T2iAdapterReader() {}

  /**
   * Returns the adapter in a file, if it is one; reads only the header.
   *
   * @throws dev.sdlora.api.error.CheckpointException if it is an adapter but incomplete
   */
  public static Optional<NetworkFile<T2iAdapterConfig>> read(TensorFile file) {
    return names(file).map(names -> read(new FileTensors(file, "T2I-Adapter", names)));
  }

  private static Optional<Names> names(TensorFile file) {
    List<Names> layouts =
        List.of(name -> name, name -> "adapter." + name, T2iAdapterReader::diffusersName);
    return layouts.stream()
        .filter(layout -> file.find(layout.inFile(FIRST_BLOCK)).isPresent())
        .findFirst();
  }

  /** Converts a name: this library counts blocks consecutively, diffusers counts them per level. */
  private static String diffusersName(String name) {
    Matcher block = BLOCK.matcher(name);
    if (!block.matches()) {
      return "adapter." + name;
    }
    int number = Integer.parseInt(block.group(1));
    String rest = block.group(2);
    return "adapter.body."
        + number / BLOCKS
        + (rest.startsWith("in_conv") ? "." : ".resnets." + number % BLOCKS + ".")
        + rest;
  }

  private static NetworkFile<T2iAdapterConfig> read(FileTensors tensors) {
    List<Integer> channels = new ArrayList<>();
    String last = "body.0";
    while (channels.size() < NetworkShapes.MAX_LEVELS
        && tensors.find(last + ".block1.weight").isPresent()) {
      channels.add(tensors.common(0, last + ".block1.weight", last + ".block1.bias"));
      last = "body." + BLOCKS * channels.size();
    }
    int firstChannels = tensors.common(1, "conv_in.weight");
    int kernel = tensors.common(2, "body.0.block2.weight", "body.1.block2.weight");
    T2iAdapterConfig config = T2iAdapterConfig.of(firstChannels, channels, BLOCKS, kernel);
    return new NetworkFile<>(tensors.path(), config, tensors.resolve(config.weights()));
  }
}
