package dev.sdlora.pipeline.make;

import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.make.CreatedLora;
import dev.sdlora.api.make.LoraConversion;
import dev.sdlora.api.make.MakingListener;
import dev.sdlora.api.make.spi.MakingBackend.Convert;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.make.AdapterMetadata;
import dev.sdlora.lora.make.Conversion;
import dev.sdlora.lora.make.KeyNaming;
import dev.sdlora.lora.plan.ModuleIndex;
import dev.sdlora.pipeline.make.tensors.Targets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Implements {@link LoraConversion}. */
final class Converter {
  private Converter() {}

  static CreatedLora write(Convert task, Path file, MakingListener listener) {
    Targets.require(file, List.of(task.lora()));
    LoraFile lora = LoraFile.open(task.lora());
    Map<String, String> old = lora.file().metadata();
    AdapterMetadata metadata = Conversion.metadata(old, lora.family());
    ModuleIndex index =
        task.checkpoint()
            .map(path -> CheckpointReader.open(path, CheckpointParts.DEFAULT).layers())
            .orElseGet(() -> KnownLayers.of(lora.family()));
    KeyNaming style = KeyNaming.of(task.names());
    return new Conversion(lora, index, style, style.names(lora.family()), task.scaleInFactors())
        .write(file, metadata, listener);
  }
}
