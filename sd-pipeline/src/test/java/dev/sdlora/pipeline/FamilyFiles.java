package dev.sdlora.pipeline;

import ai.djl.ndarray.NDManager;
import dev.sdlora.families.network.AddedConditions;
import dev.sdlora.families.network.SizeConditions;
import dev.sdlora.tensorkit.GoldenTensors;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.testkit.TinyFamilies;
import dev.sdlora.testkit.TinyModels;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;

/** Checkpoints of all families; some are written from others with a few changed tensors. */
public final class FamilyFiles {
  private FamilyFiles() {}

  /** Returns the goldens of a set. */
  public static TensorFile golden(String set, String file) {
    return Fixtures.golden("families/" + set + "/" + file);
  }

  /**
   * Returns the checkpoint of a set.
   *
   * @param folder the folder in which it is written if necessary
   */
  public static Path checkpoint(String set, Path folder) {
    return switch (set) {
      case "sd1" -> TinyModels.CHECKPOINT;
      case "sd2" -> TinyFamilies.sd2();
      case "sdxl" -> TinyFamilies.sdxl();
      case "sdxl-refiner" -> refiner(folder);
      default -> patched(set, folder);
    };
  }

  /** Returns the refiner with the VAE of SDXL, which is the same. */
  private static Path refiner(Path folder) {
    Copy copy = new Copy();
    copy.add(TensorFile.open(TinyFamilies.refiner()), name -> true);
    copy.add(TensorFile.open(TinyFamilies.sdxl()), name -> name.startsWith("first_stage_model."));
    return copy.write(folder.resolve("sdxl-refiner.safetensors"));
  }

  private static Path patched(String set, Path folder) {
    TensorFile patch = golden(set, "patch");
    String base = patch.metadata().getOrDefault("base", "");
    List<String> removed = patch.metadata().getOrDefault("remove", "").lines().toList();
    Copy copy = new Copy();
    copy.add(
        TensorFile.open(
            base.contains("sdxl")
                ? TinyFamilies.sdxl()
                : base.contains("sd2") ? TinyFamilies.sd2() : TinyModels.CHECKPOINT),
        name -> removed.stream().noneMatch(name::startsWith));
    copy.add(patch, name -> true);
    return copy.write(folder.resolve(set + ".safetensors"));
  }

  /** Returns a ControlNet Union for SDXL. */
  public static Path union() {
    return Fixtures.golden("control/tiny-union-sdxl").path();
  }

  /**
   * Returns a ControlNet Union of 8 types for SDXL.
   *
   * @param folder the folder in which it is written
   */
  public static Path promax(Path folder) {
    TensorFile own = Fixtures.golden("control/tiny-union-promax-sdxl");
    Path target = folder.resolve("union-promax.safetensors");
    replaced(union(), own.tensors().keySet()::contains, own.path(), target);
    return target;
  }

  /** Writes the same checkpoint with random vectors for the tokens that its vocabulary lacks. */
  public static Path withWholeVocabulary(Path checkpoint, Path target) {
    TensorFile file = TensorFile.open(checkpoint);
    Copy copy = new Copy();
    copy.add(file, name -> !name.endsWith("token_embedding.weight"));
    try (TensorFile.Reader reader = file.reader()) {
      for (TensorEntry entry : file.tensors().values()) {
        if (entry.name().endsWith("token_embedding.weight")) {
          int width = (int) (long) entry.shape().get(1);
          float[] all = new float[49_408 * width];
          Random random = new Random(width);
          for (int i = 0; i < all.length; i++) {
            all[i] = (float) random.nextGaussian() / 4;
          }
          float[] known = reader.floats(entry);
          System.arraycopy(known, 0, all, 0, known.length);
          copy.writer.tensor(entry.name(), List.of(49_408L, (long) width), all, DType.F16);
        }
      }
    }
    return copy.write(target);
  }

  /**
   * Returns the pooled text and size conditions of a U-Net.
   *
   * @param prefix the prefix of the goldens' names
   * @param width the width of the vectors
   */
  public static AddedConditions added(
      TensorFile golden, String prefix, int width, NDManager scope) {
    float[] pooled = GoldenTensors.floats(golden, prefix + "text_embeds");
    float[] sizes = GoldenTensors.floats(golden, prefix + "time_ids");
    int rows = (int) GoldenTensors.shape(golden, prefix + "time_ids")[0];
    float[] vectors = new float[rows * width];
    for (int row = 0; row < rows; row++) {
      float[] own =
          Arrays.copyOfRange(pooled, row * pooled.length / rows, (row + 1) * pooled.length / rows);
      double[] numbers = new double[sizes.length / rows];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = sizes[row * numbers.length + i];
      }
      System.arraycopy(SizeConditions.vector(own, numbers, width), 0, vectors, row * width, width);
    }
    return new AddedConditions(
        Torch.floats(scope, vectors, rows, width), Torch.floats(scope, new float[0], rows, 0));
  }

  /**
   * Writes a checkpoint in which a token has different vectors.
   *
   * @param vectors the vectors by width, which identifies the encoder
   */
  public static Path withToken(
      Path checkpoint, int token, Map<Integer, float[]> vectors, Path target) {
    TensorFile file = TensorFile.open(checkpoint);
    Copy copy = new Copy();
    copy.add(file, name -> !name.endsWith("token_embedding.weight"));
    try (TensorFile.Reader reader = file.reader()) {
      for (TensorEntry entry : file.tensors().values()) {
        if (entry.name().endsWith("token_embedding.weight")) {
          int width = (int) (long) entry.shape().get(1);
          float[] table = reader.floats(entry);
          System.arraycopy(vectors.get(width), 0, table, token * width, width);
          copy.writer.tensor(entry.name(), entry.shape(), table, DType.F16);
        }
      }
    }
    return copy.write(target);
  }

  /**
   * Writes a copy of a file in which some tensors are replaced by those of another.
   *
   * @param names the names of the tensors to remove
   * @param other a file whose tensors are all added
   */
  public static void replaced(Path file, Predicate<String> names, Path other, Path target) {
    Copy copy = new Copy();
    copy.add(TensorFile.open(file), names.negate());
    copy.add(TensorFile.open(other), name -> true);
    copy.write(target);
  }

  /** Writes a copy of a file without some of its tensors. */
  public static Path without(Path file, Predicate<String> names, Path target) {
    Copy copy = new Copy();
    copy.add(TensorFile.open(file), names.negate());
    return copy.write(target);
  }

  /** A file composed of others; later tensors replace earlier ones of the same name. */
  private static final class Copy {
    private final SafetensorsWriter writer = new SafetensorsWriter();
    private final Map<String, TensorFile> sources = new LinkedHashMap<>();

    void add(TensorFile file, Predicate<String> names) {
      file.metadata().forEach(writer::metadata);
      file.tensors().keySet().stream().filter(names).forEach(name -> sources.put(name, file));
    }

    Path write(Path target) {
      sources.forEach(
          (name, file) -> {
            TensorEntry entry = file.find(name).orElseThrow();
            writer.tensor(
                name,
                entry.dtype(),
                entry.shape(),
                channel -> {
                  try (TensorFile.Reader reader = file.reader()) {
                    channel.write(reader.bytes(entry));
                  }
                });
          });
      writer.write(target);
      return target;
    }
  }
}
