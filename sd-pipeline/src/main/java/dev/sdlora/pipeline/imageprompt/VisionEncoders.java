package dev.sdlora.pipeline.imageprompt;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.MemoryPolicy;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.image.Image;
import dev.sdlora.families.checkpoint.auxiliary.VisionReader;
import dev.sdlora.families.checkpoint.layout.NetworkFile;
import dev.sdlora.families.network.control.ImageAdapterConfig;
import dev.sdlora.families.network.control.VisionConfig;
import dev.sdlora.families.network.control.VisionEncoder;
import dev.sdlora.pipeline.raster.Raster;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.Closing;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.TensorLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The vision encoders of a pipeline and the images that they have encoded lately. Weights are read
 * for the first new image; {@link MemoryPolicy#SPARING} frees them after the last image of a
 * request. Safe for use by several threads.
 */
public final class VisionEncoders implements AutoCloseable {
  private final List<Path> files;
  private final Torch torch;
  private final ScalarType type;
  private final MemoryPolicy policy;
  private final Map<Path, Opened> opened = new LinkedHashMap<>();
  private final EncodedImages encoded = new EncodedImages();

  /**
   * Creates the encoders of a pipeline. Reads nothing.
   *
   * @param files files or folders of encoders; an adapter uses the first one of its width
   * @param torch owns their native memory
   * @param type the dtype to compute in
   */
  public VisionEncoders(List<Path> files, Torch torch, ScalarType type, MemoryPolicy policy) {
    this.files = List.copyOf(files);
    this.torch = torch;
    this.type = type;
    this.policy = policy;
  }

  /** An encoder with its own native memory, which may not be in memory. */
  record Opened(Path path, VisionEncoder network, LiveWeights weights, Torch memory)
      implements AutoCloseable {
    VisionConfig config() {
      return network.config();
    }

    @Override
    public void close() {
      Closing.all(weights::close, memory::close);
    }
  }

  /**
   * Returns the encoder of an adapter, without reading its weights.
   *
   * @param adapter the file of the adapter, next to which an encoder is looked for
   * @throws CheckpointException if there is none, or none of its width
   */
  synchronized Opened find(Path adapter, ImageAdapterConfig config) {
    List<Path> candidates = candidates(adapter);
    if (candidates.isEmpty()) {
      throw new CheckpointException(
          "IP-Adapter '%s' needs a CLIP vision encoder (%s), but the pipeline has none and there is no folder 'image_encoder' next to the adapter; set one with Pipeline.Builder.imageEncoder or --image-encoder"
              .formatted(adapter, wanted(config)),
          ErrorDetails.in(adapter));
    }
    List<String> others = new ArrayList<>();
    for (Path candidate : candidates) {
      Opened encoder = open(candidate);
      int width = config.readsPooled() ? encoder.config().projection() : encoder.config().width();
      if (width == config.imageWidth()) {
        return encoder;
      }
      others.add("'%s' has %s".formatted(candidate, width));
    }
    throw new CheckpointException(
        "IP-Adapter '%s' reads a vision encoder with %s, but %s; most adapters need ViT-H/14, the first ones for SDXL ViT-bigG/14"
            .formatted(adapter, wanted(config), String.join(" and ", others)),
        ErrorDetails.in(adapter));
  }

  private static String wanted(ImageAdapterConfig config) {
    return config.readsPooled()
        ? "a projection of width " + config.imageWidth()
        : "states of width " + config.imageWidth();
  }

  private List<Path> candidates(Path adapter) {
    List<Path> all = new ArrayList<>(files);
    Optional<Path> folder = Optional.ofNullable(adapter.toAbsolutePath().normalize().getParent());
    folder.map(own -> own.resolve("image_encoder")).ifPresent(all::add);
    folder.map(own -> own.resolveSibling("models").resolve("image_encoder")).ifPresent(all::add);
    return all.stream()
        .filter(path -> files.contains(path) || Files.isRegularFile(VisionReader.file(path)))
        .toList();
  }

  private Opened open(Path path) {
    Path file = VisionReader.file(path.toAbsolutePath().normalize());
    Opened known = opened.get(file);
    if (known != null) {
      return known;
    }
    NetworkFile<VisionConfig> found = VisionReader.read(TensorFile.open(file));
    Torch memory = torch.child();
    LiveWeights weights =
        LiveWeights.unread(memory, new TensorLoader(memory), found.weights(), type);
    Opened encoder =
        new Opened(file, new VisionEncoder(memory, found.config(), weights), weights, memory);
    opened.put(file, encoder);
    return encoder;
  }

  /**
   * Encodes an image, or returns what is known of it.
   *
   * @param image the image; empty for the absence of one, for which pooled vectors are 0 and states
   *     those of pixels that are 0 after normalisation
   * @param pooled whether to return the projected vector, not the states
   * @return [projection] or [positions][width]
   */
  synchronized float[] encode(Opened encoder, Optional<Image> image, boolean pooled) {
    if (pooled && image.isEmpty()) {
      return new float[encoder.config().projection()];
    }
    return encoded.of(encoder.path(), image, pooled, () -> run(encoder, image, pooled));
  }

  private float[] run(Opened encoder, Optional<Image> image, boolean pooled) {
    int side = encoder.config().side();
    float[] planes =
        image
            .map(given -> ClipPixels.normalised(Raster.of(given), side))
            .orElseGet(() -> new float[3 * side * side]);
    encoder.weights().read();
    try (NDManager scope = encoder.memory().scope()) {
      NDArray pixels = Torch.floats(scope, planes, 1, 3, side, side);
      NDArray result =
          pooled
              ? encoder.network().pooled(pixels, scope)
              : encoder.network().states(pixels, scope);
      return result.toFloatArray();
    }
  }

  /** Frees the weights of an encoder, if the memory policy says so. */
  synchronized void leave(Opened encoder) {
    if (!keeps()) {
      encoder.weights().giveBack();
    }
  }

  /** Whether weights stay in memory after their first use. */
  boolean keeps() {
    return policy == MemoryPolicy.KEEP;
  }

  /** Returns the native memory that reading an encoder takes. */
  synchronized long bytes(Opened encoder) {
    return encoder.weights().isInMemory() ? 0 : encoder.weights().bytes();
  }

  @Override
  public synchronized void close() {
    Closing.all(() -> Closing.all(opened.values(), Opened::close), opened::clear);
  }
}
