package dev.sdlora.pipeline.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.model.PredictionType;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.spi.CheckpointBuilder;
import dev.sdlora.pipeline.checkpoint.transformer.TransformerFamily;
import dev.sdlora.pipeline.checkpoint.transformer.TransformerFiles;
import dev.sdlora.pipeline.network.LatentFormat;
import dev.sdlora.pipeline.network.VaeConfig;
import dev.sdlora.pipeline.transformer.Flux2Config;
import dev.sdlora.pipeline.transformer.Qwen3Config;
import dev.sdlora.pipeline.transformer.TransformerConfig;
import dev.sdlora.pipeline.transformer.ZImageConfig;
import dev.sdlora.prompt.qwen.QwenTokenizer;
import dev.sdlora.tensors.weights.Origin;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads the dimensions and settings of models with a diffusion transformer. */
final class TransformerReader {
  private static final int FULL_ENCODER_WIDTH = 2560;
  private static final List<Integer> FLUX2_LAYERS = List.of(9, 18, 27);
  private static final List<Integer> Z_IMAGE_LAYERS = List.of(35);

  /** The width of the smallest full-size transformer. */
  private static final int FULL_WIDTH = 1024;

  private static final double TURBO_SHIFT = 3;
  private static final double BASE_SHIFT = 6;

  private final TransformerFiles files;
  private final Path path;

  private TransformerReader(TransformerFiles files, Path path) {
    this.files = files;
    this.path = path;
  }

  /**
   * Opens a model.
   *
   * @return the model; empty if it has no diffusion transformer
   * @throws CheckpointException if it is incomplete or not supported
   */
  static Optional<TransformerModel> read(Path path, CheckpointParts parts) {
    return TransformerFiles.read(path, parts)
        .map(files -> new TransformerReader(files, path).model(parts));
  }

  private boolean isFlux2() {
    return files.family() == TransformerFamily.FLUX2;
  }

  private TransformerModel model(CheckpointParts parts) {
    TransformerConfig transformer = checked(files.transformer(), this::transformer);
    Qwen3Config encoder = checked(files.textEncoder(), TransformerReader::encoder);
    List<Integer> layers = textLayers(encoder);
    VaeConfig vae = checked(files.vae(), this::vae);
    boolean isDistilled = files.distillation().distilled();
    Checkpoint checkpoint = describe(parts, transformer, isDistilled);
    int read = Collections.max(layers);
    return new TransformerModel(
        checkpoint,
        part(files.textEncoder(), encoder, encoder.weights(read)),
        layers,
        files.tokenizer().map(QwenTokenizer::read).orElseGet(QwenTokenizer::load),
        part(files.transformer(), transformer, transformer.weights()),
        part(files.vae(), vae, vae.weights()),
        files.transformer().stored(),
        parts.distilled().isPresent() || files.shift().isEmpty()
            ? (isDistilled ? TURBO_SHIFT : BASE_SHIFT)
            : files.shift().getAsDouble(),
        isDistilled);
  }

  private interface Dimensions<C> {
    C of(TransformerFiles.Part part);
  }

  /** Reads dimensions; contradictions become errors about the file. */
  private static <C> C checked(TransformerFiles.Part part, Dimensions<C> dimensions) {
    try {
      return dimensions.of(part);
    } catch (IllegalArgumentException e) {
      throw new CheckpointException(
          "'%s': %s".formatted(part.path(), e.getMessage()), ErrorDetails.in(part.path()), e);
    }
  }

  private static <C> ModelFiles.Part<C> part(
      TransformerFiles.Part part, C config, Map<String, List<Long>> wanted) {
    Map<String, Origin> weights = new LinkedHashMap<>();
    wanted.forEach(
        (name, shape) -> {
          Origin origin = part.weights().get(name);
          if (origin == null || !origin.shape().equals(shape)) {
            throw new CheckpointException(
                "'%s': tensor '%s' %s, expected the shape %s"
                    .formatted(
                        part.path(),
                        name,
                        origin == null ? "is missing" : "has the shape " + origin.shape(),
                        shape),
                ErrorDetails.in(part.path()).withTensor(name));
          }
          weights.put(name, origin);
        });
    return new ModelFiles.Part<>(config, Collections.unmodifiableMap(weights));
  }

  private TransformerConfig transformer(TransformerFiles.Part part) {
    JsonNode settings = part.settings();
    if (isFlux2()) {
      Flux2Config config = Flux2Config.of(part.shapes());
      List<Integer> axes = integers(settings.path("axes_dims_rope"));
      double theta = settings.path("rope_theta").asDouble(config.theta());
      return config.withAxes(axes.isEmpty() ? config.axes() : axes, theta);
    }
    ZImageConfig config =
        ZImageConfig.of(part.shapes(), settings.path("rope_theta").asDouble(ZImageConfig.THETA));
    List<Integer> axes = integers(settings.path("axes_dims"));
    return axes.isEmpty() ? config : config.withAxes(axes);
  }

  private static Qwen3Config encoder(TransformerFiles.Part part) {
    return Qwen3Config.of(
        part.shapes(), part.settings().path("rope_theta").asDouble(Qwen3Config.THETA));
  }

  /** Returns the layers whose states are read; smaller encoders are read in proportion. */
  private List<Integer> textLayers(Qwen3Config encoder) {
    if (encoder.width() == FULL_ENCODER_WIDTH) {
      return isFlux2() ? FLUX2_LAYERS : Z_IMAGE_LAYERS;
    }
    int layers = encoder.layers();
    return isFlux2()
        ? List.of(layers / 4, layers / 2, layers * 3 / 4)
        : List.of(Math.max(1, layers - 1));
  }

  private VaeConfig vae(TransformerFiles.Part part) {
    Map<String, List<Long>> shapes = part.shapes();
    List<Integer> channels = new ArrayList<>();
    List<Integer> decoder = new ArrayList<>();
    for (int level = 0; has(shapes, "encoder.down_blocks." + level); level++) {
      String up = "decoder.up_blocks." + (levels(shapes) - 1 - level);
      channels.add(size(shapes, "encoder.down_blocks." + level + ".resnets.0.conv1.weight"));
      decoder.add(size(shapes, up + ".resnets.0.conv1.weight"));
    }
    int layers = 0;
    while (shapes.containsKey("encoder.down_blocks.0.resnets." + layers + ".conv1.weight")) {
      layers++;
    }
    int latents = Math.toIntExact(shape(shapes, "decoder.conv_in.weight").get(1));
    boolean quantConvs = shapes.containsKey("quant_conv.weight");
    return new VaeConfig(channels, decoder, layers, latents, quantConvs, format(part, latents));
  }

  private LatentFormat format(TransformerFiles.Part part, int latents) {
    if (isFlux2()) {
      return LatentFormat.normalisedBy(
          floats(part, "bn.running_mean"), floats(part, "bn.running_var"));
    }
    return LatentFormat.shifted(0.1159, 0.3611, latents);
  }

  private static float[] floats(TransformerFiles.Part part, String name) {
    Origin origin = part.weights().get(name);
    if (origin == null) {
      throw new CheckpointException(
          "'%s': tensor '%s' is missing, which FLUX.2's autoencoder has"
              .formatted(part.path(), name),
          ErrorDetails.in(part.path()).withTensor(name));
    }
    return SmallTensors.floats(origin.file(), origin.entry());
  }

  private static boolean has(Map<String, List<Long>> shapes, String block) {
    return shapes.containsKey(block + ".resnets.0.conv1.weight");
  }

  private static int levels(Map<String, List<Long>> shapes) {
    int levels = 0;
    while (has(shapes, "decoder.up_blocks." + levels)) {
      levels++;
    }
    return levels;
  }

  private static List<Long> shape(Map<String, List<Long>> shapes, String name) {
    return Objects.requireNonNullElseGet(
        shapes.get(name),
        () -> {
          throw new IllegalArgumentException("tensor '%s' is missing".formatted(name));
        });
  }

  private static int size(Map<String, List<Long>> shapes, String name) {
    return Math.toIntExact(shape(shapes, name).get(0));
  }

  private static List<Integer> integers(JsonNode array) {
    List<Integer> numbers = new ArrayList<>();
    array.forEach(number -> numbers.add(number.asInt()));
    return numbers;
  }

  private Checkpoint describe(
      CheckpointParts parts, TransformerConfig transformer, boolean isDistilled) {
    List<Origin> all =
        Stream.of(files.transformer(), files.textEncoder(), files.vae())
            .map(TransformerFiles.Part::weights)
            .map(Map::values)
            .flatMap(Collection::stream)
            .toList();
    boolean isFull = size(transformer.weights(), widest()) >= FULL_WIDTH;
    CheckpointBuilder builder =
        new CheckpointBuilder(path, isFlux2() ? ModelFamily.FLUX2 : ModelFamily.Z_IMAGE)
            .layout(files.layout())
            .predictionType(PredictionType.FLOW)
            .task(Checkpoint.Task.TEXT_TO_IMAGE)
            .signs(signs())
            .storage(CheckpointReader.storage(List.copyOf(files.transformer().weights().values())))
            .tensors(all.size())
            .parameters(all.stream().mapToLong(origin -> origin.entry().elements()).sum())
            .defaultSize(isFull ? new ImageSize(1024, 1024) : new ImageSize(128, 128))
            .defaults(defaults(isDistilled))
            .parts(parts);
    parts.vae().ifPresent(builder::vae);
    return builder.build();
  }

  /** Returns the evidence, and the files of the text encoder and the VAE if they are others. */
  private List<String> signs() {
    List<String> signs = new ArrayList<>(files.signs());
    if (!files.textEncoder().path().equals(files.transformer().path())) {
      signs.add("text encoder: '%s'".formatted(shown(files.textEncoder().path())));
    }
    if (!files.vae().path().equals(files.transformer().path())) {
      signs.add("VAE: '%s'".formatted(shown(files.vae().path())));
    }
    return signs;
  }

  /** Returns a path in the folder of the model, or the name of a file elsewhere. */
  private Path shown(Path part) {
    return part.startsWith(path) ? path.relativize(part) : part.getFileName();
  }

  private String widest() {
    return isFlux2() ? "x_embedder.weight" : "layers.0.attention.to_q.weight";
  }

  /** Returns the settings that the authors recommend. */
  private PromptSpec defaults(boolean isDistilled) {
    PromptSpec.Builder spec = PromptSpec.builder().sampler(Sampler.EULER);
    if (isDistilled) {
      return spec.steps(isFlux2() ? 4 : 8).cfgScale(1).build();
    }
    return spec.steps(isFlux2() ? 50 : 30).cfgScale(4).build();
  }
}
