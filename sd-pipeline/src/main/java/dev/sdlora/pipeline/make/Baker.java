package dev.sdlora.pipeline.make;

import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.LoraException.Reason;
import dev.sdlora.api.make.CreatedCheckpoint;
import dev.sdlora.api.make.LoraBaking;
import dev.sdlora.api.make.MakingListener;
import dev.sdlora.api.model.ModelPart;
import dev.sdlora.api.spi.MakingBackend.Bake;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.make.AdapterMetadata;
import dev.sdlora.lora.make.Baking;
import dev.sdlora.lora.make.Baking.Weight;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.lora.plan.PatchPlan.Change;
import dev.sdlora.lora.plan.PatchPlan.Matched;
import dev.sdlora.pipeline.checkpoint.CheckpointReader;
import dev.sdlora.pipeline.checkpoint.ModelFiles;
import dev.sdlora.pipeline.make.StoredTensor.Piece;
import dev.sdlora.pipeline.make.StoredTensor.Place;
import dev.sdlora.tensors.file.FileHashes;
import dev.sdlora.tensors.file.OpenFiles;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.Origin;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Implements {@link LoraBaking}. */
final class Baker {
  private final Bake task;

  Baker(Bake task) {
    this.task = task;
  }

  CreatedCheckpoint write(Path file, MakingListener listener) {
    List<Path> sources = new ArrayList<>(task.loras().stream().map(LoraAdapter::path).toList());
    sources.add(task.checkpoint());
    Targets.require(file, sources);
    ModelFiles model = CheckpointReader.open(task.checkpoint(), CheckpointParts.DEFAULT);
    Matched matched = matched(model);
    PatchPlan plan = matched.plan();
    requireNoAddedWeights(plan);
    int total = plan.changes().values().stream().mapToInt(Map::size).sum();
    SingleFileTensors checkpoint = SingleFileTensors.of(model);
    Targets.require(file, checkpoint.files());
    Map<Place, Weight> weights = weights(plan, checkpoint.tensors());
    requireAll(plan, weights.keySet(), model);
    try (Torch torch = Torch.open("cpu");
        OpenFiles files = new OpenFiles();
        Baking baking = new Baking(torch, List.copyOf(weights.values()))) {
      SafetensorsWriter writer = new SafetensorsWriter();
      metadata(checkpoint.metadata()).forEach(writer::metadata);
      checkpoint.signs().write(writer, List.of());
      BakedTensors baked = new BakedTensors(baking, weights, new Progress(total, listener), files);
      for (StoredTensor tensor : checkpoint.tensors()) {
        writer.tensor(
            tensor.name(),
            tensor.format(),
            tensor.shape(),
            channel -> baked.write(tensor, channel));
      }
      writer.write(file);
    }
    return new CreatedCheckpoint(
        file,
        total,
        (int) checkpoint.tensors().stream().filter(tensor -> isKept(tensor, weights)).count(),
        matched.matches().stream().flatMap(match -> match.unmatched().stream()).toList());
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

  /**
   * Returns the weights to change in the order in which the file is written: widest dtypes first.
   */
  private static Map<Place, Weight> weights(PatchPlan plan, List<StoredTensor> tensors) {
    Map<Place, Weight> weights = new LinkedHashMap<>();
    tensors.stream()
        .sorted(Comparator.comparingInt(tensor -> -tensor.format().bytes()))
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

  /** The tensors to write, including those with baked weights. */
  private record BakedTensors(
      Baking baking, Map<Place, Weight> weights, Progress progress, OpenFiles files) {

    void write(StoredTensor tensor, WritableByteChannel channel) throws IOException {
      for (Piece piece : tensor.pieces()) {
        Optional<Weight> weight = piece.weight().map(weights::get);
        if (weight.isPresent()) {
          float[] values = values(weight.get(), piece.order());
          Baking.source(values, tensor.format()).writeTo(channel);
        } else {
          piece.writeTo(channel, files, tensor.format());
        }
      }
    }

    private float[] values(Weight weight, StoredOrder order) {
      float[] values = baking.values(weight);
      progress.done(weight.name());
      return order.of(values, weight.origin().shape());
    }
  }

  /** Counts the changed weights while the file is written. */
  private static final class Progress {
    private final int total;
    private final MakingListener listener;
    private int done;

    Progress(int total, MakingListener listener) {
      this.total = total;
      this.listener = listener;
    }

    void done(String weight) {
      listener.done(++done, total, weight);
    }
  }
}
