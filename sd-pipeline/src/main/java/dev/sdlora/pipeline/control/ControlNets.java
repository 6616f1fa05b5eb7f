package dev.sdlora.pipeline.control;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.image.ControlUnit;
import dev.sdlora.pipeline.checkpoint.ControlNetReader;
import dev.sdlora.pipeline.checkpoint.NetworkFile;
import dev.sdlora.pipeline.checkpoint.T2iAdapterReader;
import dev.sdlora.pipeline.network.ControlNet;
import dev.sdlora.pipeline.network.ControlNetConfig;
import dev.sdlora.pipeline.network.T2iAdapter;
import dev.sdlora.pipeline.network.T2iAdapterConfig;
import dev.sdlora.pipeline.network.UNetConfig;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.Closing;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.TensorLoader;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * The ControlNets and T2I-Adapters of a pipeline. Some stay in memory; others are loaded for one
 * request. Safe for use by several threads.
 */
public final class ControlNets implements AutoCloseable {
  private final Torch torch;
  private final Checkpoint checkpoint;
  private final Optional<Fitting> fitting;
  private final ScalarType type;
  private final Map<Path, Loaded> kept = new LinkedHashMap<>();

  /**
   * Loads the networks that stay in memory.
   *
   * @param files the files of these networks
   * @param torch owns their native memory
   * @param checkpoint the model that they must fit
   * @param unet its U-Net, if its denoiser is one
   * @param type the dtype to compute in
   * @throws CheckpointException if one is something else or does not fit; nothing is kept then
   */
  public ControlNets(
      List<Path> files,
      Torch torch,
      Checkpoint checkpoint,
      Optional<UNetConfig> unet,
      ScalarType type) {
    this.torch = torch;
    this.checkpoint = checkpoint;
    this.fitting = unet.map(own -> new Fitting(checkpoint, own));
    this.type = type;
    try {
      files.forEach(file -> kept.computeIfAbsent(place(file), this::load));
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private static Path place(Path file) {
    return file.toAbsolutePath().normalize();
  }

  /** A network and its own native memory. */
  record Loaded(ControlNetwork network, LiveWeights weights, Torch memory)
      implements AutoCloseable {
    @Override
    public void close() {
      Closing.all(weights::close, memory::close);
    }
  }

  /**
   * Prepares the units of a request, loading networks that are not in memory. The caller closes the
   * result.
   *
   * @param units the units; those of weight 0 are ignored
   * @throws CheckpointException if a file is something else or does not fit the checkpoint
   */
  public Controls open(List<ControlUnit> units) {
    Controls controls = new Controls(torch.scope());
    try {
      for (ControlUnit unit : units) {
        if (unit.weight() != 0) {
          Loaded loaded = kept.get(place(unit.network()));
          if (loaded == null) {
            loaded = load(unit.network());
            controls.own(loaded);
          }
          controls.add(unit, loaded.network());
        }
      }
      return controls;
    } catch (RuntimeException | Error e) {
      controls.close();
      throw e;
    }
  }

  /**
   * Returns the native memory of the networks that are loaded for a request. Reads only headers.
   *
   * @throws dev.sdlora.api.error.TensorFileException if a file cannot be read
   */
  public long bytes(List<ControlUnit> units) {
    return units.stream()
        .filter(unit -> unit.weight() != 0 && !kept.containsKey(place(unit.network())))
        .flatMap(unit -> TensorFile.open(unit.network()).tensors().values().stream())
        .mapToLong(tensor -> tensor.elements() * type.bytes())
        .sum();
  }

  private Loaded load(Path path) {
    Fitting fits =
        fitting.orElseThrow(
            () ->
                new CheckpointException(
                    "'%s' steers a U-Net, but checkpoint '%s' is %s, which has none; ControlNets and T2I-Adapters are available for SD 1.x, SD 2.x and SDXL"
                        .formatted(path, checkpoint.name(), checkpoint.family().label()),
                    ErrorDetails.in(path)));
    TensorFile file = TensorFile.open(path);
    Optional<NetworkFile<T2iAdapterConfig>> adapter = T2iAdapterReader.read(file);
    if (adapter.isPresent()) {
      T2iAdapterConfig config = adapter.get().config();
      fits.require(path, config);
      return load(
          adapter.get(),
          (memory, weights) -> ControlNetwork.of(new T2iAdapter(memory, config, weights)));
    }
    NetworkFile<ControlNetConfig> read = ControlNetReader.read(file, fits.unet()::headsOf);
    ControlNetConfig config = read.config();
    fits.require(path, config);
    return load(
        read, (memory, weights) -> ControlNetwork.of(new ControlNet(memory, config, weights)));
  }

  private <C> Loaded load(
      NetworkFile<C> file, BiFunction<Torch, LiveWeights, ControlNetwork> network) {
    Torch memory = torch.child();
    try {
      LiveWeights weights =
          LiveWeights.load(memory, new TensorLoader(memory), file.weights(), type);
      return new Loaded(network.apply(memory, weights), weights, memory);
    } catch (RuntimeException | Error e) {
      memory.close();
      throw e;
    }
  }

  @Override
  public void close() {
    Closing.all(() -> Closing.all(kept.values(), Loaded::close), kept::clear);
  }
}
