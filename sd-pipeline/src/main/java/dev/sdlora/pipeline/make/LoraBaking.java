package dev.sdlora.pipeline.make;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.make.AdapterMetadata;
import dev.sdlora.lora.make.Baking;
import dev.sdlora.lora.make.Baking.Weight;
import dev.sdlora.lora.make.MakingListener;
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
import java.util.Objects;

/**
 * Writes a checkpoint with LoRAs in it for good. Every changed weight is what a float32 pipeline
 * computes with when it has the LoRAs patched in, rounded once to the number format that the weight
 * has in the file.
 *
 * <p>A single file keeps its tensors, their names, shapes, number formats and metadata; what is not
 * a weight of the networks, such as averaged copies ({@code model_ema.}), is copied as it is. A
 * diffusers folder becomes a single file with the names of the original CompVis code.
 *
 * <p>Weights are worked on a few at a time, so that memory does not grow with the size of the
 * model. Setters return this object. Not safe for several threads.
 */
public final class LoraBaking {
  private final Path checkpoint;
  private final List<LoraAdapter> loras;
  private MakingListener listener = MakingListener.NONE;

  private LoraBaking(Path checkpoint, List<LoraAdapter> loras) {
    this.checkpoint = checkpoint;
    this.loras = List.copyOf(loras);
  }

  /**
   * A checkpoint that was written.
   *
   * @param file where
   * @param changed how many weights differ from the original
   * @param unmatched modules that belong to no layer, by their names in the LoRA files
   */
  public record Baked(Path file, int changed, List<String> unmatched) {
    /** Copies the list. */
    public Baked {
      unmatched = List.copyOf(unmatched);
    }
  }

  /**
   * A baking of LoRAs at the strengths that they have.
   *
   * @param checkpoint a file or a diffusers folder; it stays as it is
   * @throws IllegalArgumentException if there is no LoRA
   */
  public static LoraBaking into(Path checkpoint, List<LoraAdapter> loras) {
    Objects.requireNonNull(checkpoint, "checkpoint");
    Objects.requireNonNull(loras, "loras");
    if (loras.isEmpty()) {
      throw new IllegalArgumentException("loras must not be empty");
    }
    return new LoraBaking(checkpoint, loras);
  }

  /** Sets who is told of every changed weight. Default: nobody. */
  public LoraBaking listener(MakingListener listener) {
    this.listener = Objects.requireNonNull(listener, "listener");
    return this;
  }

  /**
   * Bakes, and writes a safetensors file; an earlier one is replaced only when all is done.
   *
   * @throws IllegalArgumentException if the name does not end in {@code .safetensors} or is that of
   *     a file that is read, or a strength changes over the steps
   * @throws dev.sdlora.api.CheckpointException if the checkpoint cannot be read as a model
   * @throws dev.sdlora.api.LoraException if a LoRA does not fit it or holds NaN or infinity
   * @throws dev.sdlora.api.TensorFileException if a file is damaged or cannot be written
   */
  public Baked write(Path file) {
    Objects.requireNonNull(file, "file");
    List<Path> sources = new ArrayList<>(loras.stream().map(LoraAdapter::path).toList());
    sources.add(checkpoint);
    Targets.require(file, sources);
    ModelFiles model = CheckpointReader.read(checkpoint);
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
      Progress progress = new Progress(total);
      for (StoredTensor tensor : tensors) {
        Weight weight = weights.get(tensor);
        SafetensorsWriter.Source source =
            weight == null
                ? tensor.copy(files)
                : channel -> {
                  DType format = tensor.entry().dtype();
                  Baking.source(baking.values(weight), format).writeTo(channel);
                  progress.done(weight.name());
                };
        writer.tensor(tensor.name(), tensor.entry().dtype(), tensor.shape(), source);
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
        Uses.open(loras));
  }

  /** The weights that change, in the order in which a file is written: widest formats first. */
  private static Map<StoredTensor, Weight> weights(PatchPlan plan, List<StoredTensor> tensors) {
    Map<StoredTensor, Weight> weights = new LinkedHashMap<>();
    tensors.stream()
        .sorted(Comparator.comparingInt(tensor -> -tensor.entry().dtype().bytes()))
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
    for (LoraAdapter lora : loras) {
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
  private final class Progress {
    private final int total;
    private int done;

    Progress(int total) {
      this.total = total;
    }

    void done(String weight) {
      listener.done(++done, total, weight);
    }
  }
}
