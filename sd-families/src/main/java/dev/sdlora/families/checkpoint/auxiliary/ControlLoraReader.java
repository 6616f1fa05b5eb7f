package dev.sdlora.families.checkpoint.auxiliary;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.families.checkpoint.layout.FileTensors;
import dev.sdlora.families.checkpoint.layout.LdmNames;
import dev.sdlora.families.checkpoint.layout.Names;
import dev.sdlora.families.checkpoint.layout.NetworkFile;
import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.families.network.control.ControlNetConfig;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.weights.Origin;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Opens Stability's Control-LoRAs: ControlNets of which a file has the layers of their own, norms,
 * biases and low-rank changes of the U-Net's matrices. All other values are those of the U-Net.
 */
public final class ControlLoraReader {
  private static final String MARK = "lora_controlnet";
  private static final String WEIGHT = ".weight";

  private ControlLoraReader() {}

  /**
   * A ControlNet made of a U-Net and a file.
   *
   * @param network the ControlNet with the U-Net's matrices, from the U-Net's files
   * @param changes the changes of these matrices, by the names of the weights
   */
  public record ControlLora(NetworkFile<ControlNetConfig> network, Map<String, Change> changes) {
    /** Copies the map. */
    public ControlLora {
      changes = Map.copyOf(changes);
    }
  }

  /**
   * A change of a matrix, {@code up · down}.
   *
   * @param up [out, rank]
   * @param down [rank, in]; for a convolution, "in" includes every position of the kernel
   */
  public record Change(Origin up, Origin down) {}

  /** Whether a file is a Control-LoRA. */
  public static boolean isOne(TensorFile file) {
    return file.find(MARK).isPresent();
  }

  /**
   * Finds the network; reads only the header.
   *
   * @param file a {@linkplain #isOne Control-LoRA}
   * @param unet the dimensions of the U-Net
   * @param base the location of the U-Net's weights
   * @throws CheckpointException if the file is for another U-Net or lacks a layer
   */
  public static ControlLora read(TensorFile file, UNetConfig unet, Map<String, Origin> base) {
    int hintBlocks = ControlNetReader.hintBlocks(file, "");
    Names layers = LdmNames.unet("", unet.layers(), unet.transformers());
    FileTensors tensors =
        new FileTensors(
            file,
            "Control-LoRA",
            name ->
                ControlNetReader.isOwn(name)
                    ? ControlNetReader.originalName(name, hintBlocks)
                    : layers.inFile(name));
    ControlNetConfig config =
        new ControlNetConfig(unet, ControlNetReader.hintChannels(tensors, hintBlocks));
    Map<String, Origin> weights = new LinkedHashMap<>();
    Map<String, List<Long>> inFile = new LinkedHashMap<>();
    Map<String, Change> changes = new LinkedHashMap<>();
    config
        .weights()
        .forEach(
            (name, shape) -> {
              boolean fromUNet = tensors.find(name).isEmpty() && base.containsKey(name);
              if (fromUNet) {
                weights.put(name, base.get(name));
                change(file, layers, name, shape).ifPresent(it -> changes.put(name, it));
              } else {
                inFile.put(name, shape);
              }
            });
    weights.putAll(tensors.resolve(inFile));
    return new ControlLora(new NetworkFile<>(file.path(), config, weights), changes);
  }

  private static Optional<Change> change(
      TensorFile file, Names layers, String name, List<Long> shape) {
    if (!name.endsWith(WEIGHT)) {
      return Optional.empty();
    }
    String inFile = layers.inFile(name);
    String layer = inFile.substring(0, inFile.length() - WEIGHT.length());
    Optional<TensorEntry> up = file.find(layer + ".up");
    Optional<TensorEntry> down = file.find(layer + ".down");
    if (up.isEmpty() && down.isEmpty()) {
      return Optional.empty();
    }
    long rows = shape.get(0);
    long columns = shape.stream().skip(1).reduce(1L, (one, other) -> one * other);
    long rank = down.filter(it -> !it.shape().isEmpty()).map(it -> it.shape().get(0)).orElse(0L);
    if (rank < 1
        || up.isEmpty()
        || up.get().elements() != rows * rank
        || down.get().elements() != rank * columns) {
      throw new CheckpointException(
          "'%s' is a Control-LoRA for another model: its factors '%s.up' and '.down' have shapes %s and %s, expected [%s, rank] and [rank, %s] for this checkpoint"
              .formatted(file.path(), layer, shapeOf(up), shapeOf(down), rows, columns),
          ErrorDetails.in(file.path()).withTensor(layer + ".up"));
    }
    return Optional.of(
        new Change(
            new Origin(file, up.get(), List.of(rows, rank)),
            new Origin(file, down.get(), List.of(rank, columns))));
  }

  private static String shapeOf(Optional<TensorEntry> factor) {
    return factor.map(it -> it.shape().toString()).orElse("no tensor");
  }
}
