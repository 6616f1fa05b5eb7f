package dev.sdlora.tensors.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.sdlora.api.TensorFileException;
import dev.sdlora.tensors.file.DType;
import dev.sdlora.tensors.file.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Brings tensors from files into native memory, converting their number format there. Keeps one
 * transfer buffer, so not safe for several threads.
 */
public final class TensorLoader {
  private final Torch torch;
  private final Program program;
  private ByteBuffer transfer = buffer(1 << 16);

  /** A loader for tensors of one owner. */
  public TensorLoader(Torch torch) {
    this.torch = torch;
    this.program =
        Program.load(
            torch, TensorLoader.class, "weights.torchscript.py", "weights_parts.torchscript.py");
  }

  Program program() {
    return program;
  }

  /**
   * Reads a tensor.
   *
   * @param reader the open file
   * @param entry the tensor in it
   * @param shape the shape to give it, with as many elements
   * @param type the number format to give it
   * @param scope the manager that will own it
   */
  public NDArray load(
      TensorFile.Reader reader,
      TensorEntry entry,
      List<Long> shape,
      ScalarType type,
      NDManager scope) {
    try (NDArray stored = transfer(reader, entry)) {
      return program
          .call("load")
          .tensor(stored)
          .integer(hiddenFormat(entry.dtype()))
          .integers(shape.stream().mapToLong(Long::longValue).toArray())
          .integer(type.code())
          .run(scope);
    }
  }

  /** Overwrites a tensor with values from a file, giving it the very values of a first load. */
  void fill(NDArray target, TensorFile.Reader reader, TensorEntry entry) {
    try (NDArray stored = transfer(reader, entry);
        NDManager scope = torch.scope()) {
      program
          .call("fill")
          .tensor(target)
          .tensor(stored)
          .integer(hiddenFormat(entry.dtype()))
          .run(scope);
    }
  }

  /** Whether a tensor holds neither NaN nor infinity. */
  public boolean isFinite(NDArray tensor) {
    try (NDManager scope = torch.scope()) {
      return program.call("finite").tensor(tensor).run(scope).getBoolean();
    }
  }

  /**
   * The stored values of a tensor in a row, in the transfer buffer until the next call; as bytes
   * where DJL has no name for the format.
   */
  private NDArray transfer(TensorFile.Reader reader, TensorEntry entry) {
    if (entry.byteLength() > Integer.MAX_VALUE) {
      throw new TensorFileException(
          "tensor '" + entry.name() + "' has " + entry.byteLength() + " bytes; 2 GB is the most");
    }
    int length = (int) entry.byteLength();
    DataType stored = stored(entry.dtype());
    if (transfer.capacity() < length) {
      transfer = buffer(length);
    }
    ByteBuffer slice = transfer.slice(0, length).order(ByteOrder.nativeOrder());
    reader.read(entry, slice);
    return torch
        .manager()
        .create(slice.rewind(), new Shape(length / stored.getNumOfBytes()), stored);
  }

  private static ByteBuffer buffer(int capacity) {
    return ByteBuffer.allocateDirect(capacity).order(ByteOrder.nativeOrder());
  }

  /**
   * TorchScript's code of a format that travels as bytes, or -1. Naming these to DJL ends the JVM.
   */
  private static long hiddenFormat(DType dtype) {
    return switch (dtype) {
      case I16 -> 2;
      case BF16 -> ScalarType.BFLOAT16.code();
      default -> -1;
    };
  }

  private static DataType stored(DType dtype) {
    return switch (dtype) {
      case F64 -> DataType.FLOAT64;
      case F32 -> DataType.FLOAT32;
      case F16 -> DataType.FLOAT16;
      case I64 -> DataType.INT64;
      case I32 -> DataType.INT32;
      case I8 -> DataType.INT8;
      case U8, I16, BF16 -> DataType.UINT8;
      case BOOL -> DataType.BOOLEAN;
    };
  }
}
