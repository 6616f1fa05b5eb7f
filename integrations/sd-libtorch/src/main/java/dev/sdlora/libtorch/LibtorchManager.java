package dev.sdlora.libtorch;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.BaseNDManager;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Supplier;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/** An owner of tensors on one device. Thread-safe as DJL's own. */
class LibtorchManager extends BaseNDManager {
  private static final Root ROOT = new Root();

  LibtorchManager(@Nullable NDManager parent, Device device) {
    super(parent, device);
  }

  /** Returns an owner that the caller closes. */
  static LibtorchManager on(Device device) {
    return ROOT.newSubManager(device);
  }

  /** Returns the manager of arrays without an owner. */
  static LibtorchManager root() {
    return ROOT;
  }

  /** The parent of all owners, which is never closed and records nothing. */
  private static final class Root extends LibtorchManager implements SystemNDManager {
    Root() {
      super(null, Device.cpu());
    }
  }

  @Override
  public LibtorchManager newSubManager(Device place) {
    return adopted(new LibtorchManager(this, place));
  }

  /** Closes a manager with this one. */
  <M extends LibtorchManager> M adopted(M manager) {
    attachUncappedInternal(manager.uid, manager);
    return manager;
  }

  @Override
  public Engine getEngine() {
    return EngineView.INSTANCE;
  }

  @Override
  public ByteBuffer allocateDirect(int capacity) {
    return ByteBuffer.allocateDirect(capacity).order(ByteOrder.nativeOrder());
  }

  @Override
  public NDArray from(NDArray array) {
    return array instanceof LibtorchArray
        ? array
        : create(array.toByteBuffer(), array.getShape(), array.getDataType());
  }

  /** Wraps a tensor that was {@linkplain Native#owned kept}. */
  LibtorchArray own(Tensor tensor) {
    return own(tensor, null);
  }

  /** Wraps a tensor in the memory of a buffer. */
  LibtorchArray own(Tensor tensor, @Nullable Buffer memory) {
    return new LibtorchArray(this, tensor, memory);
  }

  /** Runs calls that create a tensor. */
  LibtorchArray created(Supplier<Tensor> calls) {
    return own(Native.call(() -> Native.owned(calls.get())));
  }

  @Override
  public NDArray create(Shape shape, DataType type) {
    return created(() -> torch.empty(shape.getShape(), options(type), new MemoryFormatOptional()));
  }

  @Override
  public NDArray zeros(Shape shape, DataType type) {
    return created(() -> torch.zeros(shape.getShape(), options(type)));
  }

  @Override
  public NDArray ones(Shape shape, DataType type) {
    return created(() -> torch.ones(shape.getShape(), options(type)));
  }

  @Override
  public NDArray full(Shape shape, float value, DataType type) {
    return created(() -> torch.full(shape.getShape(), new Scalar(value), options(type)));
  }

  @Override
  public NDArray eye(int rows, int columns, int k, DataType type) {
    if (k != 0) {
      throw new UnsupportedOperationException("only the main diagonal is supported");
    }
    return created(() -> torch.eye(rows, columns, options(type)));
  }

  private TensorOptions options(DataType type) {
    return new TensorOptions(Types.of(type)).device(new DeviceOptional(Devices.of(getDevice())));
  }

  /** On a processor, the tensor is in the memory of a direct buffer, as with DJL's engine. */
  @Override
  public NDArray create(Buffer data, Shape shape, DataType type) {
    validateBuffer(data, type, Math.toIntExact(shape.size()));
    if (shape.size() == 0) {
      return create(shape, type);
    }
    boolean shared = data instanceof ByteBuffer && data.isDirect();
    Tensor tensor =
        Native.call(
            () -> {
              Tensor here =
                  shared
                      ? torch.from_blob(
                          new BytePointer((ByteBuffer) data),
                          shape.getShape(),
                          new TensorOptions(Types.of(type)))
                      : copied(data, shape, type);
              return Native.owned(
                  Devices.isCpu(getDevice())
                      ? here
                      : here.to(Devices.of(getDevice()), Types.of(type)));
            });
    return own(tensor, shared ? data : null);
  }

  private static Tensor copied(Buffer data, Shape shape, DataType type) {
    Tensor tensor =
        torch.empty(
            shape.getShape(), new TensorOptions(Types.of(type)), new MemoryFormatOptional());
    copyBuffer(data, LibtorchArray.memory(tensor));
    return tensor;
  }
}
