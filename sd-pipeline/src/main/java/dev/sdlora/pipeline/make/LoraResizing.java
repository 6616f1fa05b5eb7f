package dev.sdlora.pipeline.make;

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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Gives a LoRA another rank, at which its changes are the closest that there are to the old ones.
 * Computed from the factors in double precision; the changes themselves, as large as the model, are
 * never formed. A rank above that of a layer leaves the layer's rank as it is.
 *
 * <p>Setters check their value at once, throw an {@link IllegalArgumentException} for a bad one,
 * and return this object. Not safe for several threads.
 */
public final class LoraResizing {
  private final Path source;
  private Optional<RankRule> rule = Optional.empty();
  private Optional<DType> format = Optional.empty();
  private MakingListener listener = MakingListener.NONE;

  private LoraResizing(Path source) {
    this.source = source;
  }

  /** A resizing of a file; set {@link #rank} or {@link #energy}. */
  public static LoraResizing of(Path lora) {
    Objects.requireNonNull(lora, "lora");
    return new LoraResizing(lora);
  }

  /** Gives every layer this rank, at least 1. */
  public LoraResizing rank(int rank) {
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
  public LoraResizing energy(double share, int largestRank) {
    this.rule = Optional.of(new RankRule(largestRank, share));
    return this;
  }

  /** Sets the number format of the file: F16, BF16 or F32. Default: that of the old one. */
  public LoraResizing fileFormat(DType format) {
    Objects.requireNonNull(format, "format");
    this.format = Optional.of(Targets.requireFormat(format));
    return this;
  }

  /** Sets who is told of every layer. Default: nobody. */
  public LoraResizing listener(MakingListener listener) {
    this.listener = Objects.requireNonNull(listener, "listener");
    return this;
  }

  /**
   * Resizes, and writes a safetensors file with kohya's names and the metadata of the old one.
   *
   * @throws IllegalStateException if no rank is set
   * @throws IllegalArgumentException if the name does not end in {@code .safetensors} or is that of
   *     the old file
   * @throws dev.sdlora.api.LoraException if the old file is no LoRA, has modules that are no
   *     product of two factors, or holds NaN or infinity
   * @throws dev.sdlora.api.TensorFileException if it is damaged, or the new one cannot be written
   */
  public MadeLora write(Path file) {
    Objects.requireNonNull(file, "file");
    if (rule.isEmpty()) {
      throw new IllegalStateException("neither rank nor energy is set");
    }
    Targets.require(file, List.of(source));
    LoraFile lora = LoraFile.open(source);
    DType written = format.orElseGet(() -> Targets.widest(List.of(lora)));
    try (Torch torch = Torch.open("cpu");
        AdapterFile target = new AdapterFile(file, written)) {
      new Combination(
              torch,
              KnownLayers.of(lora.family()),
              KnownLayers.names(lora.family(), KeyNames.KOHYA),
              rule)
          .run(List.of(new LoraUse(NetworkFile.name(source), lora, 1, 1)), target, listener);
      return target.write(metadata(lora, target.rank()));
    }
  }

  private static Map<String, String> metadata(LoraFile lora, int rank) {
    Map<String, String> old = lora.file().metadata();
    AdapterMetadata metadata = AdapterMetadata.from(old).model(lora.family());
    boolean convolutions = old.getOrDefault("ss_network_args", "").contains("conv_dim");
    String comment = old.getOrDefault("ss_training_comment", "None");
    String resized = "resized from rank %s to %s".formatted(lora.rank(), rank);
    return metadata
        .network(rank, rank, convolutions)
        .put("ss_training_comment", comment.equals("None") ? resized : resized + "; " + comment)
        .pairs();
  }
}
