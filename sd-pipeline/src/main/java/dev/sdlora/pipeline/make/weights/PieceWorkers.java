package dev.sdlora.pipeline.make.weights;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.pipeline.make.tensors.StoredTensor;
import dev.sdlora.tensors.file.OpenFiles;
import dev.sdlora.tensors.io.Cancellation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Reads and rounds tensors piece by piece on all cores, while the calling thread writes the pieces
 * in order. At most two pieces for each core are in memory. Use from one thread.
 */
final class PieceWorkers implements AutoCloseable {
  /** The number of values in a piece: whole blocks of every format. */
  private static final int PIECE = 1 << 18;

  private final OpenFiles files;
  private final ExecutorService workers;
  private final int window;

  PieceWorkers(OpenFiles files) {
    int cores = Runtime.getRuntime().availableProcessors();
    this.files = files;
    this.window = 2 * cores;
    this.workers =
        Executors.newFixedThreadPool(
            cores,
            task -> {
              Thread thread = new Thread(task, "sd-round");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** The values of a tensor. Safe for use by several threads. */
  @FunctionalInterface
  interface Values {
    /** Returns consecutive values. */
    float[] read(long first, int count);
  }

  /** Reads a tensor, whose files it opens here, because workers may only read what is open. */
  static Values stored(StoredTensor tensor, OpenFiles files) {
    tensor.pieces().forEach(piece -> files.of(piece.file()));
    return (first, count) -> tensor.floats(files, first, count);
  }

  /** Returns values in memory. */
  static Values held(float[] values) {
    return (first, count) -> Arrays.copyOfRange(values, (int) first, (int) first + count);
  }

  /** A piece as it is written, and how far it is from its source. */
  @SuppressWarnings("ArrayRecordComponent") // not compared
  private record Rounded(byte[] bytes, RoundingError error) {}

  /**
   * Writes a tensor.
   *
   * @param all its values, which may differ from those of its source
   * @return how far the written values are from these
   * @throws CheckpointException if a weight to quantise is NaN or infinite, or a value is too large
   *     for the format
   */
  RoundingError write(
      StoredTensor tensor, Values all, WeightEncoding encoding, WritableByteChannel channel)
      throws IOException {
    RoundingError[] sum = {RoundingError.NONE};
    run(
        tensor,
        all,
        (values, first) -> rounded(tensor, encoding, values, first),
        piece -> {
          channel.write(ByteBuffer.wrap(piece.bytes()));
          sum[0] = sum[0].plus(piece.error());
        });
    return sum[0];
  }

  private static Rounded rounded(
      StoredTensor tensor, WeightEncoding encoding, float[] values, long first) {
    byte[] bytes = encoding.encode(values, first);
    float[] written = encoding.decode(bytes, first, values.length);
    double squares = 0;
    double errors = 0;
    float largest = 0;
    float largestError = 0;
    for (int i = 0; i < values.length; i++) {
      float value = values[i];
      float error = written[i] - value;
      // Subtracting non-finite numbers gives NaN or infinity.
      if (!Float.isFinite(error)) {
        require(tensor, encoding, value);
        continue;
      }
      squares += (double) value * value;
      errors += (double) error * error;
      largest = Math.max(largest, Math.abs(value));
      largestError = Math.max(largestError, Math.abs(error));
    }
    return new Rounded(bytes, new RoundingError(squares, errors, largest, largestError));
  }

  private static void require(StoredTensor tensor, WeightEncoding encoding, float value) {
    String problem = "";
    if (Float.isFinite(value)) {
      problem =
          "%s, which is too large for %s or is in a block that is; expected smaller numbers, or a format with the range of bfloat16"
              .formatted(value, encoding.label());
    } else if (encoding.isQuantised()) {
      problem =
          "%s, which cannot be quantised to %s; the model is probably damaged"
              .formatted(value, encoding.label());
    }
    if (!problem.isEmpty()) {
      throw new CheckpointException(
          "tensor '%s' of '%s' has the weight %s"
              .formatted(tensor.name(), tensor.file().path(), problem),
          ErrorDetails.in(tensor.file().path()).withTensor(tensor.name()));
    }
  }

  /**
   * Returns the largest magnitude of each group of consecutive values.
   *
   * @param group the number of values in a group
   */
  float[] largest(StoredTensor tensor, Values all, long group) throws IOException {
    float[] largest = new float[Math.toIntExact(tensor.elements() / group)];
    run(
        tensor,
        all,
        (values, first) -> new Extremes(first, extremes(values, first, group)),
        found -> {
          int from = (int) (found.first() / group);
          for (int i = 0; i < found.largest().length; i++) {
            largest[from + i] = Math.max(largest[from + i], found.largest()[i]);
          }
        });
    return largest;
  }

  @SuppressWarnings("ArrayRecordComponent") // not compared
  private record Extremes(long first, float[] largest) {}

  private static float[] extremes(float[] values, long first, long group) {
    long from = first / group;
    float[] largest = new float[(int) ((first + values.length - 1) / group - from) + 1];
    for (int i = 0; i < values.length; i++) {
      int at = (int) ((first + i) / group - from);
      float magnitude = Math.abs(values[i]);
      // False for NaN, which is found when the weights are written.
      if (magnitude > largest[at]) {
        largest[at] = magnitude;
      }
    }
    return largest;
  }

  /** Returns the sum of the squared differences between a tensor and other values of it. */
  double squaredDistance(StoredTensor tensor, float[] others) throws IOException {
    double[] sum = new double[1];
    run(
        tensor,
        stored(tensor, files),
        (values, first) -> {
          double squares = 0;
          for (int i = 0; i < values.length; i++) {
            double difference = (double) others[(int) first + i] - values[i];
            squares += difference * difference;
          }
          return squares;
        },
        squares -> sum[0] += squares);
    return sum[0];
  }

  /** Computes something from the values of a piece. */
  private interface Step<T> {
    T of(float[] values, long first);
  }

  /** Receives the results in order. */
  private interface Sink<T> {
    void take(T result) throws IOException;
  }

  private <T> void run(StoredTensor tensor, Values all, Step<T> step, Sink<T> sink)
      throws IOException {
    Deque<Future<T>> pending = new ArrayDeque<>();
    long elements = tensor.elements();
    try {
      for (long first = 0; first < elements; first += PIECE) {
        long from = first;
        int count = (int) Math.min(PIECE, elements - first);
        pending.add(workers.submit(() -> step.of(all.read(from, count), from)));
        if (pending.size() == window) {
          sink.take(result(pending.remove()));
        }
      }
      while (!pending.isEmpty()) {
        sink.take(result(pending.remove()));
      }
    } finally {
      pending.forEach(future -> future.cancel(false));
    }
  }

  private static <T> T result(Future<T> future) throws IOException {
    Cancellation.check();
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      Cancellation.check();
      throw new CancellationException("interrupted");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new IOException(e.getCause());
    }
  }

  /** Waits for the pieces that are being read. */
  @Override
  public void close() {
    workers.shutdown();
    boolean interrupted = false;
    boolean done = false;
    while (!done) {
      try {
        done = workers.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
