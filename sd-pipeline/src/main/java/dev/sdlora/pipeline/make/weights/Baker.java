package dev.sdlora.pipeline.make.weights;

import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.LoraException.Reason;
import dev.sdlora.api.make.CreatedCheckpoint;
import dev.sdlora.api.make.LoraBaking;
import dev.sdlora.api.make.MakingListener;
import dev.sdlora.api.make.spi.MakingBackend.Bake;
import dev.sdlora.api.model.ModelPart;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.checkpoint.transformer.ModelFiles;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.make.AdapterMetadata;
import dev.sdlora.lora.make.Baking;
import dev.sdlora.lora.make.Baking.Weight;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.lora.plan.PatchPlan.Change;
import dev.sdlora.lora.plan.PatchPlan.Matched;
import dev.sdlora.pipeline.make.tensors.SingleFileTensors;
import dev.sdlora.pipeline.make.tensors.StoredTensor;
import dev.sdlora.pipeline.make.tensors.StoredTensor.Piece;
import dev.sdlora.pipeline.make.tensors.StoredTensor.Place;
import dev.sdlora.pipeline.make.tensors.Targets;
import dev.sdlora.pipeline.make.tensors.Uses;
import dev.sdlora.pipeline.make.weights.WeightWriter.Written;
import dev.sdlora.tensors.file.FileHashes;
import dev.sdlora.tensors.file.OpenFiles;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.Origin;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Implements {@link LoraBaking}. */
public final class Baker {
  private final Bake task;

  public Baker(Bake task) {
    this.task = task;
  }

  public CreatedCheckpoint write(Path file, MakingListener listener) {
    WeightWriter.requireName(file, task.format());
    List<Path> sources = new ArrayList<>(task.loras().stream().map(LoraAdapter::path).toList());
    sources.add(task.checkpoint());
    CheckpointParts parts = task.parts();
    Stream.of(parts.vae(), parts.textEncoder(), parts.textEncoder2(), parts.textEncoder3())
        .flatMap(Optional::stream)
        .forEach(sources::add);
    Targets.requireOther(file, sources);
    ModelFiles model = CheckpointReader.open(task.checkpoint(), parts);
    Matched matched = matched(model);
    PatchPlan plan = matched.plan();
    requireNoAddedWeights(plan);
    int total = plan.changes().values().stream().mapToInt(Map::size).sum();
    ConversionSource source = source(SingleFileTensors.of(model));
    try (WeightWriter writer = new WeightWriter(source, task.format(), file)) {
      Map<Place, Weight> weights = weights(plan, writer.order());
      requireAll(plan, weights.keySet(), model);
      try (Torch torch = Torch.open("cpu");
          OpenFiles files = new OpenFiles();
          Baking baking = new Baking(torch, List.copyOf(weights.values()))) {
        Written written = writer.write(new BakedValues(baking, weights, files), listener);
        return new CreatedCheckpoint(
            file,
            total,
            (int) source.tensors().stream().filter(tensor -> isKept(tensor, weights)).count(),
            matched.matches().stream().flatMap(match -> match.unmatched().stream()).toList(),
            Optional.of(written.weights()),
            written.changeError());
      }
    }
  }

  private ConversionSource source(SingleFileTensors whole) {
    return new ConversionSource(
        task.checkpoint(),
        whole.tensors(),
        whole.signs(),
        metadata(whole.metadata()),
        whole.tensors().stream().map(StoredTensor::file).findFirst().filter(TensorFile::isGguf));
  }

  private static boolean isKept(StoredTensor tensor, Map<Place, Weight> weights) {
    return tensor.pieces().stream()
        .noneMatch(piece -> piece.weight().filter(weights::containsKey).isPresent());
  }

  private Matched matched(ModelFiles model) {
    return PatchPlan.match(
        model.layers(),
        model.checkpoint().name(),
        model.checkpoint().family(),
        Uses.open(task.loras()));
  }

  /** Returns the weights to change in the order of the tensors. */
  private static Map<Place, Weight> weights(PatchPlan plan, List<StoredTensor> tensors) {
    Map<Place, Weight> weights = new LinkedHashMap<>();
    tensors.stream()
        .flatMap(tensor -> tensor.pieces().stream())
        .flatMap(piece -> piece.weight().stream())
        .forEach(
            place -> {
              List<Change> changes =
                  plan.changes()
                      .getOrDefault(place.network(), Map.of())
                      .getOrDefault(place.name(), List.of());
              if (!changes.isEmpty()) {
                weights.put(
                    place, new Weight(place.network(), place.name(), place.origin(), changes));
              }
            });
    return weights;
  }

  /**
   * Checks that all weights to change are in the file to write.
   *
   * @throws LoraException if one is in another file, as text encoders of transformers are
   */
  private void requireAll(PatchPlan plan, Set<Place> places, ModelFiles model) {
    plan.changes()
        .forEach(
            (network, weights) -> {
              Set<String> written =
                  places.stream()
                      .filter(place -> place.network() == network)
                      .map(Place::name)
                      .collect(Collectors.toSet());
              weights.forEach(
                  (name, changes) -> {
                    if (!changes.isEmpty() && !written.contains(name)) {
                      throw notStored(network, name, changes.get(0), model);
                    }
                  });
            });
  }

  /**
   * Checks that no LoRA widens the input of the network, because baked weights keep their shapes.
   */
  private static void requireNoAddedWeights(PatchPlan plan) {
    plan.ofAddedWeights().changes().values().stream()
        .flatMap(weights -> weights.values().stream())
        .flatMap(List::stream)
        .findFirst()
        .ifPresent(
            change -> {
              throw new LoraException(
                  "LoRA '%s' is a control LoRA: its module '%s' widens the input of the model, which a baked checkpoint cannot hold; draw with the LoRA itself"
                      .formatted(change.file().path(), change.module().key()),
                  Reason.UNSUPPORTED,
                  ErrorDetails.in(change.file().path()).withModule(change.module().key()));
            });
  }

  private LoraException notStored(Network network, String name, Change change, ModelFiles model) {
    Origin origin = Objects.requireNonNull(model.patchable().get(network)).get(name);
    return new LoraException(
        "'%s' changes '%s' of the %s, which is in '%s' and not in the file of '%s' that is baked; expected a strength of 0 in the text encoder, FILE:0,1 on the command line"
            .formatted(
                change.file().path(),
                name,
                ModelPart.valueOf(network.name()).label(),
                Objects.requireNonNull(origin).file().path(),
                task.checkpoint()),
        Reason.OTHER,
        ErrorDetails.in(change.file().path()));
  }

  private Map<String, String> metadata(Map<String, String> own) {
    Map<String, Object> baked = new LinkedHashMap<>();
    for (LoraAdapter lora : task.loras()) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("hash", FileHashes.autoV3(LoraFile.open(lora.path()).file()));
      entry.put("strength", lora.strength().tagArguments());
      baked.put(lora.name(), entry);
    }
    return AdapterMetadata.from(own).put("baked_loras", AdapterMetadata.json(baked)).pairs();
  }

  /** The values of tensors with baked weights. */
  private record BakedValues(Baking baking, Map<Place, Weight> weights, OpenFiles files)
      implements ChangedValues {
    @Override
    public Optional<float[]> of(StoredTensor tensor) {
      if (isKept(tensor, weights)) {
        return Optional.empty();
      }
      List<Piece> pieces = tensor.pieces();
      if (pieces.size() == 1) {
        return Optional.of(values(pieces.get(0)));
      }
      float[] all = new float[Math.toIntExact(tensor.elements())];
      int done = 0;
      for (Piece piece : pieces) {
        float[] values = values(piece);
        System.arraycopy(values, 0, all, done, values.length);
        done += values.length;
      }
      return Optional.of(all);
    }

    private float[] values(Piece piece) {
      return piece
          .weight()
          .map(weights::get)
          .map(weight -> piece.order().of(baking.values(weight), weight.origin().shape()))
          .orElseGet(() -> files.of(piece.file()).floats(piece.entry()));
    }
  }
}
