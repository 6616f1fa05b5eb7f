package dev.sdlora.tensors.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.sdlora.tensors.file.StoredBytes;
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

  /** Reads a weight. */
  List<NDArray> load(
      StoredFormat format, TensorFile.Reader reader, StoredBytes stored, NDManager owner) {
    float[] factors = reader.factors(stored);
    try (NDManager scope = torch.scope()) {
      NDArray[] room =
          program
              .call("room")
              .tensor(scope.create(factors))
              .integer(format.code())
              .integer(stored.blocks())
              .runForList(scope)
              .toArray(NDArray[]::new);
      long most = TILE / stored.blockElements();
      for (long first = 0; first < stored.blocks(); first += most) {
        int blocks = (int) Math.min(most, stored.blocks() - first);
        ByteBuffer bytes = loader.room((long) blocks * stored.blockBytes());
        reader.blocks(stored, first, bytes);
        Shape shape = new Shape(blocks, stored.blockBytes());
        try (NDArray piece = scope.create(bytes.rewind(), shape, DataType.UINT8)) {
          program
              .call("fill")
              .list(room)
              .integer(format.code())
              .integer(first)
              .tensor(piece)
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
