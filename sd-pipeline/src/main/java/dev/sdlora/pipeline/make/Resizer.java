package dev.sdlora.pipeline.make;

import dev.sdlora.api.make.CreatedLora;
import dev.sdlora.api.make.LoraResizing;
import dev.sdlora.api.make.MakingListener;
import dev.sdlora.api.make.spi.MakingBackend.Resize;
import dev.sdlora.families.checkpoint.layout.NetworkFile;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.make.AdapterFile;
import dev.sdlora.lora.make.AdapterMetadata;
import dev.sdlora.lora.make.Combination;
import dev.sdlora.lora.make.KeyNaming;
import dev.sdlora.lora.plan.LoraUse;
import dev.sdlora.pipeline.make.tensors.Targets;
import dev.sdlora.tensors.torch.Torch;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Implements {@link LoraResizing}. */
final class Resizer {
  private Resizer() {}

  static CreatedLora write(Resize task, Path file, MakingListener listener) {
    Targets.require(file, List.of(task.lora()));
    LoraFile lora = LoraFile.open(task.lora());
    try (Torch torch = Torch.open("cpu");
        AdapterFile target =
            AdapterFile.create(file, Targets.format(task.format(), List.of(lora)))) {
      new Combination(
              torch,
              KnownLayers.of(lora.family()),
              KeyNaming.KOHYA.names(lora.family()),
              Optional.of(task.ranks()))
          .run(List.of(new LoraUse(NetworkFile.name(task.lora()), lora, 1, 1)), target, listener);
      return target.write(metadata(lora, target.rank()));
    }
  }

  private static Map<String, String> metadata(LoraFile lora, int rank) {
    Map<String, String> old = lora.file().metadata();
    AdapterMetadata metadata = AdapterMetadata.from(old, lora.family());
    boolean convolutions = old.getOrDefault("ss_network_args", "").contains("conv_dim");
    String comment = old.getOrDefault("ss_training_comment", "None");
    String resized = "resized from rank %s to %s".formatted(lora.rank(), rank);
    return metadata
        .network(rank, rank, convolutions)
        .put("ss_training_comment", comment.equals("None") ? resized : resized + "; " + comment)
        .pairs();
  }
}
