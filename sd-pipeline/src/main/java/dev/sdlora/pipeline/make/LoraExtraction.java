package dev.sdlora.pipeline.make;

import dev.sdlora.api.CheckpointException;
import dev.sdlora.api.ErrorDetails;
import dev.sdlora.lora.make.AdapterFile;
import dev.sdlora.lora.make.AdapterMetadata;
import dev.sdlora.lora.make.Extraction;
import dev.sdlora.lora.make.Extraction.Layer;
import dev.sdlora.lora.make.Extraction.Rest;
import dev.sdlora.lora.make.LeftOut.Cause;
import dev.sdlora.lora.make.MadeLora;
import dev.sdlora.lora.make.MakingListener;
import dev.sdlora.lora.make.RankRule;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.pipeline.checkpoint.CheckpointReader;
import dev.sdlora.pipeline.checkpoint.ModelFiles;
import dev.sdlora.pipeline.checkpoint.NetworkFile;
import dev.sdlora.tensors.file.DType;
import dev.sdlora.tensors.torch.ThreadLimit;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.Origin;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Extracts a LoRA from the difference of two checkpoints: on the original it does what the tuned
 * one does, as far as its rank allows. Of each layer, the largest singular values of the difference
 * are kept, which no other factors of that rank approach better. Biases, normalisations and
 * embeddings, which two factors cannot stand for, are left out. What is left out and differs counts
 * in {@link MadeLora#keptEnergy()} and is named in {@link MadeLora#leftOut()}, all within text
 * encoder and U-Net; a VAE is no matter of a LoRA.
 *
 * <p>Setters check their value at once, throw an {@link IllegalArgumentException} for a bad one,
 * and return this object. Layers are worked on one after another, so that memory does not grow with
 * the size of the model: some 1 GB for SD 1.5. The same settings give the same numbers. Not safe
 * for several threads.
 */
public final class LoraExtraction {
  private static final String WEIGHT = ".weight";

  private final Path original;
  private final Path tuned;
  private RankRule rule = new RankRule(32, 1);
  private boolean convolutions;
  private boolean textEncoder = true;
  private boolean exact;
  private DType format = DType.F16;
  private Optional<String> name = Optional.empty();
  private MakingListener listener = MakingListener.NONE;
  private Clock clock = Clock.systemUTC();

  private LoraExtraction(Path original, Path tuned) {
    this.original = original;
    this.tuned = tuned;
  }

  /**
   * An extraction at rank 32 of the text encoder and the transformers of the U-Net.
   *
   * @param original the checkpoint that the LoRA will be used on: a file or a diffusers folder
   * @param tuned the checkpoint that it should bring about; its layout and number format may differ
   */
  public static LoraExtraction between(Path original, Path tuned) {
    Objects.requireNonNull(original, "original");
    Objects.requireNonNull(tuned, "tuned");
    return new LoraExtraction(original, tuned);
  }

  /** Gives every layer this rank, at least 1, or its shorter side if that is less. Default 32. */
  public LoraExtraction rank(int rank) {
    this.rule = new RankRule(rank, 1);
    return this;
  }

  /**
   * Gives every layer the smallest rank that keeps a share of its change, measured by the sum of
   * squares, in place of one rank for all.
   *
   * @param share above 0 and at most 1
   * @param largestRank the most that a layer gets, at least 1
   */
  public LoraExtraction energy(double share, int largestRank) {
    this.rule = new RankRule(largestRank, share);
    return this;
  }

  /**
   * Takes the layers outside transformers in as well: residual blocks, samplers, input, output and
   * time embedding of the U-Net. Programs that read only transformers ignore them. Default false.
   */
  public LoraExtraction convolutions(boolean take) {
    this.convolutions = take;
    return this;
  }

  /** Takes the text encoder in as well. Default true. */
  public LoraExtraction textEncoder(boolean take) {
    this.textEncoder = take;
    return this;
  }

  /**
   * Computes all singular values, which takes some ten times longer. Default false: the largest are
   * found by random projection (Halko, Martinsson and Tropp 2011), with an error that shows in the
   * last kept values only.
   */
  public LoraExtraction exact(boolean exact) {
    this.exact = exact;
    return this;
  }

  /** Sets the number format of the file: F16, the default, BF16 or F32. */
  public LoraExtraction fileFormat(DType format) {
    Objects.requireNonNull(format, "format");
    this.format = Targets.requireFormat(format);
    return this;
  }

  /** Sets the name inside the file, which prompts may use as well. Default: the file's stem. */
  public LoraExtraction name(String name) {
    this.name = Optional.of(Objects.requireNonNull(name, "name"));
    return this;
  }

  /** Sets who is told of every layer. Default: nobody. */
  public LoraExtraction listener(MakingListener listener) {
    this.listener = Objects.requireNonNull(listener, "listener");
    return this;
  }

  /** Sets where the date in the file comes from, for tests that compare files. */
  LoraExtraction clock(Clock clock) {
    this.clock = clock;
    return this;
  }

  /**
   * Extracts, and writes a safetensors file with kohya's names; an earlier one is replaced only
   * when all is done.
   *
   * @throws IllegalArgumentException if the name does not end in {@code .safetensors}
   * @throws CheckpointException if one cannot be read as a model, or the two have different sizes
   * @throws dev.sdlora.api.LoraException if they do not differ, or hold NaN or infinity
   * @throws dev.sdlora.api.TensorFileException if a file is damaged or cannot be written
   */
  public MadeLora write(Path file) {
    Objects.requireNonNull(file, "file");
    Targets.require(file, List.of(original, tuned));
    ModelFiles before = CheckpointReader.read(original);
    Choice choice = new Choice(CheckpointReader.read(tuned));
    choice.add(Network.TEXT_ENCODER, before.clipWeights());
    choice.add(Network.UNET, before.unetWeights());
    try (Torch torch = Torch.open("cpu");
        AdapterFile target = new AdapterFile(file, format)) {
      Extraction extraction = new Extraction(torch, rule, exact);
      ThreadLimit.run(
          before.unetSize(), () -> extraction.run(choice.layers, choice.rest, target, listener));
      return target.write(metadata(before, file, target.rank()));
    }
  }

  /** Which weights become layers of the file, and which are left out for what cause. */
  private final class Choice {
    private final ModelFiles after;
    private final List<Layer> layers = new ArrayList<>();
    private final List<Rest> rest = new ArrayList<>();

    Choice(ModelFiles after) {
      this.after = after;
    }

    void add(Network network, Map<String, Origin> before) {
      Map<String, Origin> others =
          network == Network.UNET ? after.unetWeights() : after.clipWeights();
      before.forEach((weight, origin) -> add(network, weight, origin, others.get(weight)));
    }

    private void add(Network network, String weight, Origin origin, @Nullable Origin other) {
      Optional<Cause> cause = whyNot(network, weight, origin);
      boolean alike = other != null && other.shape().equals(origin.shape());
      if (cause.isEmpty() && !alike) {
        throw new CheckpointException(
            "checkpoint '%s' has no '%s' of shape %s, which '%s' has; expected two models of one size"
                .formatted(tuned, weight, origin.shape(), original),
            ErrorDetails.in(tuned).withTensor(weight));
      }
      if (other == null) {
        return; // a bias that one of them does not have
      }
      if (cause.isPresent()) {
        rest.add(new Rest(new Layer(network, weight, origin, other), cause.get()));
      } else {
        String layer = weight.substring(0, weight.length() - WEIGHT.length());
        layers.add(new Layer(network, layer, origin, other));
      }
    }

    private Optional<Cause> whyNot(Network network, String weight, Origin origin) {
      boolean matrix = weight.endsWith(WEIGHT) && origin.shape().size() > 1;
      if (network == Network.UNET) {
        if (!matrix) {
          return Optional.of(Cause.NO_FACTORS);
        }
        return convolutions || weight.contains(".attentions.")
            ? Optional.empty()
            : Optional.of(Cause.OUTSIDE_TRANSFORMERS);
      }
      if (!matrix || !(weight.contains(".self_attn.") || weight.contains(".mlp."))) {
        return Optional.of(Cause.NO_FACTORS);
      }
      return textEncoder ? Optional.empty() : Optional.of(Cause.TEXT_ENCODER);
    }
  }

  private Map<String, String> metadata(ModelFiles model, Path file, int rank) {
    String title = name.orElseGet(() -> NetworkFile.name(file));
    return new AdapterMetadata()
        .put("ss_output_name", title)
        .model(model.checkpoint().family())
        .put("ss_sd_model_name", String.valueOf(original.getFileName()))
        .network(rank, rank, convolutions)
        .put(
            "ss_training_comment",
            "extracted from the difference of %s and %s"
                .formatted(tuned.getFileName(), original.getFileName()))
        .specification(model.checkpoint().family(), title, clock.instant())
        .pairs();
  }
}
