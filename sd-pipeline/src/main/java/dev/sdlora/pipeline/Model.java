package dev.sdlora.pipeline;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.lora.library.FolderLibrary;
import dev.sdlora.lora.library.LoraFiles;
import dev.sdlora.lora.patch.Patcher;
import dev.sdlora.lora.plan.ModuleIndex;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.pipeline.conditioning.Conditioner;
import dev.sdlora.sampler.schedule.NoiseLevels;
import dev.sdlora.tensors.file.FileHashes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What all requests of a pipeline share. Used by one thread at a time. */
final class Model implements AutoCloseable {
  private final Checkpoint checkpoint;
  private final Networks networks;
  private final LoraFiles loraFiles;
  private final FolderLibrary library;
  private final ModuleIndex modules;
  private final Patcher patcher;
  private final Conditioner conditioner;
  private final NoiseLevels levels = NoiseLevels.stableDiffusion();
  private @Nullable String hash;

  Model(Checkpoint checkpoint, Networks networks, LoraFiles loraFiles, FolderLibrary library) {
    this.checkpoint = checkpoint;
    this.networks = networks;
    this.loraFiles = loraFiles;
    this.library = library;
    Map<Network, Map<String, List<Long>>> shapes = new LinkedHashMap<>();
    networks.patchable().forEach((network, weights) -> shapes.put(network, weights.shapes()));
    this.modules = new ModuleIndex(shapes);
    this.patcher = new Patcher(networks.torch(), networks.loader(), networks.patchable());
    this.conditioner = new Conditioner(networks.textEncoder());
  }

  Checkpoint checkpoint() {
    return checkpoint;
  }

  Networks networks() {
    return networks;
  }

  LoraFiles loraFiles() {
    return loraFiles;
  }

  FolderLibrary library() {
    return library;
  }

  ModuleIndex modules() {
    return modules;
  }

  Patcher patcher() {
    return patcher;
  }

  Conditioner conditioner() {
    return conditioner;
  }

  NoiseLevels levels() {
    return levels;
  }

  /** A1111's hash of a single-file checkpoint, computed when first asked for. */
  Optional<String> hash() {
    if (checkpoint.layout() != Checkpoint.Layout.SINGLE_FILE) {
      return Optional.empty();
    }
    String known = hash;
    if (known == null) {
      known = FileHashes.autoV2(checkpoint.path());
      hash = known;
    }
    return Optional.of(known);
  }

  @Override
  public void close() {
    networks.close();
  }
}
