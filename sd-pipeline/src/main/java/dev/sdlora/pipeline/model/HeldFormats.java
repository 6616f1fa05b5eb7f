package dev.sdlora.pipeline.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.model.WeightFormat;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.tensors.weights.StoredFormat;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The formats in which the weights of denoisers and text encoders are held in memory.
 *
 * @param weights the requested format
 * @param type the dtype of the computation
 * @param integers whether denoisers multiply in 8-bit integers, which their weights are then held
 *     in
 */
public record HeldFormats(WeightFormat weights, ScalarType type, boolean integers) {
  private static final String WEIGHT = ".weight";

  /** The smallest number of elements for which another format is worth its name. */
  private static final long LEAST = 1024;

  /** Tables, of which programs read single rows. */
  private static final List<String> TABLES =
      List.of(
          "text_model.embeddings.token_embedding.weight",
          "model.embed_tokens.weight",
          "shared.weight");

  /** Weights whose shapes or dtypes programs read. All are small. */
  private static final List<String> READ =
      List.of(
          "conv_in.",
          "time_embedding.",
          "x_embedder.",
          "t_embedder.",
          "time_guidance_embed.",
          "time_text_embed.",
          "pos_embed.",
          "relative_attention_bias.",
          "text_model.embeddings.");

  /**
   * Returns the formats for a pipeline.
   *
   * @throws StableDiffusionException if the weights would have more precision than the computation
   */
  static HeldFormats of(WeightFormat weights, ScalarType type, boolean integers) {
    if (weights == WeightFormat.FLOAT32 && type != ScalarType.FLOAT32) {
      throw new StableDiffusionException(
          "weights are FLOAT32, but the precision of the computation is %s, to which they would be rounded at each call; expected precision FLOAT32, or weights AS_STORED, BFLOAT16 or INT8"
              .formatted(type.name().toUpperCase(Locale.ROOT)));
    }
    return new HeldFormats(weights, type, integers);
  }

  /** Returns formats that hold all weights in the dtype of the computation. */
  static HeldFormats wide(ScalarType type) {
    return new HeldFormats(
        type == ScalarType.FLOAT32 ? WeightFormat.FLOAT32 : WeightFormat.BFLOAT16, type, false);
  }

  /** Returns the same formats for a network that does not multiply in integers. */
  HeldFormats inFloats() {
    return new HeldFormats(weights, type, false);
  }

  /** Returns the formats of the weights that are not held in the dtype of the computation. */
  Map<String, StoredFormat> of(Map<String, Origin> origins) {
    Map<String, StoredFormat> formats = new LinkedHashMap<>();
    origins.forEach(
        (name, origin) -> {
          if (isLarge(name, origin)) {
            format(origin)
                .filter(format -> !TABLES.contains(name) || hasWholeRows(format, origin))
                .ifPresent(format -> formats.put(name, format));
          }
        });
    return formats;
  }

  /**
   * Returns the format in which most of the large weights of a network are held, as Forge names it;
   * empty if it has more than 8 bits.
   */
  public static Optional<String> lowBits(LiveWeights weights) {
    return most(weights).filter(format -> format != StoredFormat.BFLOAT16).map(StoredFormat::label);
  }

  /**
   * Returns the format in which most of the large weights of a denoiser are held, such as {@code
   * Q8_0}, {@code float8_e4m3} or {@code bfloat16}.
   */
  public String storage(LiveWeights weights) {
    return most(weights)
        .map(
            format ->
                switch (format) {
                  case FP8_E4M3 -> DType.F8_E4M3.label();
                  case FP8_E5M2 -> DType.F8_E5M2.label();
                  case INT8, BFLOAT16 -> format.name().toLowerCase(Locale.ROOT);
                  default -> format.name();
                })
        .orElseGet(() -> (integers ? "int8" : type.name().toLowerCase(Locale.ROOT)));
  }

  private static Optional<StoredFormat> most(LiveWeights weights) {
    Map<Optional<StoredFormat>, Long> sizes = new HashMap<>();
    weights
        .origins()
        .forEach(
            (name, origin) -> {
              if (isLarge(name, origin)) {
                sizes.merge(weights.format(name), origin.entry().elements(), Long::sum);
              }
            });
    return sizes.entrySet().stream().max(Map.Entry.comparingByValue()).flatMap(Map.Entry::getKey);
  }

  /**
   * Returns the bytes of the largest weight that a layer of a network widens while it is computed.
   */
  public static long widenedBytes(LiveWeights weights) {
    return weights.origins().entrySet().stream()
        .filter(each -> !TABLES.contains(each.getKey()))
        .filter(each -> weights.format(each.getKey()).isPresent())
        .mapToLong(each -> weights.type().bytes() * each.getValue().entry().elements())
        .max()
        .orElse(0);
  }

  /**
   * Returns memory for the weights that layers of a network widen, by the name under which programs
   * find it: in memory that is used again, widening is faster. Nothing if no weight is widened.
   * Each caller of programs needs its own.
   *
   * @param scope the manager that will own the memory
   */
  public static Map<String, NDArray> memory(LiveWeights weights, NDManager scope) {
    long bytes = widenedBytes(weights);
    return bytes == 0
        ? Map.of()
        : Map.of("stored.memory", weights.room(bytes / weights.type().bytes(), scope));
  }

  private Optional<StoredFormat> format(Origin origin) {
    return switch (weights) {
      case FLOAT32 -> Optional.empty();
      case BFLOAT16 ->
          type == ScalarType.FLOAT32 ? Optional.of(StoredFormat.BFLOAT16) : Optional.empty();
      case AS_STORED -> StoredFormat.of(origin);
      case INT8 -> StoredFormat.of(origin).or(() -> Optional.of(StoredFormat.INT8));
    };
  }

  private static boolean isLarge(String name, Origin origin) {
    return name.endsWith(WEIGHT)
        && origin.shape().size() >= 2
        && origin.entry().elements() >= LEAST
        && (TABLES.contains(name) || READ.stream().noneMatch(name::contains));
  }

  /** Whether no block of a format continues in the next row of a table. */
  private static boolean hasWholeRows(StoredFormat format, Origin origin) {
    long columns = origin.shape().get(origin.shape().size() - 1);
    return columns % format.blockElements() == 0;
  }
}
