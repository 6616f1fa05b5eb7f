package dev.sdlora.libtorch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrayAdapter;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.index.dim.NDIndexElement;
import ai.djl.ndarray.index.dim.NDIndexFixed;
import ai.djl.ndarray.index.dim.NDIndexSlice;
import ai.djl.ndarray.internal.NDArrayEx;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.lang.reflect.Proxy;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/** A tensor. Thread-safe as libtorch's: threads may read it together. */
class LibtorchArray extends NDArrayAdapter {
  private final AtomicReference<@Nullable Tensor> tensor;

  /** A buffer with the memory of the tensor. */
  @SuppressWarnings("unused") // Kept until the tensor is closed.
  private @Nullable Buffer memory;

  /**
   * Creates an array that owns a tensor.
   *
   * @param tensor a tensor that was {@linkplain Native#owned kept}
   * @param memory a buffer that must live as long, because the tensor is in its memory
   */
  LibtorchArray(LibtorchManager manager, Tensor tensor, @Nullable Buffer memory) {
    super(manager, manager, null, null, NDManager.nextUid());
    this.tensor = new AtomicReference<>(tensor);
    this.memory = memory;
    manager.attachInternal(getUid(), this);
  }

  /** Returns the tensor, which this array goes on to own. */
  Tensor tensor() {
    Tensor there = tensor.get();
    if (there == null) {
      throw new IllegalStateException("the array has been closed");
    }
    return there;
  }

  private static Tensor tensor(NDArray array) {
    return ((LibtorchArray) array).tensor();
  }

  private LibtorchArray map(Function<Tensor, Tensor> operation) {
    return ((LibtorchManager) manager).created(() -> operation.apply(tensor()));
  }

  @Override
  public void intern(NDArray replaced) {
    throw new UnsupportedOperationException("an array keeps its tensor");
  }

  @Override
  public void detach() {
    manager.detachInternal(getUid());
    manager = LibtorchManager.root();
  }

  @Override
  public void close() {
    Tensor there = tensor.getAndSet(null);
    if (there != null) {
      super.close();
      there.close();
      memory = null;
    }
  }

  @Override
  public Shape getShape() {
    if (shape == null) {
      Tensor there = tensor();
      shape = new Shape(LongStream.range(0, there.dim()).map(there::size).toArray());
    }
    return shape;
  }

  @Override
  public DataType getDataType() {
    if (dataType == null) {
      dataType = Types.of(tensor().scalar_type());
    }
    return dataType;
  }

  @Override
  public void setRequiresGradient(boolean required) {
    Native.call(() -> tensor().requires_grad_(required));
  }

  @Override
  public boolean hasGradient() {
    return tensor().requires_grad();
  }

  @Override
  public ByteBuffer toByteBuffer(boolean tryDirect) {
    return Native.call(
        () -> {
          ByteBuffer there = memory(tensor().detach().cpu().contiguous());
          ByteBuffer copy = ByteBuffer.allocate(there.remaining()).order(ByteOrder.nativeOrder());
          return copy.put(there).rewind();
        });
  }

  /** Returns the memory of a contiguous tensor on the processor. */
  static ByteBuffer memory(Tensor contiguous) {
    if (contiguous.nbytes() == 0) {
      return ByteBuffer.allocate(0);
    }
    return new BytePointer(contiguous.data_ptr())
        .capacity(contiguous.nbytes())
        .asByteBuffer()
        .order(ByteOrder.nativeOrder());
  }

  @Override
  public void set(Buffer data) {
    try (NDArray values = manager.create(data, getShape(), getDataType())) {
      Native.call(() -> tensor().copy_(tensor(values)));
    }
  }

  /** Integers, slices and whole dimensions; a view, without a copy. */
  @Override
  public NDArray get(NDManager owner, NDIndex index) {
    return ((LibtorchManager) owner)
        .created(
            () -> {
              Tensor part = tensor();
              int dimension = 0;
              for (NDIndexElement element : index.getIndices()) {
                if (element instanceof NDIndexFixed one) {
                  part = part.select(dimension, one.getIndex());
                } else {
                  part = element instanceof NDIndexSlice s ? slice(part, dimension, s) : part;
                  dimension++;
                }
              }
              return part;
            });
  }

  private static Tensor slice(Tensor whole, int dimension, NDIndexSlice slice) {
    return whole.slice(
        dimension,
        bound(slice.getMin()),
        bound(slice.getMax()),
        slice.getStep() == null ? 1 : slice.getStep());
  }

  private static LongOptional bound(@Nullable Long value) {
    return value == null ? new LongOptional() : new LongOptional(value);
  }

  @Override
  public NDArray reshape(Shape newShape) {
    return map(whole -> whole.reshape(newShape.getShape()));
  }

  @Override
  public NDArray duplicate() {
    return map(Tensor::clone);
  }

  @Override
  public NDArray stopGradient() {
    return map(Tensor::detach);
  }

  @Override
  public NDArray toType(DataType type, boolean copy) {
    return copy || type != getDataType() ? map(whole -> whole.to(Types.of(type))) : this;
  }

  @Override
  public NDArray add(NDArray other) {
    return map(whole -> whole.add(tensor(other)));
  }

  @Override
  public NDArray addi(NDArray other) {
    Native.call(() -> tensor().add_(tensor(other)));
    return this;
  }

  @Override
  public NDArray add(Number number) {
    return map(whole -> whole.add(scalar(number)));
  }

  @Override
  public NDArray mul(NDArray other) {
    return map(whole -> whole.mul(tensor(other)));
  }

  @Override
  public NDArray mul(Number number) {
    return map(whole -> whole.mul(scalar(number)));
  }

  @Override
  public NDArray div(Number number) {
    return map(whole -> whole.div(scalar(number)));
  }

  private static Scalar scalar(Number number) {
    return number instanceof Integer || number instanceof Long
        ? new Scalar(number.longValue())
        : new Scalar(number.doubleValue());
  }

  @Override
  public NDArray matMul(NDArray other) {
    return map(whole -> whole.matmul(tensor(other)));
  }

  @Override
  public NDArray abs() {
    return map(Tensor::abs);
  }

  @Override
  public NDArray neg() {
    return map(Tensor::neg);
  }

  @Override
  public NDArray max() {
    return map(Tensor::max);
  }

  @Override
  public NDArray min() {
    return map(Tensor::min);
  }

  @Override
  public NDArray softmax(int axis) {
    return map(whole -> whole.softmax(axis));
  }

  @Override
  public NDArray expandDims(int axis) {
    return map(whole -> whole.unsqueeze(axis));
  }

  @Override
  public NDArray tile(long[] repeats) {
    return map(whole -> whole.repeat(repeats));
  }

  /** Reverses the order of the dimensions. */
  @Override
  public NDArray transpose() {
    int dimensions = getShape().dimension();
    return map(
        whole ->
            whole.permute(LongStream.range(0, dimensions).map(i -> dimensions - 1 - i).toArray()));
  }

  @Override
  public NDArray zerosLike() {
    return map(torch::zeros_like);
  }

  @Override
  public NDList split(long sections, int axis) {
    return split(sizes(sections, axis), axis);
  }

  private long[] sizes(long sections, int axis) {
    long size = getShape().get(axis) / sections;
    return LongStream.range(1, sections).map(i -> i * size).toArray();
  }

  /** Splits before the given indices. */
  @Override
  public NDList split(long[] indices, int axis) {
    NDList parts = new NDList();
    for (int i = 0; i <= indices.length; i++) {
      long first = i == 0 ? 0 : indices[i - 1];
      long end = i == indices.length ? getShape().get(axis) : indices[i];
      parts.add(map(whole -> whole.narrow(axis, first, end - first)));
    }
    return parts;
  }

  /** Returns the operations that DJL's helpers for several arrays call. */
  @Override
  public NDArrayEx getNDArrayInternal() {
    return (NDArrayEx)
        Proxy.newProxyInstance(
            NDArrayEx.class.getClassLoader(),
            new Class<?>[] {NDArrayEx.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "concat" -> joined(arguments, torch::cat);
                  case "stack" -> joined(arguments, torch::stack);
                  default -> throw new UnsupportedOperationException(method.toString());
                });
  }

  /** A function that joins tensors along a dimension. */
  private interface Join {
    Tensor join(TensorVector tensors, long dimension);
  }

  private NDArray joined(Object[] arguments, Join join) {
    Tensor[] all =
        Stream.concat(Stream.of(this), ((NDList) arguments[0]).stream())
            .map(LibtorchArray::tensor)
            .toArray(Tensor[]::new);
    return map(first -> join.join(new TensorVector(all), (Integer) arguments[1]));
  }

  @Override
  public String toString() {
    return isReleased() ? "a closed array" : Arrays.toString(getShape().getShape()) + getDataType();
  }
}
