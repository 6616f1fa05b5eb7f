package dev.sdlora.pipeline.make;

import dev.sdlora.api.ErrorDetails;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.LoraException;
import dev.sdlora.api.LoraException.Reason;
import dev.sdlora.api.ModelFamily;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.make.AdapterFile;
import dev.sdlora.lora.make.AdapterMetadata;
import dev.sdlora.lora.make.Combination;
import dev.sdlora.lora.make.KeyNames;
import dev.sdlora.lora.make.MadeLora;
import dev.sdlora.lora.make.MakingListener;
import dev.sdlora.lora.make.RankRule;
import dev.sdlora.lora.plan.LoraUse;
import dev.sdlora.pipeline.checkpoint.NetworkFile;
import dev.sdlora.tensors.file.DType;
import dev.sdlora.tensors.torch.Torch;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Makes one LoRA of several, which at strength 1 does what they do together at their strengths.
 * Without a rank the factors of all are set side by side: the ranks add up, and the sum is exact
 * but for rounding to the file's number format. With one, the closest changes of that rank are
 * found.
 *
 * <p>Setters check their value at once, throw an {@link IllegalArgumentException} for a bad one,
 * and return this object. Not safe for several threads.
 */
public final class LoraMerging {
  private final List<LoraAdapter> loras;
  private Optional<RankRule> rule = Optional.empty();
  private Optional<DType> format = Optional.empty();
  private Optional<String> name = Optional.empty();
  private MakingListener listener = MakingListener.NONE;
  private Clock clock = Clock.systemUTC();

  private LoraMerging(List<LoraAdapter> loras) {
    this.loras = List.copyOf(loras);
  }

  /**
   * A merging of LoRAs at the strengths that they have; names in kohya's and other styles may be
   * mixed.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static LoraMerging of(List<LoraAdapter> loras) {
    Objects.requireNonNull(loras, "loras");
    if (loras.isEmpty()) {
      throw new IllegalArgumentException("loras must not be empty");
    }
    return new LoraMerging(loras);
  }

  /** Gives every layer this rank, at least 1. Default: the sum of the ranks. */
  public LoraMerging rank(int rank) {
    this.rule = Optional.of(new RankRule(rank, 1));
    return this;
  }

  /**
   * Gives every layer the smallest rank that keeps a share of its change, measured by the sum of
   * squares.
   *
   * @param share above 0 and at most 1
   * @param largestRank the most that a layer gets, at least 1
   */
  public LoraMerging energy(double share, int largestRank) {
    this.rule = Optional.of(new RankRule(largestRank, share));
    return this;
  }

  /**
   * Sets the number format of the file: F16, BF16 or F32. Default: the smallest that holds the
   * factors of all files. Strengths and alphas that differ between the files are multiplied into
   * the factors and rounded to it.
   */
  public LoraMerging fileFormat(DType format) {
    Objects.requireNonNull(format, "format");
    this.format = Optional.of(Targets.requireFormat(format));
    return this;
  }

  /** Sets the name inside the file, which prompts may use as well. Default: the file's stem. */
  public LoraMerging name(String name) {
    this.name = Optional.of(Objects.requireNonNull(name, "name"));
    return this;
  }

  /** Sets who is told of every layer. Default: nobody. */
  public LoraMerging listener(MakingListener listener) {
    this.listener = Objects.requireNonNull(listener, "listener");
    return this;
  }

  /** Sets where the date in the file comes from, for tests that compare files. */
  LoraMerging clock(Clock clock) {
    this.clock = clock;
    return this;
  }

  /**
   * Merges, and writes a safetensors file with kohya's names.
   *
   * @throws IllegalArgumentException if the name does not end in {@code .safetensors} or is that of
   *     a file that is read, or a strength changes over the steps
   * @throws LoraException if the files are for different families or sizes of models, all strengths
   *     are 0, a module is no product of two factors, or a file holds NaN or infinity
   * @throws dev.sdlora.api.TensorFileException if a file is damaged or cannot be written
   */
  public MadeLora write(Path file) {
    Objects.requireNonNull(file, "file");
    Targets.require(file, loras.stream().map(LoraAdapter::path).toList());
    List<LoraUse> uses = Uses.open(loras);
    List<LoraFile> files = uses.stream().map(LoraUse::file).toList();
    ModelFamily family = family(files);
    try (Torch torch = Torch.open("cpu");
        AdapterFile target = new AdapterFile(file, format.orElseGet(() -> Targets.widest(files)))) {
      new Combination(
              torch, KnownLayers.of(family), KnownLayers.names(family, KeyNames.KOHYA), rule)
          .run(uses, target, listener);
      if (target.modules() == 0) {
        throw new LoraException(
            "nothing is left of the LoRAs to merge: all strengths are 0", Reason.NOTHING_CHANGED);
      }
      return target.write(metadata(files, family, file, target.rank()));
    }
  }

  private static ModelFamily family(List<LoraFile> files) {
    LoraFile known = files.get(0);
    for (LoraFile file : files) {
      if (known.family() == ModelFamily.UNKNOWN) {
        known = file;
      } else if (file.family() != ModelFamily.UNKNOWN && file.family() != known.family()) {
        throw new LoraException(
            "LoRA '%s' is for %s, but '%s' is for %s; LoRAs for different families cannot be merged"
                .formatted(
                    known.file().path(),
                    known.family().label(),
                    file.file().path(),
                    file.family().label()),
            Reason.WRONG_FAMILY,
            ErrorDetails.in(file.file().path()).withFamilies(known.family(), file.family()));
      }
    }
    return known.family();
  }

  private Map<String, String> metadata(
      List<LoraFile> files, ModelFamily family, Path file, int rank) {
    String title = name.orElseGet(() -> NetworkFile.name(file));
    boolean convolutions =
        files.stream()
            .anyMatch(
                f -> f.file().metadata().getOrDefault("ss_network_args", "").contains("conv_dim"));
    AdapterMetadata metadata =
        new AdapterMetadata()
            .put("ss_output_name", title)
            .model(family)
            .network(rank, rank, convolutions)
            .put("ss_training_comment", "merged from " + recipe())
            .specification(family, title, clock.instant());
    triggers(files).ifPresent(words -> metadata.put("modelspec.trigger_phrase", words));
    return metadata.pairs();
  }

  /** As tags, which prompts would have. */
  private String recipe() {
    return loras.stream()
        .map(lora -> "<lora:%s:%s>".formatted(lora.name(), lora.strength().tagArguments()))
        .collect(Collectors.joining(", "));
  }

  private static Optional<String> triggers(List<LoraFile> files) {
    String all =
        files.stream()
            .map(file -> file.file().metadata().getOrDefault("modelspec.trigger_phrase", ""))
            .filter(words -> !words.isBlank())
            .distinct()
            .collect(Collectors.joining(", "));
    return Optional.of(all).filter(words -> !words.isEmpty());
  }
}
