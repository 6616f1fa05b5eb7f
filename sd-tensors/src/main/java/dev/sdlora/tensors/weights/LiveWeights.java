package dev.sdlora.tensors.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensors.file.OpenFiles;
import dev.sdlora.tensors.natives.Natives;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.TensorDict;
import dev.sdlora.tensors.torch.Torch;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The weights of one network in native memory, and the only class that writes them. The checkpoint
 * file is the backup: a changed weight is put back by reading its original bytes again, so that it
 * is what it was, bit for bit, at no cost of memory.
 *
 * <p>Not safe for several threads; programs may read the {@link #dict()} while nobody writes.
 */
public final class LiveWeights implements AutoCloseable {
  private final TensorLoader loader;
  private final WeightTensors tensors;
  private final Set<String> patched = new LinkedHashSet<>();
  private long writes;

  private LiveWeights(TensorLoader loader, WeightTensors tensors) {
    this.loader = loader;
    this.tensors = tensors;
  }

  /**
   * Reads weights. They belong to the loader's owner.
   *
   * @param origins where each weight lies, by the name that the network uses
   * @param type the number format to compute in: float32 or bfloat16
   * @throws dev.sdlora.api.error.TensorFileException if a file cannot be read or has changed
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
    return new LiveWeights(loader, new WeightTensors(torch, loader, type, origins, packings));
  }

  /**
   * Reads the weights into memory, unless they are there: straight into their format and layout, so
   * that beside them there is never more than one weight for each thread. None of them is patched
   * then. When it fails, none is in memory.
   *
   * @throws dev.sdlora.api.error.TensorFileException if a file cannot be read or has changed
   */
  public void read() {
    if (isInMemory()) {
      return;
    }
    try (OpenFiles files = new OpenFiles()) {
      tensors.makeRoom();
      Rewriting reading = new Rewriting(tensors, files);
      tensors.origins().keySet().forEach(reading::add);
      reading.run();
      tensors.complete();
    } catch (RuntimeException | Error e) {
      free();
      throw e;
    }
    if (isPacked()) {
      Natives.returnFreedMemory();
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
    patched.clear();
    tensors.free();
  }

  /** Whether they are in memory. */
  public boolean isInMemory() {
    return tensors.areThere();
  }

  /**
   * The weights as programs take them.
   *
   * @throws IllegalStateException if they are not in memory
   */
  public TensorDict dict() {
    return tensors.dict();
  }

  /** The shapes of all weights by name. */
  public Map<String, List<Long>> shapes() {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    tensors.origins().forEach((name, origin) -> shapes.put(name, origin.shape()));
    return shapes;
  }

  /** The number format that they are in. */
  public ScalarType type() {
    return tensors.type();
  }

  /** Whether some are in the layout of the kernels that use them. */
  public boolean isPacked() {
    return tensors.isPacked();
  }

  /** How many numbers they are. */
  public long size() {
    return tensors.origins().values().stream().mapToLong(origin -> origin.entry().elements()).sum();
  }

  /** The bytes that they take in memory. */
  public long bytes() {
    return type().bytes() * (size() + tensors.repeated());
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
    return tensors.origins().containsKey(name);
  }

  /** Where the original values of all weights lie, by their names. */
  public Map<String, Origin> origins() {
    return Collections.unmodifiableMap(tensors.origins());
  }

  /**
   * Where the original values of a weight lie.
   *
   * @throws java.util.NoSuchElementException if there is no such weight
   */
  public Origin origin(String name) {
    return tensors.origin(name);
  }

  /**
   * The tensors that are the dictionary's, by the names that programs know; opaque where weights
   * are packed. Those that are packed are others after each patch.
   *
   * @throws IllegalStateException if the weights are not in memory
   */
  public Map<String, NDArray> entries() {
    return tensors.entries();
  }

  /** A copy of the values that a weight has at the moment. */
  public float[] values(String name) {
    return tensors.values(name);
  }

  /** Starts an operation that changes weights. The caller closes it. */
  public Writer writer() {
    return new Writer();
  }

  /** Frees the dictionary; the tensors go with their owner. */
  @Override
  public void close() {
    tensors.closeDict();
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
     * @throws dev.sdlora.api.error.TensorFileException if the file has changed since it was opened,
     *     and then nothing is written; or if it cannot be read, and then what may have been written
     *     is in {@link #patched()}
     */
    public void patch(Map<String, List<LowRank>> changes) {
      Rewriting rewriting = new Rewriting(tensors, files);
      changes.forEach(rewriting::add);
      changes.keySet().forEach(this::mark);
      rewriting.run();
    }

    /**
     * Makes a weight what the file says plus a change, {@code W = round(W0 + Δ)}, summed in float32
     * and rounded once.
     *
     * @param delta float32, as many numbers as the weight, all finite
     * @throws dev.sdlora.api.error.TensorFileException if the file has changed since it was opened,
     *     and then nothing is written; or if it cannot be read, and then what may have been written
     *     is in {@link #patched()}
     */
    public void patch(String name, NDArray delta) {
      Rewriting rewriting = new Rewriting(tensors, files);
      rewriting.add(name, delta);
      mark(name);
      rewriting.run();
    }

    /**
     * What the file says of a weight, as float32.
     *
     * @param scope the manager that will own it, unless it is the weight itself; not to be changed
     * @throws dev.sdlora.api.error.TensorFileException if the file is needed and has changed
     */
    public NDArray original(String name, NDManager scope) {
      if (type() == ScalarType.FLOAT32 && !patched.contains(name) && !tensors.isPacked(name)) {
        return tensors.plain(name);
      }
      Origin origin = tensors.origin(name);
      return loader.load(
          files.of(origin.file()), origin.entry(), origin.shape(), ScalarType.FLOAT32, scope);
    }

    /**
     * Puts weights back to what the file says; those that were not changed are left alone.
     *
     * @throws dev.sdlora.api.error.TensorFileException if the file has changed since it was opened;
     *     the weights then stay in {@link #patched()}
     */
    public void restore(Collection<String> names) {
      List<String> changed = names.stream().filter(patched::contains).toList();
      Rewriting rewriting = new Rewriting(tensors, files);
      changed.forEach(rewriting::add);
      rewriting.run();
      writes += changed.size();
      changed.forEach(patched::remove);
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
