package dev.sdlora.tensors.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensors.file.DType;
import dev.sdlora.tensors.file.OpenFiles;
import dev.sdlora.tensors.natives.Natives;
import dev.sdlora.tensors.torch.Closing;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.TensorDict;
import dev.sdlora.tensors.torch.Torch;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The weights of one network in native memory, and the only class that writes them. The checkpoint
 * file is the backup: a changed weight is put back by reading its original bytes again, so that it
 * is what it was, bit for bit, at no cost of memory.
 *
 * <p>Not safe for several threads; programs may read the {@link #dict()} while nobody writes.
 */
public final class LiveWeights implements AutoCloseable {
  private static final IntFunction<NDArray[]> ARRAYS = NDArray[]::new;

  /** How much room there is at a time for weights on the way to their layout. */
  private static final long BATCH_BYTES = 1 << 25;

  private final Torch torch;
  private final TensorLoader loader;
  private final ScalarType type;
  private final Map<String, Origin> origins;
  private final Map<String, Packing> packings;
  private final Packer packer;
  private final Set<String> patched = new LinkedHashSet<>();
  private final Map<String, NDArray> plain = new HashMap<>();
  private final Map<String, List<NDArray>> packed = new HashMap<>();
  private @Nullable TensorDict dict;
  private long writes;

  private LiveWeights(
      Torch torch,
      TensorLoader loader,
      ScalarType type,
      Map<String, Origin> origins,
      Map<String, Packing> packings) {
    this.torch = torch;
    this.loader = loader;
    this.type = type;
    this.origins = new LinkedHashMap<>(origins);
    this.packings = Map.copyOf(packings);
    this.packer = new Packer(torch);
  }

  /**
   * Reads weights. They belong to the loader's owner.
   *
   * @param origins where each weight lies, by the name that the network uses
   * @param type the number format to compute in: float32 or bfloat16
   * @throws dev.sdlora.api.TensorFileException if a file cannot be read or has changed
   */
  public static LiveWeights load(
      Torch torch, TensorLoader loader, Map<String, Origin> origins, ScalarType type) {
    return load(torch, loader, origins, type, Map.of());
  }

  /** The same, some of them in {@linkplain #unread the layout} of the kernels that use them. */
  public static LiveWeights load(
      Torch torch,
      TensorLoader loader,
      Map<String, Origin> origins,
      ScalarType type,
      Map<String, Packing> packings) {
    LiveWeights weights = unread(torch, loader, origins, type, packings);
    weights.read();
    return weights;
  }

  /** Weights that are still to be {@linkplain #read() read}. */
  public static LiveWeights unread(
      Torch torch, TensorLoader loader, Map<String, Origin> origins, ScalarType type) {
    return unread(torch, loader, origins, type, Map.of());
  }

  /**
   * Weights that are still to be {@linkplain #read() read}, some of them in the layout of the
   * kernels that use them.
   *
   * @param packings layouts by the names of the weights; empty unless {@linkplain
   *     Packer#isSupported supported}
   */
  public static LiveWeights unread(
      Torch torch,
      TensorLoader loader,
      Map<String, Origin> origins,
      ScalarType type,
      Map<String, Packing> packings) {
    return new LiveWeights(torch, loader, type, origins, packings);
  }

  /**
   * Reads the weights into memory, unless they are there: straight into their format, so that
   * beside them there is never more than some megabytes. None of them is patched then. When it
   * fails, none is in memory.
   *
   * @throws dev.sdlora.api.TensorFileException if a file cannot be read or has changed
   */
  public void read() {
    if (isInMemory()) {
      return;
    }
    try (OpenFiles files = new OpenFiles()) {
      List<String> unpacked =
          origins.keySet().stream().filter(name -> !packings.containsKey(name)).toList();
      unpacked.forEach(name -> plain.put(name, room(name, torch.manager())));
      reset(unpacked, files);
      for (List<String> batch : batches(packedLargestFirst())) {
        reset(batch, files);
        // Otherwise the holes that the room leaves among packed weights add up.
        Natives.returnFreedMemory();
      }
      dict = TensorDict.of(entries());
    } catch (RuntimeException | Error e) {
      free();
      throw e;
    }
  }

  private NDArray room(String name, NDManager scope) {
    return loader.room(origin(name).shape(), type, scope);
  }

  /** Gives weights the values that the file has for them. */
  private void reset(List<String> names, OpenFiles files) {
    try (NDManager scope = torch.scope()) {
      Map<String, NDArray> targets = targets(names, scope);
      fill(targets, files);
      pack(targets);
    }
  }

  /** What is written in the place of weights: they themselves, or room for what is packed. */
  private Map<String, NDArray> targets(Collection<String> names, NDManager scope) {
    Map<String, NDArray> targets = new LinkedHashMap<>();
    for (String name : names) {
      targets.put(name, packings.containsKey(name) ? room(name, scope) : plain(name));
    }
    return targets;
  }

  /** Gives tensors the values that the file has for them. */
  private void fill(Map<String, NDArray> targets, OpenFiles files) {
    Refill refill = new Refill(torch, loader.program());
    targets.forEach(
        (name, target) -> {
          Origin origin = origin(name);
          refill.add(target, files.of(origin.file()), origin.entry());
        });
    refill.run();
  }

  /** While much is in memory, little is to be needed on top. */
  private List<String> packedLargestFirst() {
    return packings.keySet().stream()
        .sorted(
            Comparator.comparingLong((String name) -> origin(name).entry().elements())
                .reversed()
                .thenComparing(Comparator.naturalOrder()))
        .toList();
  }

  /** Names in groups whose packed weights take little memory beside themselves. */
  private List<List<String>> batches(Collection<String> names) {
    List<List<String>> batches = new ArrayList<>();
    long bytes = BATCH_BYTES;
    for (String name : names) {
      if (bytes >= BATCH_BYTES) {
        batches.add(new ArrayList<>());
        bytes = 0;
      }
      batches.get(batches.size() - 1).add(name);
      if (packings.containsKey(name)) {
        bytes += type.bytes() * origin(name).entry().elements();
      }
    }
    return batches;
  }

  /** Packs what was written for weights that are packed; what they were before is freed. */
  private void pack(Map<String, NDArray> targets) {
    targets.forEach(
        (name, values) -> {
          Packing packing = packings.get(name);
          if (packing != null) {
            replace(name, packer.pack(packing, values, torch.manager()));
          }
        });
  }

  private void replace(String name, List<NDArray> parts) {
    List<NDArray> before = packed.put(name, parts);
    if (before != null) {
      packer.replace(dict(), entriesOf(name));
      Closing.all(before, NDArray::close);
    }
  }

  /**
   * Gives the memory back. The weights can be {@linkplain #read() read} again, and are then those
   * of the file.
   */
  public void giveBack() {
    if (!isInMemory()) {
      return;
    }
    free();
    Natives.returnFreedMemory();
  }

  private void free() {
    List<NDArray> freed = new ArrayList<>(plain.values());
    packed.values().forEach(freed::addAll);
    close();
    dict = null;
    plain.clear();
    packed.clear();
    patched.clear();
    Closing.all(freed, NDArray::close);
  }

  /** Whether they are in memory. */
  public boolean isInMemory() {
    return dict != null;
  }

  /**
   * The weights as programs take them.
   *
   * @throws IllegalStateException if they are not in memory
   */
  public TensorDict dict() {
    TensorDict known = dict;
    if (known == null) {
      throw new IllegalStateException("the weights are not in memory");
    }
    return known;
  }

  /** The shapes of all weights by name. */
  public Map<String, List<Long>> shapes() {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    origins.forEach((name, origin) -> shapes.put(name, origin.shape()));
    return shapes;
  }

  /** The number format that they are in. */
  public ScalarType type() {
    return type;
  }

  /** Whether some are in the layout of the kernels that use them. */
  public boolean isPacked() {
    return !packings.isEmpty();
  }

  /** How many numbers they are. */
  public long size() {
    return origins.values().stream().mapToLong(origin -> origin.entry().elements()).sum();
  }

  /** The bytes that they take in memory. */
  public long bytes() {
    long numbers = size();
    for (Map.Entry<String, Packing> each : packings.entrySet()) {
      numbers += Packer.repeated(each.getValue(), origin(each.getKey()).entry().elements());
    }
    return type.bytes() * numbers;
  }

  /** The names of the weights that may differ from the file at the moment. */
  public Set<String> patched() {
    return Set.copyOf(patched);
  }

  /** How many times a weight has been patched or restored since they were loaded. */
  public long writes() {
    return writes;
  }

  /** Whether there is a weight with this name. */
  public boolean contains(String name) {
    return origins.containsKey(name);
  }

  /**
   * The tensors that are the dictionary's, by the names that programs know; opaque where weights
   * are packed. Those that are packed are others after each patch.
   *
   * @throws IllegalStateException if the weights are not in memory
   */
  public Map<String, NDArray> entries() {
    Map<String, NDArray> entries = new LinkedHashMap<>();
    origins.keySet().forEach(name -> entries.putAll(entriesOf(name)));
    return entries;
  }

  private Map<String, NDArray> entriesOf(String name) {
    List<NDArray> parts = packed.get(name);
    if (parts == null) {
      return Map.of(name, plain(name));
    }
    return parts.size() == 1
        ? Map.of(name, parts.get(0))
        : Map.of(name, parts.get(0), Packer.second(packings.get(name), name), parts.get(1));
  }

  /** A weight that is not packed, itself. */
  private NDArray plain(String name) {
    origin(name);
    NDArray tensor = plain.get(name);
    if (tensor == null) {
      throw new IllegalStateException("the weights are not in memory");
    }
    return tensor;
  }

  /** A copy of the values that a weight has at the moment. */
  public float[] values(String name) {
    try (NDManager scope = torch.scope()) {
      List<NDArray> parts = packed.get(name);
      NDArray values =
          parts == null
              ? plain(name)
              : packer.unpack(packings.get(name), parts, origin(name).shape(), scope);
      return loader.program().call("floats").tensor(values).run(scope).toFloatArray();
    }
  }

  /** Starts an operation that changes weights. The caller closes it. */
  public Writer writer() {
    return new Writer();
  }

  /** Whether loading left all that the file says in a weight, for later sums. */
  private boolean isExact(String name) {
    DType stored = origin(name).entry().dtype();
    return switch (type) {
      case FLOAT32 -> true;
      case BFLOAT16 -> stored == DType.BF16;
      case FLOAT16 -> stored == DType.F16;
    };
  }

  private Origin origin(String name) {
    Origin origin = origins.get(name);
    if (origin == null) {
      throw new NoSuchElementException("no weight is named " + name);
    }
    return origin;
  }

  /** Frees the dictionary; the tensors go with their owner. */
  @Override
  public void close() {
    TensorDict known = dict;
    if (known != null) {
      known.close();
    }
  }

  /** One operation that changes weights, with the files that it needs open. */
  public final class Writer implements AutoCloseable {
    private final OpenFiles files = new OpenFiles();

    private Writer() {}

    /**
     * Makes weights what the file says plus changes: {@code W = round(W0 + Σ scale · up · down)},
     * summed in float32 and rounded once, in place. One call for many weights costs less than many.
     *
     * @param changes by the name of the weight, for each at least one; all numbers finite
     * @throws dev.sdlora.api.TensorFileException if the file is needed and has changed
     */
    public void patch(Map<String, List<LowRank>> changes) {
      for (List<String> batch : batches(changes.keySet())) {
        try (NDManager scope = torch.scope()) {
          patch(batch, changes, scope);
        }
      }
    }

    private void patch(List<String> names, Map<String, List<LowRank>> changes, NDManager scope) {
      Map<String, NDArray> targets = targets(names, scope);
      fillOriginals(targets);
      Map<String, LowRank> inPlace = new LinkedHashMap<>();
      targets.forEach(
          (name, target) -> {
            LowRank sum = stacked(Objects.requireNonNull(changes.get(name), name), scope);
            mark(name);
            if (isExact(name)) {
              inPlace.put(name, sum);
            } else {
              rewrite(name, target, sum.scale(), sum.up(), sum.down());
            }
          });
      if (!inPlace.isEmpty()) {
        loader
            .program()
            .call("patch_all")
            .list(inPlace.keySet().stream().map(targets::get).toArray(ARRAYS))
            .list(inPlace.values().stream().map(LowRank::up).toArray(ARRAYS))
            .list(inPlace.values().stream().map(LowRank::down).toArray(ARRAYS))
            .numbers(inPlace.values().stream().mapToDouble(LowRank::scale).toArray())
            .integer(TensorLoader.BLOCK_ELEMENTS)
            .run(scope);
      }
      pack(targets);
    }

    /** Gives those that a change is added to in place the values of the load. */
    private void fillOriginals(Map<String, NDArray> targets) {
      Map<String, NDArray> stale = new LinkedHashMap<>();
      targets.forEach(
          (name, target) -> {
            if (isExact(name) && (packings.containsKey(name) || patched.contains(name))) {
              stale.put(name, target);
            }
          });
      fill(stale, files);
    }

    private LowRank stacked(List<LowRank> products, NDManager scope) {
      if (products.size() == 1) {
        return products.get(0);
      }
      List<NDArray> pair =
          loader
              .program()
              .call("stack")
              .list(products.stream().map(LowRank::up).toArray(ARRAYS))
              .list(products.stream().map(LowRank::down).toArray(ARRAYS))
              .numbers(products.stream().mapToDouble(LowRank::scale).toArray())
              .runForList(scope);
      return new LowRank(pair.get(0), pair.get(1), 1);
    }

    /**
     * Makes a weight what the file says plus a change, {@code W = round(W0 + Δ)}, summed in float32
     * and rounded once.
     *
     * @param delta float32, as many numbers as the weight, all finite
     * @throws dev.sdlora.api.TensorFileException if the file is needed and has changed
     */
    public void patch(String name, NDArray delta) {
      try (NDManager scope = torch.scope()) {
        Map<String, NDArray> targets = targets(List.of(name), scope);
        NDArray target = Objects.requireNonNull(targets.get(name), name);
        fillOriginals(targets);
        mark(name);
        if (isExact(name)) {
          loader.program().call("patch").tensor(target).tensor(delta).run(scope);
        } else {
          rewrite(name, target, 1, delta);
        }
        pack(targets);
      }
    }

    /**
     * What the file says of a weight, as float32.
     *
     * @param scope the manager that will own it, unless it is the weight itself; not to be changed
     * @throws dev.sdlora.api.TensorFileException if the file is needed and has changed
     */
    public NDArray original(String name, NDManager scope) {
      if (type == ScalarType.FLOAT32 && !patched.contains(name) && !packings.containsKey(name)) {
        return plain(name);
      }
      Origin origin = origin(name);
      return loader.load(
          files.of(origin.file()), origin.entry(), origin.shape(), ScalarType.FLOAT32, scope);
    }

    /**
     * Puts weights back to what the file says; those that were not changed are left alone.
     *
     * @throws dev.sdlora.api.TensorFileException if the file has changed since it was opened; the
     *     weights then stay in {@link #patched()}
     */
    public void restore(Collection<String> names) {
      List<String> changed = names.stream().filter(patched::contains).toList();
      batches(changed).forEach(batch -> reset(batch, files));
      writes += changed.size();
      changed.forEach(patched::remove);
    }

    private void rewrite(String name, NDArray target, double scale, NDArray... change) {
      Origin origin = origin(name);
      loader.rewrite(target, files.of(origin.file()), origin.entry(), scale, change);
    }

    /** Notes that a weight is about to be written. */
    private void mark(String name) {
      patched.add(name);
      writes++;
    }

    @Override
    public void close() {
      files.close();
    }
  }
}
