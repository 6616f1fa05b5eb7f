package dev.sdlora.pipeline.make;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.LoraException.Reason;
import dev.sdlora.api.make.CreatedLora;
import dev.sdlora.api.make.LoraMerging;
import dev.sdlora.api.make.MakingListener;
import dev.sdlora.api.make.spi.MakingBackend.Merge;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.families.checkpoint.layout.NetworkFile;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.make.AdapterFile;
import dev.sdlora.lora.make.AdapterMetadata;
import dev.sdlora.lora.make.Combination;
import dev.sdlora.lora.make.KeyNaming;
import dev.sdlora.lora.plan.LoraUse;
import dev.sdlora.pipeline.make.tensors.Targets;
import dev.sdlora.pipeline.make.tensors.Uses;
import dev.sdlora.tensors.torch.Torch;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Implements {@link LoraMerging}. */
final class Merger {
  private final Merge task;
  private final Clock clock;

  Merger(Merge task, Clock clock) {
    this.task = task;
    this.clock = clock;
  }

  CreatedLora write(Path file, MakingListener listener) {
    Targets.require(file, task.loras().stream().map(LoraAdapter::path).toList());
    List<LoraUse> uses = Uses.open(task.loras());
    List<LoraFile> files = uses.stream().map(LoraUse::file).toList();
    ModelFamily family = family(files);
    try (Torch torch = Torch.open("cpu");
        AdapterFile target = AdapterFile.create(file, Targets.format(task.format(), files))) {
      new Combination(torch, KnownLayers.of(family), KeyNaming.KOHYA.names(family), task.ranks())
          .run(uses, target, listener);
      if (target.modules() == 0) {
        throw new LoraException(
            "nothing remains of the LoRAs to merge: all strengths are 0", Reason.NOTHING_CHANGED);
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
    String title = task.name().orElseGet(() -> NetworkFile.name(file));
    boolean convolutions =
        files.stream()
            .anyMatch(
                f -> f.file().metadata().getOrDefault("ss_network_args", "").contains("conv_dim"));
    AdapterMetadata metadata =
        new AdapterMetadata()
            .velocity(
                files.stream().anyMatch(f -> AdapterMetadata.predictsVelocity(f.file().metadata())))
            .put("ss_output_name", title)
            .model(family)
            .network(rank, rank, convolutions)
            .put("ss_training_comment", "merged from " + recipe())
            .specification(family, title, clock.instant());
    triggers(files).ifPresent(words -> metadata.put("modelspec.trigger_phrase", words));
    return metadata.pairs();
  }

  /** Returns the LoRAs as prompt tags. */
  private String recipe() {
    return task.loras().stream()
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
