package dev.sdlora.pipeline.make;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.make.LoraBaking;
import dev.sdlora.api.make.LoraBaking.Baked;
import dev.sdlora.api.make.MakingBackend.Bake;
import dev.sdlora.api.make.MakingListener;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.make.AdapterMetadata;
import dev.sdlora.lora.make.Baking;
import dev.sdlora.lora.make.Baking.Weight;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.lora.plan.PatchPlan.Change;
import dev.sdlora.lora.plan.PatchPlan.Matched;
import dev.sdlora.pipeline.checkpoint.CheckpointReader;
import dev.sdlora.pipeline.checkpoint.ModelFiles;
import dev.sdlora.tensors.file.DType;
import dev.sdlora.tensors.file.FileHashes;
import dev.sdlora.tensors.file.OpenFiles;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.torch.Torch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Does what {@link LoraBaking} is asked for. */
final class Baker {
  private final Bake task;

  Baker(Bake task) {
    this.task = task;
  }

  Baked write(Path file, MakingListener listener) {
    List<Path> sources = new ArrayList<>(task.loras().stream().map(LoraAdapter::path).toList());
    sources.add(task.checkpoint());
    Targets.require(file, sources);
    ModelFiles model = CheckpointReader.read(task.checkpoint());
    Matched matched = matched(model);
    PatchPlan plan = matched.plan();
    int total = plan.changes().values().stream().mapToInt(Map::size).sum();
    List<StoredTensor> tensors = StoredTensor.of(model);
    Map<StoredTensor, Weight> weights = weights(plan, tensors);
    try (Torch torch = Torch.open("cpu");
        OpenFiles files = new OpenFiles();
        Baking baking = new Baking(torch, List.copyOf(weights.values()))) {
      SafetensorsWriter writer = new SafetensorsWriter();
      metadata(model).forEach(writer::metadata);
      Progress progress = new Progress(total, listener);
      for (StoredTensor tensor : tensors) {
        Weight weight = weights.get(tensor);
        SafetensorsWriter.Source source =
            weight == null
                ? tensor.copy(files)
                : channel -> {
                  DType format = tensor.format();
                  Baking.source(baking.values(weight), format).writeTo(channel);
                  progress.done(weight.name());
                };
        writer.tensor(tensor.name(), tensor.format(), tensor.shape(), source);
      }
      writer.write(file);
    }
    return new Baked(
        file,
        total,
        matched.matches().stream().flatMap(match -> match.unmatched().stream()).toList());
  }

  private Matched matched(ModelFiles model) {
    return PatchPlan.match(
        KnownLayers.of(model),
        model.checkpoint().name(),
        model.checkpoint().family(),
        Uses.open(task.loras()));
  }

  /** The weights that change, in the order in which a file is written: widest formats first. */
  private static Map<StoredTensor, Weight> weights(PatchPlan plan, List<StoredTensor> tensors) {
    Map<StoredTensor, Weight> weights = new LinkedHashMap<>();
    tensors.stream()
        .sorted(Comparator.comparingInt(tensor -> -tensor.format().bytes()))
        .forEach(
            tensor ->
                tensor
                    .weight()
                    .ifPresent(
                        place -> {
                          List<Change> changes =
                              plan.changes()
                                  .getOrDefault(place.network(), Map.of())
                                  .getOrDefault(place.name(), List.of());
                          if (!changes.isEmpty()) {
                            weights.put(
                                tensor,
                                new Weight(place.network(), place.name(), place.origin(), changes));
                          }
                        }));
    return weights;
  }

  private Map<String, String> metadata(ModelFiles model) {
    Map<String, Object> baked = new LinkedHashMap<>();
    for (LoraAdapter lora : task.loras()) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("hash", FileHashes.autoV3(LoraFile.open(lora.path()).file()));
      entry.put("strength", lora.strength().tagArguments());
      baked.put(lora.name(), entry);
    }
    return AdapterMetadata.from(StoredTensor.metadata(model))
        .put("baked_loras", AdapterMetadata.json(baked))
        .pairs();
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
