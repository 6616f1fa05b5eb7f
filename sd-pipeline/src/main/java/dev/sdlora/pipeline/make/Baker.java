package dev.sdlora.pipeline.make;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.make.CreatedCheckpoint;
import dev.sdlora.api.make.LoraBaking;
import dev.sdlora.api.make.MakingListener;
import dev.sdlora.api.spi.MakingBackend.Bake;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.make.AdapterMetadata;
import dev.sdlora.lora.make.Baking;
import dev.sdlora.lora.make.Baking.Weight;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.lora.plan.PatchPlan.Change;
import dev.sdlora.lora.plan.PatchPlan.Matched;
import dev.sdlora.pipeline.checkpoint.CheckpointReader;
import dev.sdlora.pipeline.checkpoint.UNetFiles;
import dev.sdlora.pipeline.make.StoredTensor.Piece;
import dev.sdlora.pipeline.make.StoredTensor.Place;
import dev.sdlora.tensors.file.FileHashes;
import dev.sdlora.tensors.file.OpenFiles;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.torch.Torch;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
    UNetFiles model = CheckpointReader.read(task.checkpoint());
    Matched matched = matched(model);
    PatchPlan plan = matched.plan();
    int total = plan.changes().values().stream().mapToInt(Map::size).sum();
    SingleFileTensors checkpoint = SingleFileTensors.of(model);
    Map<Place, Weight> weights = weights(plan, checkpoint.tensors());
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

  private Matched matched(UNetFiles model) {
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
          float[] values = values(weight.get(), piece.turned());
          Baking.source(values, tensor.format()).writeTo(channel);
        } else {
          piece.writeTo(channel, files, tensor.format());
        }
      }
    }

    private float[] values(Weight weight, boolean turned) {
      float[] values = baking.values(weight);
      progress.done(weight.name());
      return turned ? transposed(values, weight.origin().shape()) : values;
    }

    private static float[] transposed(float[] values, List<Long> shape) {
      int rows = Math.toIntExact(shape.get(0));
      int columns = Math.toIntExact(shape.get(1));
      float[] other = new float[values.length];
      for (int i = 0; i < values.length; i++) {
        other[i % columns * rows + i / columns] = values[i];
      }
      return other;
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
