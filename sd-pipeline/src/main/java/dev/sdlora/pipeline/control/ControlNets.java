package dev.sdlora.pipeline.control;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.image.ControlUnit;
import dev.sdlora.families.checkpoint.auxiliary.ControlLoraReader;
import dev.sdlora.families.checkpoint.auxiliary.ControlLoraReader.ControlLora;
import dev.sdlora.families.checkpoint.auxiliary.ControlNetReader;
import dev.sdlora.families.checkpoint.auxiliary.T2iAdapterReader;
import dev.sdlora.families.checkpoint.layout.NetworkFile;
import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.families.network.control.ControlNet;
import dev.sdlora.families.network.control.ControlNetConfig;
import dev.sdlora.families.network.control.ControlNetUnion;
import dev.sdlora.families.network.control.ControlNetUnionConfig;
import dev.sdlora.families.network.control.T2iAdapter;
import dev.sdlora.families.network.control.T2iAdapterConfig;
import dev.sdlora.pipeline.preprocess.ControlImages;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.Closing;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.tensors.weights.TensorLoader;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.IntConsumer;

/**
 * The ControlNets and T2I-Adapters of a pipeline. Some stay in memory; others are loaded for one
 * request. Safe for use by several threads.
 */
public final class ControlNets implements AutoCloseable {
  private final Torch torch;
  private final Checkpoint checkpoint;
  private final Optional<Fitting> fitting;
  private final Map<String, Origin> unetWeights;
  private final ScalarType type;
  private final List<Path> preprocessors;
  private final Map<Path, Loaded> kept = new LinkedHashMap<>();

  /**
   * Loads the networks that stay in memory.
   *
   * @param files the files of these networks
   * @param torch owns their native memory
   * @param checkpoint the model that they must fit
   * @param unet its U-Net, if its denoiser is one
   * @param unetWeights the location of the U-Net's weights
   * @param type the dtype to compute in
   * @param preprocessors folders with the networks of preprocessors
   * @throws CheckpointException if one is something else or does not fit; nothing is kept then
   */
  public ControlNets(
      List<Path> files,
      Torch torch,
      Checkpoint checkpoint,
      Optional<UNetConfig> unet,
      Map<String, Origin> unetWeights,
      ScalarType type,
      List<Path> preprocessors) {
    this.preprocessors = preprocessors;
    this.torch = torch;
    this.checkpoint = checkpoint;
    this.fitting = unet.map(own -> new Fitting(checkpoint, own));
    this.unetWeights = Map.copyOf(unetWeights);
    this.type = type;
    try {
      files.forEach(file -> kept.computeIfAbsent(place(file), path -> load(path, types -> {})));
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
   * @throws CheckpointException if a file is something else, does not fit the checkpoint or lacks
   *     the type of a unit
   * @throws IllegalArgumentException if the network is a ControlNet Union and the unit has no type
   */
  public Controls open(List<ControlUnit> units) {
    Controls controls = new Controls(torch.scope(), preprocessors);
    Map<Path, Loaded> loaded = new HashMap<>(kept);
    try {
      for (ControlUnit unit : units) {
        if (unit.weight() != 0) {
          Loaded network = loaded.get(place(unit.network()));
          if (network == null) {
            network = load(unit.network(), types -> UnionNetwork.require(unit, types));
            controls.own(network);
            loaded.put(place(unit.network()), network);
          } else {
            network.network().types().ifPresent(types -> UnionNetwork.require(unit, types));
          }
          controls.add(unit, network.network());
        }
      }
      return controls;
    } catch (RuntimeException | Error e) {
      controls.close();
      throw e;
    }
  }

  /**
   * Checks that the preprocessors of units can run.
   *
   * @throws CheckpointException if the file of a network is missing
   */
  public void checkPreprocessors(List<ControlUnit> units) {
    units.forEach(unit -> ControlImages.check(unit.preprocessor(), preprocessors));
  }

  /**
   * Returns the native memory of the networks that are loaded for a request, each file once. Reads
   * only headers.
   *
   * @throws dev.sdlora.api.error.TensorFileException if a file cannot be read
   */
  public long bytes(List<ControlUnit> units) {
    return units.stream()
        .filter(unit -> unit.weight() != 0)
        .map(unit -> place(unit.network()))
        .filter(file -> !kept.containsKey(file))
        .distinct()
        .mapToLong(file -> elements(TensorFile.open(file)) * type.bytes())
        .sum();
  }

  /**
   * Returns the number of calls of networks in a step in which all units are active; those of a
   * ControlNet Union with the same mode share one. Reads only headers.
   *
   * @throws dev.sdlora.api.error.TensorFileException if a file cannot be read
   */
  public int calls(List<ControlUnit> units) {
    Map<Path, Set<ControlUnit.Mode>> unions = new HashMap<>();
    int others = 0;
    for (ControlUnit unit : units) {
      Path file = place(unit.network());
      if (unit.weight() != 0 && isUnion(file)) {
        unions
            .computeIfAbsent(file, none -> EnumSet.noneOf(ControlUnit.Mode.class))
            .add(unit.mode());
      } else if (unit.weight() != 0) {
        others++;
      }
    }
    return others + unions.values().stream().mapToInt(Set::size).sum();
  }

  private boolean isUnion(Path file) {
    Loaded loaded = kept.get(file);
    return loaded != null
        ? loaded.network().types().isPresent()
        : ControlNetReader.isUnion(TensorFile.open(file));
  }

  private long elements(TensorFile file) {
    if (fitting.isPresent() && ControlLoraReader.isOne(file)) {
      ControlLora lora = ControlLoraReader.read(file, fitting.get().unet(), unetWeights);
      return lora.network().weights().values().stream()
          .mapToLong(origin -> origin.entry().elements())
          .sum();
    }
    return file.tensors().values().stream().mapToLong(TensorEntry::elements).sum();
  }

  /**
   * Loads a network.
   *
   * @param types checks the number of types of a ControlNet Union before its weights are read
   */
  private Loaded load(Path path, IntConsumer types) {
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
    if (ControlLoraReader.isOne(file)) {
      ControlLora lora = ControlLoraReader.read(file, fits.unet(), unetWeights);
      ControlNetConfig config = lora.network().config();
      return load(
          memory -> ControlLoraWeights.load(memory, lora, type),
          (memory, weights) -> ControlNetwork.of(new ControlNet(memory, config, weights)));
    }
    Optional<NetworkFile<ControlNetUnionConfig>> union =
        ControlNetReader.readUnion(file, fits.unet()::headsOf);
    if (union.isPresent()) {
      ControlNetUnionConfig config = union.get().config();
      fits.require(path, config.base());
      types.accept(config.types());
      return load(
          union.get(),
          (memory, weights) -> new UnionNetwork(new ControlNetUnion(memory, config, weights)));
    }
    NetworkFile<ControlNetConfig> read = ControlNetReader.read(file, fits.unet()::headsOf);
    ControlNetConfig config = read.config();
    fits.require(path, config);
    return load(
        read, (memory, weights) -> ControlNetwork.of(new ControlNet(memory, config, weights)));
  }

  private Loaded load(NetworkFile<?> file, BiFunction<Torch, LiveWeights, ControlNetwork> network) {
    return load(
        memory -> LiveWeights.load(memory, new TensorLoader(memory), file.weights(), type),
        network);
  }

  private Loaded load(
      Function<Torch, LiveWeights> read, BiFunction<Torch, LiveWeights, ControlNetwork> network) {
    Torch memory = torch.child();
    try {
      LiveWeights weights = read.apply(memory);
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
