package dev.sdlora.tensors.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.OpenFiles;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Sets weights to their values in the file, plus a change if there is one. Each weight is read
 * block by block, widened to float32, changed, rounded once, and packed if required, all on one
 * thread. Loading, patching and restoring are all this operation, so the bits of a weight depend
 * only on its file and its change, never on earlier values.
 */
final class Rewriting {
  private static final IntFunction<NDArray[]> ARRAYS = NDArray[]::new;

  /** The maximum size of the buffers for weights that wait to be packed. */
  private static final long ROOM_BYTES = 1 << 28;

  /** A buffer this many times as large as needed is freed. */
  private static final int SPACIOUS = 4;

  private static final Comparator<Job> LARGEST_FIRST =
      Comparator.comparingLong((Job job) -> job.entry().elements())
          .reversed()
          .thenComparing(Job::name);

  private final WeightTensors tensors;
  private final OpenFiles files;
  private final Torch torch;
  private final List<Job> jobs = new ArrayList<>();

  /**
   * Creates an operation without weights.
   *
   * @param files opens files when weights are added
   */
  Rewriting(WeightTensors tensors, OpenFiles files) {
    this.tensors = tensors;
    this.files = files;
    this.torch = tensors.torch();
  }

  private record Job(
      String name,
      TensorFile.Reader reader,
      Origin origin,
      List<LowRank> products,
      Optional<NDArray> delta) {
    TensorEntry entry() {
      return origin.entry();
    }

    boolean changes() {
      return delta.isPresent() || !products.isEmpty();
    }
  }

  /** Adds a weight to be set to its values in the file. */
  void add(String name) {
    add(name, List.of(), Optional.empty());
  }

  /** Adds a weight to be set to its values in the file plus a sum of products. */
  void add(String name, List<LowRank> products) {
    add(name, products, Optional.empty());
  }

  /** Adds a weight to be set to its values in the file plus a float32 change of the same size. */
  void add(String name, NDArray delta) {
    add(name, List.of(), Optional.of(delta));
  }

  private void add(String name, List<LowRank> products, Optional<NDArray> delta) {
    Origin origin = tensors.origin(name);
    jobs.add(new Job(name, files.of(origin.file()), origin, products, delta));
  }

  /**
   * Writes all weights.
   *
   * @throws dev.sdlora.api.error.TensorFileException if a file cannot be read; each packed weight
   *     then has its old or its new values, others may have a mixture of both
   */
  void run() {
    // The largest come first: threads finish together, and buffers are needed while little is in
    // memory.
    jobs.sort(LARGEST_FIRST);
    WorkerThreads.work(jobs, threads(), Worker::new);
  }

  private int threads() {
    long room =
        jobs.stream()
            .filter(job -> tensors.isPacked(job.name()))
            .mapToLong(job -> tensors.type().bytes() * job.entry().elements())
            .findFirst()
            .orElse(1);
    return (int)
        Math.min(Runtime.getRuntime().availableProcessors(), Math.max(1, ROOM_BYTES / room));
  }

  private final class Worker implements WorkerThreads.Member<Job> {
    private final TensorLoader loader = new TensorLoader(torch);
    private final NDArray block =
        loader.room(List.of(TensorLoader.BLOCK_ELEMENTS), ScalarType.FLOAT32, torch.manager());
    private @Nullable NDArray room;

    @Override
    public void work(Job job) {
      if (tensors.formats().contains(job.name())) {
        if (job.changes()) {
          widen(job);
        } else {
          tensors.store(
              job.name(),
              tensors
                  .formats()
                  .load(job.name(), loader, job.reader(), job.origin(), torch.manager()));
        }
        return;
      }
      try (NDManager scope = torch.scope()) {
        NDArray target =
            tensors.isPacked(job.name()) ? part(job, scope) : tensors.plain(job.name());
        write(job, target, scope);
        if (tensors.isPacked(job.name())) {
          tensors.pack(job.name(), target, job.changes());
        }
      }
    }

    /** Holds a changed weight in the dtype of the computation: it is never rounded back. */
    private void widen(Job job) {
      try (NDManager scope = torch.scope()) {
        if (tensors.isWide(job.name())) {
          write(job, tensors.plain(job.name()), scope);
          return;
        }
        NDArray values = loader.room(job.origin().shape(), tensors.type(), scope);
        write(job, values, scope);
        values.attach(torch.manager());
        tensors.widen(job.name(), values);
      }
    }

    /**
     * Returns a buffer for a weight to be packed, in the order in which the packing operation reads
     * it.
     */
    private NDArray part(Job job, NDManager scope) {
      NDArray row = room(job.entry().elements());
      List<Long> shape = job.origin().shape();
      return tensors.isKernel(job.name())
          ? loader.kernelPart(row, shape, scope)
          : loader.part(row, shape, scope);
    }

    private void write(Job job, NDArray target, NDManager scope) {
      if (job.products().isEmpty()) {
        NDArray[] delta = job.delta().stream().toArray(ARRAYS);
        loader.rewrite(target, block, job.reader(), job.entry(), 1, delta);
      } else {
        LowRank sum = loader.stacked(job.products(), scope);
        loader.rewrite(target, block, job.reader(), job.entry(), sum.scale(), sum.up(), sum.down());
      }
    }

    /**
     * Returns a buffer that is reused for later weights, because new memory costs more than writing
     * to it.
     */
    private NDArray room(long elements) {
      NDArray known = room;
      if (known != null && known.size() >= elements && known.size() <= SPACIOUS * elements) {
        return known;
      }
      freeRoom();
      NDArray made = loader.room(List.of(elements), tensors.type(), torch.manager());
      room = made;
      return made;
    }

    @Override
    public void close() {
      freeRoom();
      block.close();
    }

    private void freeRoom() {
      NDArray known = room;
      room = null;
      if (known != null) {
        known.close();
      }
    }
  }
}
