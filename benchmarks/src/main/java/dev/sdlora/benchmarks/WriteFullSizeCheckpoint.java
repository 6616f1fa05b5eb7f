package dev.sdlora.benchmarks;

import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.benchmarks.model.FlowCheckpoint;
import dev.sdlora.benchmarks.model.FlowConfig;
import dev.sdlora.benchmarks.model.FlowModels;
import dev.sdlora.benchmarks.model.ModelConfig;
import dev.sdlora.benchmarks.model.RandomHalves;
import dev.sdlora.families.checkpoint.SingleFileNames;
import dev.sdlora.families.network.ClipConfig;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;

/**
 * Writes a full-size checkpoint with random weights: SD 1.5, SD 2.1 or SDXL as a single float16
 * file with the tensors of the published files under their names, including position IDs and the
 * noise schedule; a model with a diffusion transformer as {@linkplain FlowCheckpoint files of its
 * networks}. Weights are scaled so that activations stay finite.
 */
public final class WriteFullSizeCheckpoint {
  private static final double BIAS_DEVIATION = 0.01;
  private static final int TRAINING_STEPS = 1000;

  /** The names of the position IDs of OpenAI's encoder. */
  private static final Map<ModelFamily, String> POSITIONS =
      Map.of(
          ModelFamily.SD1, "cond_stage_model.transformer.",
          ModelFamily.SDXL, "conditioner.embedders.0.transformer.");

  private WriteFullSizeCheckpoint() {}

  /**
   * Runs the tool: {@code OUT.safetensors [--model 15|21|100] [--seed N]}, or {@code FOLDER --model
   * 4|6|9|12|35 [--blocks N] [--seed N]} for the {@linkplain FlowModels#numbered models} with a
   * diffusion transformer, of which {@code --blocks} makes {@linkplain FlowConfig#withBlocks
   * smaller ones}.
   */
  public static void main(String[] args) {
    Arguments arguments =
        Arguments.parse(
            args,
            "WriteFullSizeCheckpoint OUT.safetensors [--model 15|21|100] [--seed N],"
                + " or FOLDER --model 4|6|9|12|35 [--blocks N] [--seed N]",
            Map.of("--model", 15, "--seed", 1, "--blocks", 0));
    Optional<FlowConfig> flow = FlowModels.numbered(arguments.number("--model"));
    if (flow.isPresent()) {
      int blocks = arguments.number("--blocks");
      FlowCheckpoint.write(
          blocks > 0 ? flow.get().withBlocks(blocks) : flow.get(),
          arguments.number("--seed"),
          arguments.file(),
          System.out::println);
      return;
    }
    ModelConfig config = ModelConfig.numbered(arguments.number("--model"));
    int total = shapes(config).size();
    write(
        config,
        arguments.number("--seed"),
        arguments.file(),
        done -> {
          if (done % 100 == 0 || done == total) {
            System.out.printf("%d of %d tensors%n", done, total);
          }
        });
  }

  /**
   * Writes a checkpoint.
   *
   * @param config the dimensions
   * @param seed the random seed
   * @param path the file to write
   * @param progress receives the number of weights started
   */
  public static void write(ModelConfig config, int seed, Path path, IntConsumer progress) {
    SafetensorsWriter writer = new SafetensorsWriter();
    AtomicInteger begun = new AtomicInteger();
    shapes(config)
        .forEach(
            (name, shape) -> {
              RandomHalves values = values(name, shape, seed);
              writer.tensor(
                  name,
                  DType.F16,
                  shape,
                  channel -> {
                    progress.accept(begun.incrementAndGet());
                    values.writeTo(channel);
                  });
            });
    if (config.textEncoders().get(0).kind() == ClipConfig.Kind.OPENAI) {
      addPositions(writer, config);
    }
    addSchedule(writer);
    writer.write(path);
  }

  /** Returns the shapes of the weights by their names in the file. */
  static Map<String, List<Long>> shapes(ModelConfig config) {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    for (int i = 0; i < config.textEncoders().size(); i++) {
      shapes.putAll(SingleFileNames.textEncoder(config.family(), i, config.textEncoders().get(i)));
    }
    UnaryOperator<String> unet = SingleFileNames.unet(config.unet());
    config.unet().weights().forEach((name, shape) -> shapes.put(unet.apply(name), shape));
    UnaryOperator<String> vae = SingleFileNames.vae(config.vae());
    config
        .vae()
        .weights()
        .forEach((name, shape) -> shapes.put(vae.apply(name), SingleFileNames.shape(name, shape)));
    return shapes;
  }

  private static RandomHalves values(String name, List<Long> shape, int seed) {
    long elements = product(shape);
    long own = 31L * seed + name.hashCode();
    if (shape.size() > 1) {
      double inputs = (double) elements / shape.get(0);
      return new RandomHalves(elements, 0, 1 / Math.sqrt(inputs), own);
    }
    // Only normalisation layers have one-dimensional weights.
    return name.endsWith(".weight")
        ? new RandomHalves(elements, 1, 0, own)
        : new RandomHalves(elements, 0, BIAS_DEVIATION, own);
  }

  private static long product(List<Long> shape) {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }

  private static void addPositions(SafetensorsWriter writer, ModelConfig config) {
    int positions = config.textEncoders().get(0).positions();
    ByteBuffer numbers = ByteBuffer.allocate(positions * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < positions; i++) {
      numbers.putLong(i);
    }
    writer.tensor(
        POSITIONS.getOrDefault(config.family(), "") + "text_model.embeddings.position_ids",
        DType.I64,
        List.of(1L, (long) positions),
        channel -> channel.write(numbers.rewind()));
  }

  /** Adds the schedule of SD 1.x: variances whose roots grow linearly from √0.00085 to √0.012. */
  private static void addSchedule(SafetensorsWriter writer) {
    float[] betas = new float[TRAINING_STEPS];
    float[] products = new float[TRAINING_STEPS];
    double first = Math.sqrt(0.00085);
    double last = Math.sqrt(0.012);
    double product = 1;
    for (int i = 0; i < TRAINING_STEPS; i++) {
      double root = first + (last - first) * i / (TRAINING_STEPS - 1);
      product *= 1 - root * root;
      betas[i] = (float) (root * root);
      products[i] = (float) product;
    }
    List<Long> shape = List.of((long) TRAINING_STEPS);
    writer.tensor("betas", shape, betas, DType.F32);
    writer.tensor("alphas_cumprod", shape, products, DType.F32);
  }
}
