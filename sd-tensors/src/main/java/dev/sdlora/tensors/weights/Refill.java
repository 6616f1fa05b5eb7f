package dev.sdlora.tensors.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.sdlora.tensors.file.DType;
import dev.sdlora.tensors.file.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.Torch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Gives tensors the values of a first load again. One thread for each processor reads a piece,
 * which stays in that processor's cache, and converts it: reading from the page cache is a copy,
 * and one thread copies slower than memory could.
 */
final class Refill {
  private static final int PIECE_BYTES = 1 << 20;

  private final Torch torch;
  private final Program program;
  private final List<Piece> pieces = new ArrayList<>();

  Refill(Torch torch, Program program) {
    this.torch = torch;
    this.program = program;
  }

  /** Some bytes of a stored tensor and where they go. */
  private record Piece(
      NDArray target,
      TensorFile.Reader reader,
      TensorEntry entry,
      float scale,
      long from,
      int length) {

    /**
     * Whether the bytes go into the tensor as they are, and its memory can be written from here.
     */
    boolean isCopy() {
      return entry.dtype() == DType.F32
          && target.getDataType() == DataType.FLOAT32
          && !target.getDevice().isGpu()
          && entry.byteLength() <= Integer.MAX_VALUE;
    }
  }

  /** Adds a tensor to those to be filled. */
  void add(NDArray target, TensorFile.Reader reader, TensorEntry entry) {
    float scale = reader.scale(entry);
    for (long from = 0; from < entry.byteLength(); from += PIECE_BYTES) {
      int length = (int) Math.min(PIECE_BYTES, entry.byteLength() - from);
      pieces.add(new Piece(target, reader, entry, scale, from, length));
    }
  }

  /**
   * Fills all.
   *
   * @throws dev.sdlora.api.TensorFileException if a file cannot be read; tensors then hold what
   *     they held or what they should, number by number
   */
  void run() {
    AtomicInteger next = new AtomicInteger();
    Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    List<Thread> helpers = new ArrayList<>();
    int threads = Math.min(Runtime.getRuntime().availableProcessors(), pieces.size());
    // The caller's own failure is the telling one: when it is interrupted, the others find the file
    // closed.
    Queue<Throwable> own = new ConcurrentLinkedQueue<>();
    try {
      for (int i = 1; i < threads; i++) {
        Thread helper = new Thread(() -> work(next, failures), "sd-lora-refill-" + i);
        helper.setDaemon(true);
        helper.start();
        helpers.add(helper);
      }
      work(next, own);
    } catch (OutOfMemoryError e) {
      // No thread could be started. Those that were must not write to tensors that are given back.
      own.add(e);
      next.set(pieces.size());
    }
    helpers.forEach(Refill::await);
    own.addAll(failures);
    Throwable failure = own.peek();
    if (failure instanceof RuntimeException e) {
      throw e;
    } else if (failure instanceof Error e) {
      throw e;
    }
  }

  private void work(AtomicInteger next, Queue<Throwable> failures) {
    try (NDManager scope = torch.scope()) {
      ByteBuffer buffer = TensorLoader.buffer(PIECE_BYTES);
      for (int i = next.getAndIncrement(); i < pieces.size(); i = next.getAndIncrement()) {
        fill(pieces.get(i), buffer, scope);
      }
    } catch (RuntimeException | Error e) {
      failures.add(e);
      next.set(pieces.size());
    }
  }

  private void fill(Piece piece, ByteBuffer buffer, NDManager scope) {
    if (piece.isCopy()) {
      // The file's bytes are the tensor's: no way round by a buffer.
      ByteBuffer memory = piece.target.toByteBuffer(true);
      piece.reader.read(
          piece.entry, piece.from, memory.slice(Math.toIntExact(piece.from), piece.length));
      return;
    }
    ByteBuffer bytes = buffer.slice(0, piece.length).order(ByteOrder.nativeOrder());
    piece.reader.read(piece.entry, piece.from, bytes);
    DataType stored = TensorLoader.stored(piece.entry.dtype());
    program
        .call("fill_part")
        .tensor(piece.target)
        .integer(piece.from / piece.entry.dtype().bytes())
        .tensor(
            scope.create(bytes.rewind(), new Shape(piece.length / stored.getNumOfBytes()), stored))
        .integer(TensorLoader.hiddenFormat(piece.entry.dtype()))
        .number(piece.scale)
        .run(scope);
  }

  /**
   * Waits for a thread. An interrupt is kept for later: the tensors must be left in peace first.
   */
  private static void await(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
