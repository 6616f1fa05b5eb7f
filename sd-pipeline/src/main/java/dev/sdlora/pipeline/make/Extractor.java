package dev.sdlora.pipeline.make;

import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.make.CreatedLora;
import dev.sdlora.api.make.LoraExtraction;
import dev.sdlora.api.make.MakingListener;
import dev.sdlora.api.make.SkippedLayers.Cause;
import dev.sdlora.api.make.spi.MakingBackend.Extract;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.checkpoint.UNetFiles;
import dev.sdlora.families.checkpoint.layout.NetworkFile;
import dev.sdlora.families.checkpoint.transformer.ModelFiles;
import dev.sdlora.families.network.Prediction;
import dev.sdlora.lora.family.LayerTables;
import dev.sdlora.lora.family.TransformerNames;
import dev.sdlora.lora.family.TransformerRule;
import dev.sdlora.lora.make.AdapterFile;
import dev.sdlora.lora.make.AdapterMetadata;
import dev.sdlora.lora.make.Extraction;
import dev.sdlora.lora.make.Extraction.Layer;
import dev.sdlora.lora.make.Extraction.Rest;
import dev.sdlora.lora.make.Extraction.Weight;
import dev.sdlora.lora.make.KeyNaming;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.pipeline.make.tensors.Targets;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.torch.ThreadLimit;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.Origin;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Implements {@link LoraExtraction}. */
final class Extractor {
  private static final String WEIGHT = ".weight";

  /** Matches layers in the numbered blocks of transformers. */
  private static final Pattern TRANSFORMER_BLOCK = Pattern.compile("\\w+\\.\\d+\\.");

  private final Extract task;
  private final Clock clock;

  Extractor(Extract task, Clock clock) {
    this.task = task;
    this.clock = clock;
  }

  CreatedLora write(Path file, MakingListener listener) {
    Targets.require(file, List.of(task.original(), task.tuned()));
    ModelFiles before = open(task.original());
    ModelFiles tuned = open(task.tuned());
    Stream.of(before, tuned).forEach(model -> Targets.require(file, filesOf(model)));
    Optional<TransformerNames> transformer = LayerTables.names(before.checkpoint().family());
    KeyNaming style = transformer.isPresent() ? KeyNaming.SINGLE_FILE : KeyNaming.KOHYA;
    Choice choice = new Choice(tuned, transformer);
    before.patchable().forEach(choice::add);
    try (Torch torch = Torch.open("cpu");
        AdapterFile target = AdapterFile.create(file, DType.of(task.format()), style)) {
      Extraction extraction =
          new Extraction(
              torch, style.names(before.checkpoint().family()), task.ranks(), task.exact());
      ThreadLimit.run(
          before.size(), () -> extraction.run(choice.layers(), choice.rest, target, listener));
      return target.write(metadata(before, file, target.rank()));
    }
  }

  private static ModelFiles open(Path path) {
    return CheckpointReader.open(path, CheckpointParts.DEFAULT);
  }

  private static List<Path> filesOf(ModelFiles model) {
    return model.patchable().values().stream()
        .flatMap(weights -> weights.values().stream())
        .flatMap(origin -> origin.file().parts().stream())
        .distinct()
        .toList();
  }

  /** Chooses the weights that become layers of the file, and records why others are left out. */
  private final class Choice {
    private final ModelFiles after;
    private final Optional<TransformerNames> transformer;
    private final Predicate<String> inTransformers;
    private final Map<TransformerRule, Map<String, Weight>> stacks = new LinkedHashMap<>();
    private final List<Layer> others = new ArrayList<>();
    private final List<Rest> rest = new ArrayList<>();

    Choice(ModelFiles after, Optional<TransformerNames> transformer) {
      this.after = after;
      this.transformer = transformer;
      this.inTransformers =
          transformer.isEmpty()
              ? weight -> weight.contains(".attentions.")
              : weight -> TRANSFORMER_BLOCK.matcher(weight).lookingAt();
    }

    void add(Network network, Map<String, Origin> before) {
      Map<String, Origin> others = after.patchable().getOrDefault(network, Map.of());
      before.forEach((weight, origin) -> add(network, weight, origin, others.get(weight)));
    }

    private void add(Network network, String weight, Origin origin, @Nullable Origin other) {
      Optional<Cause> cause = whyNot(network, weight, origin);
      boolean alike = other != null && other.shape().equals(origin.shape());
      if (cause.isEmpty() && !alike) {
        throw new CheckpointException(
            "checkpoint '%s' has no '%s' of shape %s, which '%s' has; expected two models of the same size"
                .formatted(task.tuned(), weight, origin.shape(), task.original()),
            ErrorDetails.in(task.tuned()).withTensor(weight));
      }
      if (other == null) {
        return; // a bias that only one of them has
      }
      if (cause.isPresent()) {
        rest.add(new Rest(new Layer(network, weight, new Weight(origin, other)), cause.get()));
      } else {
        String layer = weight.substring(0, weight.length() - WEIGHT.length());
        take(network, layer, new Weight(origin, other));
      }
    }

    private void take(Network network, String layer, Weight weight) {
      if (network == Network.UNET && transformer.isPresent()) {
        TransformerRule rule =
            transformer
                .get()
                .other(layer)
                .orElseGet(() -> new TransformerRule(layer, List.of(layer), false));
        stacks.computeIfAbsent(rule, key -> new HashMap<>()).put(layer, weight);
      } else {
        others.add(new Layer(network, layer, weight));
      }
    }

    /** Returns the layers to extract; those of a transformer as in single files. */
    List<Layer> layers() {
      List<Layer> layers = new ArrayList<>();
      stacks.forEach(
          (rule, weights) ->
              layers.add(
                  new Layer(
                      Network.UNET,
                      rule.other(),
                      rule.layers().stream()
                          .map(layer -> Objects.requireNonNull(weights.get(layer), layer))
                          .toList(),
                      rule.halvesSwapped())));
      layers.addAll(others);
      return layers;
    }

    private Optional<Cause> whyNot(Network network, String weight, Origin origin) {
      boolean matrix = weight.endsWith(WEIGHT) && origin.shape().size() > 1;
      if (network == Network.UNET) {
        if (!matrix) {
          return Optional.of(Cause.NO_FACTORS);
        }
        return task.convolutions() || inTransformers.test(weight)
            ? Optional.empty()
            : Optional.of(Cause.OUTSIDE_TRANSFORMERS);
      }
      if (!matrix || !(weight.contains(".self_attn.") || weight.contains(".mlp."))) {
        return Optional.of(Cause.NO_FACTORS);
      }
      return task.textEncoder() ? Optional.empty() : Optional.of(Cause.TEXT_ENCODER);
    }
  }

  private Map<String, String> metadata(ModelFiles model, Path file, int rank) {
    String title = task.name().orElseGet(() -> NetworkFile.name(file));
    return new AdapterMetadata()
        .velocity(model instanceof UNetFiles unet && unet.prediction() == Prediction.V_PREDICTION)
        .put("ss_output_name", title)
        .model(model.checkpoint().family())
        .put("ss_sd_model_name", String.valueOf(task.original().getFileName()))
        .network(rank, rank, task.convolutions() && model instanceof UNetFiles)
        .put(
            "ss_training_comment",
            "extracted from the difference of %s and %s"
                .formatted(task.tuned().getFileName(), task.original().getFileName()))
        .specification(model.checkpoint().family(), title, clock.instant())
        .pairs();
  }
}
