package dev.sdlora.pipeline.make;

import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.lora.BlockWeights;
import dev.sdlora.api.make.CheckpointMerging;
import dev.sdlora.api.make.CreatedCheckpoint;
import dev.sdlora.api.make.MakingListener;
import dev.sdlora.api.make.spi.MakingBackend.MergeCheckpoints;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.checkpoint.transformer.ModelFiles;
import dev.sdlora.pipeline.make.tensors.SingleFileTensors;
import dev.sdlora.pipeline.make.tensors.StoredTensor;
import dev.sdlora.pipeline.make.tensors.Targets;
import dev.sdlora.tensors.file.OpenFiles;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Implements {@link CheckpointMerging}. */
final class CheckpointMerger {
  /** The number of latent channels, which are the first channels that a U-Net reads. */
  private static final long LATENT_CHANNELS = 4;

  private static final String OLD_TEXT_ENCODER = "cond_stage_model.transformer.";
  private static final String TEXT_ENCODER = OLD_TEXT_ENCODER + "text_model.";

  /** Token positions, which some files store as floats. */
  private static final String POSITIONS = ".position_ids";

  private final MergeCheckpoints task;

  CheckpointMerger(MergeCheckpoints task) {
    this.task = task;
  }

  /** A checkpoint to read. */
  private record Source(
      Path path, ModelFamily family, Map<String, StoredTensor> tensors, SingleFileTensors whole) {
    static Source of(Path path) {
      ModelFiles model = CheckpointReader.open(path, CheckpointParts.DEFAULT);
      SingleFileTensors whole = SingleFileTensors.of(model);
      Map<String, StoredTensor> tensors = new LinkedHashMap<>();
      whole.tensors().forEach(tensor -> tensors.put(key(tensor.name()), tensor));
      return new Source(path, model.checkpoint().family(), tensors, whole);
    }
  }

  /** Returns the name by which tensors of two files are compared; some files omit a part. */
  private static String key(String name) {
    return name.startsWith(OLD_TEXT_ENCODER) && !name.startsWith(TEXT_ENCODER)
        ? TEXT_ENCODER + name.substring(OLD_TEXT_ENCODER.length())
        : name;
  }

  CreatedCheckpoint write(Path file, MakingListener listener) {
    List<Path> paths = new ArrayList<>(List.of(task.a(), task.b()));
    task.c().ifPresent(paths::add);
    Targets.require(file, paths);
    Source a = Source.of(task.a());
    Source b = Source.of(task.b());
    Optional<Source> c = task.c().map(Source::of);
    Stream.concat(Stream.of(a, b), c.stream())
        .forEach(source -> Targets.require(file, source.whole().files()));
    requireBlocksFit(a.family());
    c.ifPresent(base -> requireAlike(b, base, false));
    requireAlike(a, b, true);
    Set<String> names = new LinkedHashSet<>(a.tensors().keySet());
    if (c.isEmpty()) {
      names.addAll(b.tensors().keySet());
    }
    try (OpenFiles files = new OpenFiles()) {
      SafetensorsWriter writer = new SafetensorsWriter();
      new MergeRecipe(task, paths, a.whole().metadata(), channels(a)).write(writer);
      a.whole().signs().write(writer, names);
      Tally tally = new Tally(names.size(), listener);
      int merged = 0;
      for (String name : names) {
        @Nullable StoredTensor one = a.tensors().get(name);
        @Nullable StoredTensor two = b.tensors().get(name);
        @Nullable StoredTensor base = c.map(source -> source.tensors().get(name)).orElse(null);
        boolean sum = !name.endsWith(POSITIONS) && isSum(one, two, base, c.isPresent());
        merged += sum ? 1 : 0;
        add(writer, files, tally, sum ? sum(a.family(), one, two, base) : alone(one, two));
      }
      writer.write(file);
      return new CreatedCheckpoint(
          file, merged, names.size() - merged, List.of(), Optional.empty(), 0);
    }
  }

  private static long channels(Source a) {
    StoredTensor input = a.tensors().get("model.diffusion_model.input_blocks.0.0.weight");
    return input == null || input.shape().size() < 2 ? LATENT_CHANNELS : input.shape().get(1);
  }

  /**
   * Whether a tensor is computed; others, in only one checkpoint or not floating-point, are copied.
   */
  private static boolean isSum(
      @Nullable StoredTensor a,
      @Nullable StoredTensor b,
      @Nullable StoredTensor c,
      boolean difference) {
    return a != null && b != null && (!difference || c != null) && a.isFloating() && b.isFloating();
  }

  /** A tensor to write. */
  private record Target(String name, StoredTensor like, DType format, WeightedSum sum) {}

  private Target sum(
      ModelFamily family,
      @Nullable StoredTensor a,
      @Nullable StoredTensor b,
      @Nullable StoredTensor c) {
    StoredTensor one = present(a);
    double multiplier =
        task.blocks()
            .map(values -> MergedBlocks.value(values, one, family))
            .orElse(task.multiplier());
    return new Target(
        one.name(), one, format(one), new WeightedSum(one, present(b), c, multiplier));
  }

  private Target alone(@Nullable StoredTensor a, @Nullable StoredTensor b) {
    StoredTensor one = a != null ? a : present(b);
    return new Target(one.name(), one, format(one), new WeightedSum(one, one, null, 0));
  }

  private static StoredTensor present(@Nullable StoredTensor tensor) {
    if (tensor == null) {
      throw new IllegalStateException("no checkpoint has the tensor");
    }
    return tensor;
  }

  private DType format(StoredTensor tensor) {
    return tensor.isFloating()
        ? task.format().map(DType::of).orElse(tensor.format())
        : tensor.format();
  }

  private static void add(SafetensorsWriter writer, OpenFiles files, Tally tally, Target target) {
    writer.tensor(
        target.name(),
        target.format(),
        target.like().shape(),
        channel -> {
          target.sum().writeTo(channel, files, target.format());
          tally.done(target.name());
        });
  }

  private void requireBlocksFit(ModelFamily family) {
    task.blocks()
        .filter(weights -> !weights.fits(family))
        .ifPresent(
            weights -> {
              throw new IllegalArgumentException(
                  "%s block weights do not fit %s, the family of '%s'; expected %s"
                      .formatted(
                          weights.values().size(),
                          family.label(),
                          task.a(),
                          BlockWeights.sizes(family)));
            });
  }

  /**
   * Checks that two checkpoints have the same tensors.
   *
   * @param mayReadMore whether the first U-Net may read more channels than the other
   * @throws CheckpointException if not; the message names the first tensor that differs
   */
  private static void requireAlike(Source one, Source other, boolean mayReadMore) {
    Optional<StoredTensor> different =
        one.tensors().entrySet().stream()
            .filter(
                tensor -> {
                  StoredTensor found = other.tensors().get(tensor.getKey());
                  return found != null
                      && !found.shape().equals(tensor.getValue().shape())
                      && !(mayReadMore && WeightedSum.readsMore(tensor.getValue(), found));
                })
            .map(Map.Entry::getValue)
            .findFirst()
            .or(
                () ->
                    one.tensors().entrySet().stream()
                        .filter(tensor -> isNetwork(tensor.getKey(), tensor.getValue()))
                        .filter(tensor -> !other.tensors().containsKey(tensor.getKey()))
                        .map(Map.Entry::getValue)
                        .findFirst());
    different.ifPresent(tensor -> refuse(one, other, tensor));
  }

  private static boolean isNetwork(String key, StoredTensor tensor) {
    boolean isWeight = tensor.pieces().stream().anyMatch(piece -> piece.weight().isPresent());
    return isWeight || isNetwork(key);
  }

  private static boolean isNetwork(String key) {
    return !key.startsWith("model_ema.")
        && (key.endsWith(".weight") || key.endsWith(".bias"))
        && key.matches(
            "(model\\.diffusion_model|first_stage_model|cond_stage_model|conditioner).*");
  }

  private static void refuse(Source one, Source other, StoredTensor tensor) {
    StoredTensor found = other.tensors().get(key(tensor.name()));
    String cause = "";
    if (found != null && WeightedSum.readsMore(found, tensor)) {
      cause = "; a model that reads more channels must be the first";
    } else if (found == null && one.family() == other.family()) {
      cause =
          "; their layouts probably differ, such as a file with diffusers' names and one without";
    }
    throw new CheckpointException(
        "'%s' (%s) and '%s' (%s) cannot be merged: tensor '%s' has shape %s in the first and %s in the second%s"
            .formatted(
                one.path(),
                one.family().label(),
                other.path(),
                other.family().label(),
                tensor.name(),
                tensor.shape(),
                found == null ? "none" : found.shape(),
                cause),
        ErrorDetails.in(other.path())
            .withTensor(tensor.name())
            .withFamilies(one.family(), other.family()));
  }

  /** Counts the tensors while the file is written. */
  private static final class Tally {
    private final int total;
    private final MakingListener listener;
    private int done;

    Tally(int total, MakingListener listener) {
      this.total = total;
      this.listener = listener;
    }

    void done(String tensor) {
      listener.done(++done, total, tensor);
    }
  }
}
