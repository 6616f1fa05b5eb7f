package dev.sdlora.benchmarks;

import dev.sdlora.pipeline.checkpoint.SingleFileNames;
import dev.sdlora.pipeline.checkpoint.transformer.TransformerFamily;
import dev.sdlora.tensors.file.DType;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Writes a model with a diffusion transformer as ComfyUI keeps it, in three folders, with random
 * bfloat16 weights: the tensors of the published files under their names, normally distributed with
 * a deviation of {@value #DEVIATION}, and norms of 1. They need little heap.
 */
final class FlowCheckpoint {
  /** Keeps activations finite at every width. */
  private static final double DEVIATION = 0.02;

  private static final String MEAN = "bn.running_mean";
  private static final String VARIANCE = "bn.running_var";

  private final RepeatedNumbers numbers;
  private final int seed;

  private FlowCheckpoint(int seed) {
    this.seed = seed;
    this.numbers = new RepeatedNumbers(DEVIATION, seed);
  }

  /**
   * Writes the files; keeps a text encoder of the same shapes, which both families can share.
   *
   * @param config the dimensions
   * @param seed the random seed
   * @param folder the folder of the three folders, created if it does not exist
   * @param progress receives the path of each file before it is written
   * @return the file of the transformer, by which the model is opened
   */
  static Path write(FlowConfig config, int seed, Path folder, Consumer<Path> progress) {
    boolean isFlux2 = config.family() == TransformerFamily.FLUX2;
    Path transformer =
        folder
            .resolve("diffusion_models")
            .resolve(isFlux2 ? "flux-2-klein-4b.safetensors" : "z_image_turbo_bf16.safetensors");
    Map<Path, Map<String, List<Long>>> files = new LinkedHashMap<>();
    files.put(
        folder.resolve("text_encoders").resolve(config.family().textEncoder().file()),
        textEncoder(config));
    files.put(folder.resolve("vae").resolve(config.family().vae().file()), vae(config));
    files.put(transformer, transformer(config));
    FlowCheckpoint checkpoint = new FlowCheckpoint(seed);
    files.forEach(
        (file, shapes) -> {
          if (!file.startsWith(folder.resolve("text_encoders")) || !hasShapes(file, shapes)) {
            progress.accept(file);
            checkpoint.write(file, shapes);
          }
        });
    return transformer;
  }

  private static boolean hasShapes(Path file, Map<String, List<Long>> shapes) {
    if (!Files.exists(file)) {
      return false;
    }
    Map<String, List<Long>> found = new LinkedHashMap<>();
    TensorFile.open(file).tensors().forEach((name, entry) -> found.put(name, entry.shape()));
    return found.equals(shapes);
  }

  /** Returns the shapes of the tensors in the transformer's file. */
  static Map<String, List<Long>> transformer(FlowConfig config) {
    return inFile(config.transformer().weights(), config.family().transformerFileNames());
  }

  /** Returns the shapes of the tensors in the text encoder's file, with its unread last norm. */
  static Map<String, List<Long>> textEncoder(FlowConfig config) {
    Map<String, List<Long>> shapes =
        new LinkedHashMap<>(config.textEncoder().weights(config.textEncoder().layers()));
    shapes.put("model.norm.weight", List.of((long) config.textEncoder().width()));
    return shapes;
  }

  /** Returns the shapes of the tensors in the VAE's file, with the statistics of its batch norm. */
  static Map<String, List<Long>> vae(FlowConfig config) {
    Map<String, List<Long>> weights = new LinkedHashMap<>();
    config
        .vae()
        .weights()
        .forEach((name, shape) -> weights.put(name, SingleFileNames.shape(name, shape)));
    Map<String, List<Long>> shapes = inFile(weights, TransformerFamily.vaeFileNames(config.vae()));
    if (config.family() == TransformerFamily.FLUX2) {
      List<Long> channels = List.of((long) config.vae().sampledChannels());
      shapes.put(MEAN, channels);
      shapes.put(VARIANCE, channels);
    }
    return shapes;
  }

  private static Map<String, List<Long>> inFile(
      Map<String, List<Long>> weights, UnaryOperator<String> names) {
    Map<String, List<Long>> stored = new LinkedHashMap<>();
    weights.forEach(
        (name, shape) -> stored.merge(names.apply(name), shape, FlowCheckpoint::stacked));
    return stored;
  }

  private static List<Long> stacked(List<Long> above, List<Long> below) {
    List<Long> shape = new ArrayList<>(above);
    shape.set(0, above.get(0) + below.get(0));
    return shape;
  }

  private void write(Path file, Map<String, List<Long>> shapes) {
    SafetensorsWriter writer = new SafetensorsWriter();
    shapes.forEach((name, shape) -> writer.tensor(name, DType.BF16, shape, source(name, shape)));
    try {
      Files.createDirectories(file.getParent());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    writer.write(file);
  }

  private SafetensorsWriter.Source source(String name, List<Long> shape) {
    long elements = shape.stream().reduce(1L, Math::multiplyExact);
    if (shape.size() == 1 && !name.endsWith(".bias")) {
      // A norm, or statistics of one.
      float[] values = new float[Math.toIntExact(elements)];
      Arrays.fill(values, name.equals(MEAN) ? 0 : 1);
      return SafetensorsWriter.floats(values, DType.BF16);
    }
    return numbers.source(elements, 31 * seed + name.hashCode());
  }
}
