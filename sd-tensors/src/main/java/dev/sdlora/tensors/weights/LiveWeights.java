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
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
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

  private final Torch torch;
  private final TensorLoader loader;
  private final ScalarType type;
  private final Map<String, Origin> origins;
  private final Set<String> patched = new LinkedHashSet<>();
  private Map<String, NDArray> tensors = Map.of();
  private @Nullable TensorDict dict;
  private long writes;

  private LiveWeights(
      Torch torch, TensorLoader loader, ScalarType type, Map<String, Origin> origins) {
    this.torch = torch;
    this.loader = loader;
    this.type = type;
    this.origins = new LinkedHashMap<>(origins);
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
    LiveWeights weights = unread(torch, loader, origins, type);
    weights.read();
    return weights;
  }

  /** Weights that are still to be {@linkplain #read() read}. */
  public static LiveWeights unread(
      Torch torch, TensorLoader loader, Map<String, Origin> origins, ScalarType type) {
    return new LiveWeights(torch, loader, type, origins);
  }

  /**
   * Reads the weights into memory, unless they are there: straight into their format, so that
   * beside them there is never more than a piece of one. None of them is patched then. When it
   * fails, none is in memory.
   *
   * @throws dev.sdlora.api.TensorFileException if a file cannot be read or has changed
   */
  public void read() {
    if (isInMemory()) {
      return;
    }
    Map<String, NDArray> read = new LinkedHashMap<>();
    try (OpenFiles files = new OpenFiles()) {
      Refill filling = new Refill(torch, loader.program());
      origins.forEach(
          (name, origin) -> {
            NDArray room = loader.room(origin.shape(), type, torch.manager());
            read.put(name, room);
            filling.add(room, files.of(origin.file()), origin.entry());
          });
      filling.run();
      dict = TensorDict.of(read);
      tensors = read;
    } catch (RuntimeException | Error e) {
      Closing.all(read.values(), NDArray::close);
      throw e;
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
    Map<String, NDArray> freed = tensors;
    close();
    dict = null;
    tensors = Map.of();
    patched.clear();
    Closing.all(freed.values(), NDArray::close);
    Natives.returnFreedMemory();
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

  /** How many numbers they are. */
  public long size() {
    return origins.values().stream().mapToLong(origin -> origin.entry().elements()).sum();
  }

  /** The bytes that they take in memory. */
  public long bytes() {
    return type.bytes() * size();
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
   * The tensor itself, for reading.
   *
   * @throws IllegalStateException if the weights are not in memory
   */
  public NDArray tensor(String name) {
    origin(name);
    NDArray tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalStateException("the weights are not in memory");
    }
    return tensor;
  }

  /** A copy of the values that a weight has at the moment. */
  public float[] values(String name) {
    try (NDManager scope = torch.scope()) {
      return loader.program().call("floats").tensor(tensor(name)).run(scope).toFloatArray();
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
      refill(changes.keySet().stream().filter(LiveWeights.this::isExact).toList());
      try (NDManager scope = torch.scope()) {
        Map<String, LowRank> inPlace = new LinkedHashMap<>();
        changes.forEach(
            (name, products) -> {
              LowRank sum = stacked(products, scope);
              if (isExact(name)) {
                inPlace.put(name, sum);
              } else {
                rewrite(name, sum.scale(), sum.up(), sum.down());
              }
            });
        if (!inPlace.isEmpty()) {
          inPlace.keySet().forEach(this::mark);
          loader
              .program()
              .call("patch_all")
              .list(inPlace.keySet().stream().map(LiveWeights.this::tensor).toArray(ARRAYS))
              .list(inPlace.values().stream().map(LowRank::up).toArray(ARRAYS))
              .list(inPlace.values().stream().map(LowRank::down).toArray(ARRAYS))
              .numbers(inPlace.values().stream().mapToDouble(LowRank::scale).toArray())
              .integer(TensorLoader.BLOCK_ELEMENTS)
              .run(scope);
        }
      }
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
      if (!isExact(name)) {
        rewrite(name, 1, delta);
        return;
      }
      refill(List.of(name));
      mark(name);
      try (NDManager scope = torch.scope()) {
        loader.program().call("patch").tensor(tensor(name)).tensor(delta).run(scope);
      }
    }

    /**
     * What the file says of a weight, as float32.
     *
     * @param scope the manager that will own it, unless it is the weight itself; not to be changed
     * @throws dev.sdlora.api.TensorFileException if the file is needed and has changed
     */
    public NDArray original(String name, NDManager scope) {
      if (type == ScalarType.FLOAT32 && !patched.contains(name)) {
        return tensor(name);
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
      refill(names);
      writes += names.stream().filter(patched::contains).count();
      patched.removeAll(names);
    }

    /** Gives changed weights their values of the load again; they still count as changed. */
    private void refill(Collection<String> names) {
      Refill refill = new Refill(torch, loader.program());
      for (String name : names) {
        if (patched.contains(name)) {
          Origin origin = origin(name);
          refill.add(tensor(name), files.of(origin.file()), origin.entry());
        }
      }
      refill.run();
    }

    private void rewrite(String name, double scale, NDArray... change) {
      Origin origin = origin(name);
      mark(name);
      loader.rewrite(tensor(name), files.of(origin.file()), origin.entry(), scale, change);
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
