package dev.sdlora.benchmarks.model;

import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.families.Families;
import dev.sdlora.families.checkpoint.SingleFileNames;
import dev.sdlora.families.checkpoint.transformer.TransformerFamily;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
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
 * weights: the tensors of the published files under their names and in their formats, normally
 * distributed with a deviation of {@value #DEVIATION}, and norms of 1. They need little heap.
 */
public final class FlowCheckpoint {
  /** Keeps activations finite at every width. */
  private static final double DEVIATION = 0.02;

  private static final String MEAN = "bn.running_mean";
  private static final String VARIANCE = "bn.running_var";

  private final DType format;
  private final RepeatedNumbers numbers;
  private final int seed;

  private FlowCheckpoint(DType format, int seed) {
    this.format = format;
    this.seed = seed;
    this.numbers = new RepeatedNumbers(format, DEVIATION, seed);
  }

  /**
   * Writes the files; keeps text encoders of the same shapes, which families can share.
   *
   * @param config the dimensions
   * @param seed the random seed
   * @param folder the folder of the three folders, created if it does not exist
   * @param progress receives the path of each file before it is written
   * @return the file of the transformer, by which the model is opened
   */
  public static Path write(FlowConfig config, int seed, Path folder, Consumer<Path> progress) {
    Path transformer = folder.resolve("diffusion_models").resolve(transformerFile(config));
    FlowCheckpoint texts = new FlowCheckpoint(config.texts().format(), seed);
    config
        .texts()
        .files()
        .forEach(
            (name, shapes) -> {
              Path file = folder.resolve("text_encoders").resolve(name);
              if (!hasShapes(file, shapes)) {
                progress.accept(file);
                texts.write(file, shapes);
              }
            });
    boolean isSd3 = config.family() == ModelFamily.SD3;
    FlowCheckpoint others = new FlowCheckpoint(isSd3 ? DType.F16 : DType.BF16, seed);
    Path vae =
        folder
            .resolve("vae")
            .resolve(isSd3 ? "sd3_vae.safetensors" : Families.of(config.family()).vae().file());
    progress.accept(vae);
    others.write(vae, vae(config));
    progress.accept(transformer);
    others.write(transformer, transformer(config));
    return transformer;
  }

  private static String transformerFile(FlowConfig config) {
    return switch (config.family()) {
      case FLUX2 -> "flux-2-klein-4b.safetensors";
      case Z_IMAGE -> "z_image_turbo_bf16.safetensors";
      case FLUX1 -> "flux1-dev.safetensors";
      case CHROMA -> "Chroma1-HD.safetensors";
      case SD3 -> "sd3.5_medium.safetensors";
      default ->
          throw new IllegalArgumentException(config.family() + " has no published file to imitate");
    };
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
  public static Map<String, List<Long>> transformer(FlowConfig config) {
    return inFile(
        config.transformer().weights(), Families.of(config.family()).transformerFileNames());
  }

  /** Returns the shapes of the tensors in the VAE's file, with the statistics of its batch norm. */
  public static Map<String, List<Long>> vae(FlowConfig config) {
    Map<String, List<Long>> weights = new LinkedHashMap<>();
    config
        .vae()
        .weights()
        .forEach((name, shape) -> weights.put(name, SingleFileNames.shape(name, shape)));
    Map<String, List<Long>> shapes = inFile(weights, TransformerFamily.vaeFileNames(config.vae()));
    if (config.family() == ModelFamily.FLUX2) {
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
    shapes.forEach((name, shape) -> writer.tensor(name, format, shape, source(name, shape)));
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
      return SafetensorsWriter.floats(values, format);
    }
    return numbers.source(elements, 31 * seed + name.hashCode());
  }
}
