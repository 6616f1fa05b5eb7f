package dev.sdlora.tensors.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.sdlora.tensors.entry.StoredBytes;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.Torch;
import java.nio.ByteBuffer;
import java.util.List;

/** Reads weights in a {@link StoredFormat} and lays them out for programs that widen them. */
final class StoredParts {
  /** The number of elements that are laid out, and widened, together. Programs contain it, too. */
  private static final int TILE = 1 << 19;

  private final TensorLoader loader;
  private final Torch torch;
  private final Program program;

  StoredParts(TensorLoader loader) {
    this.loader = loader;
    this.torch = loader.torch();
    this.program =
        Program.load(
            torch, StoredParts.class, "stored.torchscript.py", "stored_parts.torchscript.py");
  }

  /** A source of blocks. */
  interface Blocks {
    /** Fills a buffer with whole blocks, from one of them on. */
    void read(long first, ByteBuffer target);
  }

  /** Reads a weight. */
  List<NDArray> load(
      StoredFormat format, TensorFile.Reader reader, StoredBytes stored, NDManager owner) {
    Blocks blocks = (first, target) -> reader.blocks(stored, first, target);
    return load(
        format,
        blocks,
        stored.blocks(),
        stored.blockElements(),
        stored.blockBytes(),
        reader.factors(stored),
        owner);
  }

  /**
   * Lays out a weight.
   *
   * @param source its blocks
   * @param blocks their number
   * @param elements the number of elements in one
   * @param width the size of one in bytes
   * @param factors factors outside the blocks
   */
  List<NDArray> load(
      StoredFormat format,
      Blocks source,
      long blocks,
      int elements,
      int width,
      float[] factors,
      NDManager owner) {
    try (NDManager scope = torch.scope()) {
      NDArray[] room =
          program
              .call("room")
              .tensor(scope.create(factors))
              .integer(format.code())
              .integer(blocks)
              .runForList(scope)
              .toArray(NDArray[]::new);
      long most = TILE / elements;
      for (long first = 0; first < blocks; first += most) {
        int some = (int) Math.min(most, blocks - first);
        ByteBuffer bytes = loader.room((long) some * width);
        source.read(first, bytes);
        try (NDArray tile = scope.create(bytes.rewind(), new Shape(some, width), DataType.UINT8)) {
          program
              .call("fill")
              .list(room)
              .integer(format.code())
              .integer(first)
              .tensor(tile)
              .run(scope)
              .close();
        }
      }
      return program.call("parts").list(room).integer(format.code()).runForList(owner);
    }
  }

  /** Rounds float32 values. */
  List<NDArray> round(StoredFormat format, NDArray values, NDManager owner) {
    return program.call("rounded").tensor(values).integer(format.code()).runForList(owner);
  }
}
