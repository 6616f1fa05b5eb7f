package dev.sdlora.lora.make;

import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.LoraException.Reason;
import dev.sdlora.api.make.CreatedLora;
import dev.sdlora.api.make.SkippedLayers;
import dev.sdlora.lora.format.BundledEmbedding;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.format.Part;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.Spool;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.number.Floats;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A LoRA file under construction. Modules are added one by one and spooled to disk, because the
 * header cannot be written before the ranks of all modules are known. Closing deletes the spooled
 * data. Not safe for use by several threads.
 */
public final class AdapterFile implements AutoCloseable {
  /** The smallest number that half precision rounds to infinity. */
  private static final float HALF_LIMIT = 65_520;

  private final Path target;
  private final DType format;
  private final KeyNaming style;
  private final SafetensorsWriter writer = new SafetensorsWriter();
  private final Spool spool;
  private final Set<String> keys = new HashSet<>();
  private final Set<String> embeddings = new HashSet<>();
  private final Map<SkippedLayers.Cause, List<String>> leftOut =
      new EnumMap<>(SkippedLayers.Cause.class);
  private final Map<SkippedLayers.Cause, Double> leftOutEnergy =
      new EnumMap<>(SkippedLayers.Cause.class);
  private int rank;
  private double kept;
  private double energy;

  /**
   * Creates a file without modules, with kohya's names of factors.
   *
   * @param target the path that it will be written to
   * @param format the dtype of the factors: F16, BF16 or F32
   * @throws dev.sdlora.api.error.TensorFileException if the folder is missing or cannot be written
   *     to
   */
  public static AdapterFile create(Path target, DType format) {
    return create(target, format, KeyNaming.KOHYA);
  }

  /**
   * Creates a file without modules.
   *
   * @param style the names of factors; only kohya's has alphas
   */
  public static AdapterFile create(Path target, DType format, KeyNaming style) {
    return new AdapterFile(target, format, style, Spool.create(target));
  }

  private AdapterFile(Path target, DType format, KeyNaming style, Spool spool) {
    this.target = target;
    this.format = format;
    this.style = style;
    this.spool = spool;
  }

  /**
   * Adds the change of a layer, {@code alpha / rank · up · down}.
   *
   * @param key the name of the layer in the file
   * @param shape the shape of its weight: [out, in] or [out, in, k, k]
   * @param alpha the alpha, stored in single precision if the dtype cannot represent it; the rank
   *     in styles without alphas
   * @throws LoraException if a factor is not finite, or too large for the dtype
   * @throws dev.sdlora.api.error.TensorFileException if the disk is full
   */
  public void add(String key, List<Long> shape, FactorPair factors, double alpha) {
    requireFits(key, factors.down());
    requireFits(key, factors.up());
    List<Long> downShape = new ArrayList<>(shape);
    downShape.set(0, (long) factors.rank());
    List<Long> upShape = new ArrayList<>(List.of(shape.get(0), (long) factors.rank()));
    shape.stream().skip(2).forEach(side -> upShape.add(1L));
    spool(key + style.down(), downShape, factors.down());
    spool(key + style.up(), upShape, factors.up());
    if (style == KeyNaming.KOHYA) {
      alpha(writer, key, alpha, format);
    } else if (alpha != factors.rank()) {
      throw new IllegalArgumentException(
          "alpha is %s, expected the rank %s".formatted(alpha, factors.rank()));
    }
    keys.add(key);
    rank = Math.max(rank, factors.rank());
    kept += factors.keptEnergy();
    energy += factors.energy();
  }

  /**
   * Adds the change of a bias or of a normalisation.
   *
   * @param key the name of the layer in the file
   * @param part the kind of change: {@code DIFF_B}, {@code W_NORM} or {@code B_NORM}
   * @throws LoraException if a number is not finite, or too large for the dtype
   * @throws dev.sdlora.api.error.TensorFileException if the disk is full
   */
  public void add(String key, Part part, float[] values) {
    add(key, part, List.of((long) values.length), values);
  }

  /**
   * Adds a tensor of a layer's change.
   *
   * @param key the name of the layer in the file
   * @param part the tensor
   * @param shape its shape
   * @throws LoraException if a number is not finite, or too large for the dtype
   * @throws dev.sdlora.api.error.TensorFileException if the disk is full
   */
  public void add(String key, Part part, List<Long> shape, float[] values) {
    requireFits(key, values);
    spool(key + "." + part.ending(), shape, values);
    keys.add(key);
  }

  /**
   * Adds the alpha of a layer's change.
   *
   * @param key the name of the layer in the file
   * @param layerRank the rank by which readers divide it
   */
  public void addAlpha(String key, double alpha, int layerRank) {
    alpha(writer, key, alpha, format);
    rank = Math.max(rank, layerRank);
  }

  /**
   * Copies the embeddings bundled with another LoRA.
   *
   * @throws LoraException if the file already contains one of the same name
   */
  public void addEmbeddings(LoraFile file, TensorFile.Reader reader) {
    for (BundledEmbedding embedding : file.embeddings()) {
      if (!embeddings.add(embedding.name())) {
        throw new LoraException(
            "LoRA '%s' contains the embedding '%s', which another of the files contains as well; expected unique names"
                .formatted(file.file().path(), embedding.name()),
            Reason.AMBIGUOUS,
            ErrorDetails.in(file.file().path()).withName(embedding.name()));
      }
      for (TensorEntry entry : embedding.tensors().values()) {
        writer.tensor(
            entry.name(),
            entry.dtype(),
            entry.shape(),
            spool.add(channel -> channel.write(reader.bytes(entry))));
      }
    }
  }

  private void spool(String name, List<Long> shape, float[] values) {
    writer.tensor(name, format, shape, spool.add(SafetensorsWriter.floats(values, format)));
  }

  /** Adds kohya's alpha, in single precision if the dtype cannot represent it exactly. */
  static void alpha(SafetensorsWriter writer, String key, double alpha, DType format) {
    float value = (float) alpha;
    float stored =
        switch (format) {
          case F16 -> Floats.fromHalf(Floats.toHalf(value));
          case BF16 -> Floats.fromBfloat16(Floats.toBfloat16(value));
          default -> value;
        };
    DType exact = Float.compare(stored, value) == 0 ? format : DType.F32;
    writer.tensor(key + ".alpha", List.of(), new float[] {value}, exact);
  }

  private void requireFits(String key, float[] values) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw new LoraException(
            "the change of '%s' holds NaN or infinity, so '%s' cannot be written"
                .formatted(key, target),
            Reason.OVERFLOW,
            ErrorDetails.in(target).withModule(key));
      }
      if (format == DType.F16 && Math.abs(value) >= HALF_LIMIT) {
        throw new LoraException(
            "the change of '%s' contains %s, which is too large for float16; write '%s' in float32"
                .formatted(key, value, target),
            Reason.OVERFLOW,
            ErrorDetails.in(target).withModule(key));
      }
    }
  }

  /**
   * Records a layer that changes but will not be in the file.
   *
   * @param changeEnergy the sum of squares of its change
   */
  void leaveOut(SkippedLayers.Cause cause, String layer, double changeEnergy) {
    leftOut.computeIfAbsent(cause, key -> new ArrayList<>()).add(layer);
    leftOutEnergy.merge(cause, changeEnergy, Double::sum);
    energy += changeEnergy;
  }

  /** The layers skipped so far. */
  List<SkippedLayers> leftOut() {
    List<SkippedLayers> all = new ArrayList<>();
    leftOut.forEach(
        (cause, layers) -> {
          double theirs = leftOutEnergy.getOrDefault(cause, 0.0);
          all.add(new SkippedLayers(cause, layers, theirs == 0 ? 0 : theirs / energy));
        });
    return all;
  }

  /** The number of layers with changes so far. */
  public int modules() {
    return keys.size();
  }

  /** The largest rank so far; 0 without modules. */
  public int rank() {
    return rank;
  }

  /**
   * Writes the file, replacing an existing one only when everything is written.
   *
   * @throws dev.sdlora.api.error.TensorFileException if it cannot be written
   */
  public CreatedLora write(Map<String, String> metadata) {
    metadata.forEach(writer::metadata);
    writer.write(target);
    return new CreatedLora(target, keys.size(), rank, energy == 0 ? 1 : kept / energy, leftOut());
  }

  @Override
  public void close() {
    spool.close();
  }
}
