package dev.sdlora.families.checkpoint.auxiliary;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.families.checkpoint.layout.FileTensors;
import dev.sdlora.families.checkpoint.layout.Names;
import dev.sdlora.families.checkpoint.layout.NetworkFile;
import dev.sdlora.families.network.vae.TinyDecoderConfig;
import dev.sdlora.tensors.file.TensorFile;
import java.nio.file.Path;

/**
 * Opens decoder files of TAESD and its successors in the layouts of their author and of diffusers.
 */
public final class TinyDecoderReader {
  private static final String LAYERS = "decoder.layers.";

  private TinyDecoderReader() {}

  /**
   * Opens a file; reads only the header.
   *
   * @throws CheckpointException if it is something else
   * @throws dev.sdlora.api.error.TensorFileException if it is missing, damaged or not a tensor file
   */
  public static NetworkFile<TinyDecoderConfig> read(Path path) {
    TensorFile file = TensorFile.open(path);
    FileTensors tensors = new FileTensors(file, "preview decoder", names(file));
    String first = LAYERS + "0.weight";
    TinyDecoderConfig config =
        new TinyDecoderConfig(
            tensors.common(1, first),
            tensors.common(0, first),
            TinyDecoderConfig.BLOCKS,
            tensors.find(LAYERS + "2.pool.0.weight").isPresent());
    return new NetworkFile<>(path, config, tensors.resolve(config.weights()));
  }

  private static Names names(TensorFile file) {
    if (file.find(LAYERS + "0.weight").isPresent()) {
      return name -> name;
    }
    for (String prefix : new String[] {"", "decoder."}) {
      if (file.find(prefix + "3.conv.0.weight").isPresent()
          && file.find(prefix + "1.weight").isPresent()) {
        // The author's network counts the clamping of the latents as a layer.
        return name -> {
          String rest = name.substring(LAYERS.length());
          int dot = rest.indexOf('.');
          return prefix + (Integer.parseInt(rest.substring(0, dot)) + 1) + rest.substring(dot);
        };
      }
    }
    throw new CheckpointException(
        "'"
            + file.path()
            + "' is not a TAESD decoder: it has none of the tensors '1.weight', 'decoder.1.weight'"
            + " and '"
            + LAYERS
            + "0.weight'",
        ErrorDetails.in(file.path()));
  }
}
