package dev.sdlora.tensors.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Reads tensors from files into native memory and converts their dtype there. Keeps one transfer
 * buffer, and is therefore not thread-safe.
 */
public final class TensorLoader {
  /** The number of elements that stay in a core's cache during processing. */
  static final long BLOCK_ELEMENTS = 1 << 18;

  private final Torch torch;
  private final Program program;
  private ByteBuffer transfer = buffer(1 << 16);

  /** Creates a loader for tensors of one owner. */
  public TensorLoader(Torch torch) {
    this.torch = torch;
    this.program =
        Program.load(
            torch, TensorLoader.class, "weights.torchscript.py", "weights_parts.torchscript.py");
  }

  Torch torch() {
    return torch;
  }

  Program program() {
    return program;
  }

  /**
   * Reads a tensor.
   *
   * @param reader the open file
   * @param entry the tensor in it
   * @param shape the shape of the result, with as many elements as the entry
   * @param type the dtype of the result
   * @param scope the manager that will own the result
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

  /** Returns an uninitialized tensor. */
  NDArray room(List<Long> shape, ScalarType type, NDManager scope) {
    try (NDArray here = scope.create(0f)) {
      return program
          .call("room")
          .tensor(here)
          .integers(shape.stream().mapToLong(Long::longValue).toArray())
          .integer(type.code())
          .run(scope);
    }
  }

  /** Returns the first elements of a one-dimensional tensor in another shape. */
  NDArray part(NDArray row, List<Long> shape, NDManager scope) {
    return program
        .call("part")
        .tensor(row)
        .integers(shape.stream().mapToLong(Long::longValue).toArray())
        .run(scope);
  }

  /**
   * Returns the first elements in the shape of a convolution kernel, [out, in, k, k], with the
   * inputs last in memory.
   */
  NDArray kernelPart(NDArray row, List<Long> shape, NDManager scope) {
    return program
        .call("kernel_part")
        .tensor(row)
        .integers(shape.stream().mapToLong(Long::longValue).toArray())
        .run(scope);
  }

  /**
   * A tensor of a file and the shape of the result, with as many elements.
   *
   * @param entry the tensor
   * @param shape the shape
   */
  public record Wanted(TensorEntry entry, List<Long> shape) {}

  /**
   * Reads several tensors with one engine call for each dtype among them; for small ones a call
   * costs more than their bytes.
   *
   * @param reader the open file
   * @param wanted tensors in it, with less than 2 GB in total
   * @param scope the manager that will own them
   * @return the tensors as float32 in this order, and the largest magnitude in all of them
   */
  public Loaded loadAll(TensorFile.Reader reader, List<Wanted> wanted, NDManager scope) {
    Map<DType, List<Integer>> places = new EnumMap<>(DType.class);
    for (int i = 0; i < wanted.size(); i++) {
      DType dtype = wanted.get(i).entry().dtype();
      places.computeIfAbsent(dtype, format -> new ArrayList<>()).add(i);
    }
    NDArray[] tensors = new NDArray[wanted.size()];
    float largest = 0;
    for (Map.Entry<DType, List<Integer>> format : places.entrySet()) {
      List<Wanted> some = format.getValue().stream().map(wanted::get).toList();
      List<NDArray> loaded = loadAlike(reader, format.getKey(), some, scope);
      for (int i = 0; i < some.size(); i++) {
        tensors[format.getValue().get(i)] = loaded.get(i);
      }
      // Unlike Float.compare, max propagates NaN.
      largest = Math.max(largest, loaded.get(some.size()).getFloat());
    }
    return new Loaded(List.of(tensors), largest);
  }

  /**
   * Several tensors.
   *
   * @param tensors float32
   * @param largest the largest magnitude in all of them; NaN if one contains NaN, 0 if there are
   *     none
   */
  public record Loaded(List<NDArray> tensors, float largest) {}

  private List<NDArray> loadAlike(
      TensorFile.Reader reader, DType dtype, List<Wanted> wanted, NDManager scope) {
    ByteBuffer bytes = room(wanted.stream().mapToLong(w -> w.entry().byteLength()).sum());
    wanted.forEach(each -> reader.read(each.entry(), bytes));
    Shape length = new Shape(bytes.limit());
    try (NDArray stored = torch.manager().create(bytes.rewind(), length, DataType.UINT8)) {
      return program
          .call("load_all")
          .tensor(stored)
          .integer(code(dtype))
          .integers(wanted.stream().mapToLong(w -> w.entry().elements()).toArray())
          .integers(wanted.stream().mapToLong(w -> w.shape().size()).toArray())
          .integers(
              wanted.stream().flatMap(w -> w.shape().stream()).mapToLong(Long::longValue).toArray())
          .runForList(scope);
    }
  }

  /** Returns the transfer buffer from 0 to the given length. */
  ByteBuffer room(long length) {
    if (length > Integer.MAX_VALUE) {
      throw new TensorFileException(
          "tensors of " + length + " bytes at once exceed the limit of 2 GB");
    }
    if (transfer.capacity() < length) {
      transfer = buffer((int) length);
    }
    return transfer.slice(0, (int) length).order(ByteOrder.nativeOrder());
  }

  /**
   * Sets a tensor to the stored values plus a change, summed in float32 and rounded once, block by
   * block, so that the values read are still in the processor's cache when they are processed.
   *
   * @param target the tensor; its first dimension counts rows
   * @param block {@link #BLOCK_ELEMENTS} float32 elements that may be overwritten
   * @param scale the factor of the change
   * @param change nothing; or the change, as many float32 elements as the target; or its two
   *     factors, [rows, rank] and [rank, columns]
   */
  void rewrite(
      NDArray target,
      NDArray block,
      TensorFile.Reader reader,
      TensorEntry entry,
      double scale,
      NDArray... change) {
    if (entry.elements() == 0) {
      return;
    }
    long rows = target.getShape().dimension() == 0 ? 1 : target.getShape().get(0);
    long rowBytes = entry.byteLength() / rows;
    long rowsAtOnce = Math.max(1, BLOCK_ELEMENTS * entry.dtype().bytes() / rowBytes);
    DataType stored = stored(entry.dtype());
    try (NDManager scope = torch.scope()) {
      for (long first = 0; first < rows; first += rowsAtOnce) {
        ByteBuffer bytes = room(Math.min(rowsAtOnce, rows - first) * rowBytes);
        reader.read(entry, first * rowBytes, bytes);
        Shape shape = new Shape(bytes.limit() / stored.getNumOfBytes());
        program
            .call("write_rows")
            .tensor(target)
            .integer(first)
            .tensor(scope.create(bytes.rewind(), shape, stored))
            .integer(hiddenFormat(entry.dtype()))
            .list(change)
            .number(scale)
            .tensor(block)
            .run(scope);
      }
    }
  }

  /** Concatenates changes into one product. */
  LowRank stacked(List<LowRank> products, NDManager scope) {
    if (products.size() == 1) {
      return products.get(0);
    }
    List<NDArray> pair =
        program
            .call("stack")
            .list(products.stream().map(LowRank::up).toArray(NDArray[]::new))
            .list(products.stream().map(LowRank::down).toArray(NDArray[]::new))
            .numbers(products.stream().mapToDouble(LowRank::scale).toArray())
            .runForList(scope);
    return new LowRank(pair.get(0), pair.get(1), 1);
  }

  /** Whether a tensor contains neither NaN nor infinity. */
  public boolean isFinite(NDArray tensor) {
    try (NDManager scope = torch.scope()) {
      return program.call("finite").tensor(tensor).run(scope).getBoolean();
    }
  }

  /**
   * Returns the stored values of a tensor in one dimension, in the transfer buffer until the next
   * call; as bytes for dtypes that DJL does not support.
   */
  private NDArray transfer(TensorFile.Reader reader, TensorEntry entry) {
    if (entry.byteLength() > Integer.MAX_VALUE) {
      throw new TensorFileException(
          "tensor '"
              + entry.name()
              + "' has "
              + entry.byteLength()
              + " bytes, more than the limit of 2 GB",
          ErrorDetails.in(reader.file().path()).withTensor(entry.name()));
    }
    DataType stored = stored(entry.dtype());
    ByteBuffer bytes = room(entry.byteLength());
    reader.read(entry, bytes);
    return torch
        .manager()
        .create(bytes.rewind(), new Shape(bytes.limit() / stored.getNumOfBytes()), stored);
  }

  static ByteBuffer buffer(int capacity) {
    return ByteBuffer.allocateDirect(capacity).order(ByteOrder.nativeOrder());
  }

  /**
   * Returns the TorchScript code of a dtype that is passed as bytes, or -1. Passing these dtypes to
   * DJL crashes the JVM.
   */
  static long hiddenFormat(DType dtype) {
    return switch (dtype) {
      case I16, BF16, F8_E4M3, F8_E5M2 -> code(dtype);
      default -> -1;
    };
  }

  /** Returns the TorchScript code of a dtype. */
  private static long code(DType dtype) {
    return switch (dtype) {
      case U8 -> 0;
      case I8 -> 1;
      case I16 -> 2;
      case I32 -> 3;
      case I64 -> 4;
      case F16 -> 5;
      case F32 -> ScalarType.FLOAT32.code();
      case F64 -> 7;
      case BOOL -> 11;
      case F8_E5M2 -> 23;
      case F8_E4M3 -> 24;
      case BF16 -> ScalarType.BFLOAT16.code();
    };
  }

  static DataType stored(DType dtype) {
    return switch (dtype) {
      case F64 -> DataType.FLOAT64;
      case F32 -> DataType.FLOAT32;
      case F16 -> DataType.FLOAT16;
      case I64 -> DataType.INT64;
      case I32 -> DataType.INT32;
      case I8 -> DataType.INT8;
      case U8, I16, BF16, F8_E4M3, F8_E5M2 -> DataType.UINT8;
      case BOOL -> DataType.BOOLEAN;
    };
  }
}
