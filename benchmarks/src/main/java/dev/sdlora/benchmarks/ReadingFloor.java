package dev.sdlora.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * The minimum cost of loading weights: reads bytes of a file as float16 numbers, in pieces with one
 * thread per processor, and converts them to new memory.
 */
final class ReadingFloor {
  private static final int PIECE = 1 << 20;

  private final Torch torch;
  private final Program program;

  ReadingFloor(Torch torch) {
    this.torch = torch;
    this.program = Program.load(torch, ReadingFloor.class, "floor.torchscript.py");
  }

  /**
   * Reads the first bytes of a file.
   *
   * @param bytes the number of bytes, of which the last million may be left out; more are limited
   *     to the size of the file
   * @param type the dtype in memory; float16 copies
   * @return the seconds that it took
   */
  double seconds(Path path, long bytes, ScalarType type) throws IOException {
    long start = System.nanoTime();
    try (FileChannel file = FileChannel.open(path);
        NDManager scope = torch.scope();
        NDArray here = scope.create(0f)) {
      long length = Math.min(bytes, file.size()) / PIECE * PIECE;
      NDArray target =
          program.call("room").tensor(here).integer(length / 2).integer(type.code()).run(scope);
      AtomicLong next = new AtomicLong();
      int threads = Runtime.getRuntime().availableProcessors();
      List<Thread> helpers =
          IntStream.range(0, threads)
              .mapToObj(i -> new Thread(() -> convert(file, length, next, target)))
              .toList();
      helpers.forEach(Thread::start);
      helpers.forEach(ReadingFloor::await);
      return (System.nanoTime() - start) / 1e9;
    }
  }

  private void convert(FileChannel file, long length, AtomicLong next, NDArray target) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(PIECE).order(ByteOrder.nativeOrder());
    try (NDManager scope = torch.scope()) {
      for (long at = next.getAndAdd(PIECE); at < length; at = next.getAndAdd(PIECE)) {
        buffer.clear();
        while (buffer.hasRemaining()) {
          file.read(buffer, at + buffer.position());
        }
        try (NDArray stored = scope.create(buffer.flip(), new Shape(PIECE / 2), DataType.FLOAT16)) {
          program.call("convert").tensor(target).integer(at / 2).tensor(stored).run(scope).close();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void await(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
