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
import java.util.Optional;
import java.util.Set;

/**
 * The weights of one network in native memory, and the only class that changes them. The checkpoint
 * file is the backup: a changed weight is restored by reading its original bytes again, which
 * restores it bit for bit and takes no extra memory.
 *
 * <p>Not thread-safe; programs may read the {@link #dict()} while no thread writes.
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
   * Reads weights. The loader's owner owns them.
   *
   * @param torch the owner
   * @param loader reads the tensors
   * @param origins the location of each weight, by its name in the network
   * @param type the dtype in which to compute: float32 or bfloat16
   * @throws dev.sdlora.api.error.TensorFileException if a file cannot be read or has changed
   */
  public static LiveWeights load(
      Torch torch, TensorLoader loader, Map<String, Origin> origins, ScalarType type) {
    return load(torch, loader, origins, type, Map.of());
  }

  /**
   * Reads weights, some of them in {@linkplain #unread the layout} of the kernels that use them.
   */
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

  /** Returns weights that have not been {@linkplain #read() read} yet. */
  public static LiveWeights unread(
      Torch torch, TensorLoader loader, Map<String, Origin> origins, ScalarType type) {
    return unread(torch, loader, origins, type, Map.of());
  }

  /**
   * Returns weights that have not been {@linkplain #read() read} yet, some of them in the layout of
   * the kernels that use them.
   *
   * @param torch the owner
   * @param loader reads the tensors
   * @param origins the location of each weight, by its name in the network
   * @param type the dtype in which to compute: float32 or bfloat16
   * @param packings layouts by the names of the weights; empty unless {@linkplain
   *     Packer#isSupported supported}
   */
  public static LiveWeights unread(
      Torch torch,
      TensorLoader loader,
      Map<String, Origin> origins,
      ScalarType type,
      Map<String, Packing> packings) {
    return unread(torch, loader, origins, type, packings, Map.of());
  }

  /**
   * Returns weights that have not been {@linkplain #read() read} yet, some of them kept in other
   * formats than the dtype of the computation. While such a weight is patched, it is held in that
   * dtype.
   *
   * @param torch the owner
   * @param loader reads the tensors
   * @param origins the location of each weight, by its name in the network
   * @param type the dtype in which to compute: float32 or bfloat16
   * @param packings layouts by the names of weights, as above
   * @param formats the formats of the weights to keep, by names that end with {@code .weight}; none
   *     of them packed
   */
  public static LiveWeights unread(
      Torch torch,
      TensorLoader loader,
      Map<String, Origin> origins,
      ScalarType type,
      Map<String, Packing> packings,
      Map<String, StoredFormat> formats) {
    return new LiveWeights(
        loader, new WeightTensors(torch, loader, type, origins, packings, formats));
  }

  /**
   * Reads the weights into memory unless they are there already: directly into their dtype and
   * layout, so that at most one additional weight per thread is in memory. Afterwards none is
   * patched. If this fails, no weight is in memory.
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
    if (isPacked() || isStored()) {
      Natives.returnFreedMemory();
    }
  }

  /**
   * Frees the memory. The weights can be {@linkplain #read() read} again, and then equal those of
   * the file.
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

  /** Whether the weights are in memory. */
  public boolean isInMemory() {
    return tensors.areThere();
  }

  /**
   * Returns the weights in the form that programs accept.
   *
   * @throws IllegalStateException if they are not in memory
   */
  public TensorDict dict() {
    return tensors.dict();
  }

  /** Returns the shapes of all weights by name. */
  public Map<String, List<Long>> shapes() {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    tensors.origins().forEach((name, origin) -> shapes.put(name, origin.shape()));
    return shapes;
  }

  /** Returns the dtype of the weights in memory. */
  public ScalarType type() {
    return tensors.type();
  }

  /** Whether some weights are in the layout of the kernels that use them. */
  public boolean isPacked() {
    return tensors.isPacked();
  }

  /** Whether some weights are kept in other formats than the dtype of the computation. */
  public boolean isStored() {
    return !tensors.formats().isEmpty();
  }

  /** Returns the format in which a weight is kept; empty for the dtype of the computation. */
  public Optional<StoredFormat> format(String name) {
    return tensors.formats().format(name);
  }

  /**
   * Returns the additional bytes that weights take while they are patched: those of other formats,
   * and those rounded to integers, are then held in the dtype of the computation.
   */
  public long patchedBytes(Collection<String> names) {
    long bytes = 0;
    for (String name : names) {
      Origin origin = origin(name);
      long elements = origin.entry().elements();
      Optional<StoredFormat> format = format(name);
      if (format.isPresent()) {
        bytes += type().bytes() * elements - format.get().bytes(origin);
      } else if (tensors.isRounded(name)) {
        bytes += (type().bytes() - 1) * elements;
      }
    }
    return bytes;
  }

  /**
   * Whether a weight without a change is kept in another format than the dtype of the computation,
   * or rounded to the 8-bit integers in which it is multiplied.
   */
  public boolean isReduced(String name) {
    return format(name).isPresent() || tensors.isRounded(name);
  }

  /** Whether some weights are rounded to 8-bit integers, in which they are multiplied. */
  public boolean isRounded() {
    return tensors.origins().keySet().stream().anyMatch(tensors::isRounded);
  }

  /**
   * Returns uninitialized memory in the dtype of the computation, in one dimension.
   *
   * @param elements the number of elements
   * @param scope the manager that will own the memory
   */
  public NDArray room(long elements, NDManager scope) {
    return loader.room(List.of(elements), type(), scope);
  }

  /** Returns the total number of elements. */
  public long size() {
    return tensors.origins().values().stream().mapToLong(origin -> origin.entry().elements()).sum();
  }

  /** Returns the bytes that the weights take in memory while they are not patched. */
  public long bytes() {
    return tensors.bytes() - tensors.saved();
  }

  /** Returns the names of the weights that currently may differ from the file. */
  public Set<String> patched() {
    return Set.copyOf(patched);
  }

  /** Returns how many times a weight has been patched or restored. */
  public long writes() {
    return writes;
  }

  /** Whether there is a weight with this name. */
  public boolean contains(String name) {
    return tensors.origins().containsKey(name);
  }

  /** Returns the locations of the original values of all weights, by name. */
  public Map<String, Origin> origins() {
    return Collections.unmodifiableMap(tensors.origins());
  }

  /**
   * Returns the location of the original values of a weight.
   *
   * @throws java.util.NoSuchElementException if there is no such weight
   */
  public Origin origin(String name) {
    return tensors.origin(name);
  }

  /**
   * Returns the tensors in the dictionary, by their names in programs; those of packed weights are
   * opaque, and are replaced at each patch.
   *
   * @throws IllegalStateException if the weights are not in memory
   */
  public Map<String, NDArray> entries() {
    return tensors.entries();
  }

  /** Returns a copy of the current values of a weight. */
  public float[] values(String name) {
    return tensors.values(name);
  }

  /** Starts an operation that changes weights. The caller closes it. */
  public Writer writer() {
    return new Writer();
  }

  /** Frees the dictionary; the owner frees the tensors. */
  @Override
  public void close() {
    tensors.closeDict();
  }

  /** One operation that changes weights, with the open files that it needs. */
  public final class Writer implements AutoCloseable {
    private final OpenFiles files = new OpenFiles();

    private Writer() {}

    /**
     * Sets weights to their values in the file plus changes, {@code W = round(W0 + Σ scale · up ·
     * down)}, summed in float32 and rounded once, in place. One call for many weights is faster
     * than many calls.
     *
     * @param changes at least one change for each weight, by name; all values finite
     * @throws dev.sdlora.api.error.TensorFileException if the file has changed since it was opened,
     *     in which case nothing is written; or if it cannot be read, in which case {@link
     *     #patched()} contains every weight that may have been written
     */
    public void patch(Map<String, List<LowRank>> changes) {
      Rewriting rewriting = new Rewriting(tensors, files);
      changes.forEach(rewriting::add);
      changes.keySet().forEach(this::mark);
      rewriting.run();
    }

    /**
     * Sets a weight to its values in the file plus a change, {@code W = round(W0 + Δ)}, summed in
     * float32 and rounded once.
     *
     * @param name the name of the weight
     * @param delta float32, with as many elements as the weight, all finite
     * @throws dev.sdlora.api.error.TensorFileException if the file has changed since it was opened,
     *     in which case nothing is written; or if it cannot be read, in which case {@link
     *     #patched()} contains the weight if it may have been written
     */
    public void patch(String name, NDArray delta) {
      Rewriting rewriting = new Rewriting(tensors, files);
      rewriting.add(name, delta);
      mark(name);
      rewriting.run();
    }

    /**
     * Returns the values of a weight in the file, as float32.
     *
     * @param name the name of the weight
     * @param scope the manager that will own the result, unless that is the weight itself; the
     *     result must not be changed
     * @throws dev.sdlora.api.error.TensorFileException if the file is needed and has changed
     */
    public NDArray original(String name, NDManager scope) {
      if (type() == ScalarType.FLOAT32
          && !patched.contains(name)
          && !tensors.isPacked(name)
          && !tensors.formats().contains(name)) {
        return tensors.plain(name);
      }
      Origin origin = tensors.origin(name);
      return loader.load(
          files.of(origin.file()), origin.entry(), origin.shape(), ScalarType.FLOAT32, scope);
    }

    /**
     * Restores weights to their values in the file; skips unchanged ones.
     *
     * @param names the names of the weights
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

    /** Records that a weight is about to be written. */
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
