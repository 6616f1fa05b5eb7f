package dev.sdlora.tensors.torch;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.value.DeviceNames;
import dev.sdlora.tensors.natives.Natives;
import java.nio.FloatBuffer;
import java.util.Optional;

/**
 * An owner of native memory on one device: closing it frees the tensors that it created.
 * Short-lived tensors belong in a {@link #scope()}, opened in a {@code try} statement.
 *
 * <p>Thread-safe as long as threads work on different tensors.
 */
public final class Torch implements AutoCloseable {
  private final NDManager manager;

  private Torch(NDManager manager) {
    this.manager = manager;
  }

  /**
   * Starts libtorch on a thread of its own, so that the caller can do something else before it
   * opens an owner. If that fails, the next call of {@link #open} tries again and reports the
   * failure.
   */
  public static void startAhead() {
    EngineStart.ahead();
  }

  /**
   * Starts libtorch, on its first use in the process, and opens a device.
   *
   * @param device the name of the device: {@code cpu}, {@code gpu0}, {@code mps}; {@code auto} is
   *     the best one
   * @throws IllegalStateException if libtorch is not on the class path, or other users could change
   *     the folder to which it is unpacked
   * @throws StableDiffusionException if there is no such device, or libtorch does not support it
   */
  public static Torch open(String device) {
    String place =
        device.equals(DeviceNames.AUTO) ? Engines.device(Optional.empty(), device) : device;
    TorchEngine engine = Engines.with(place);
    try {
      return new Torch(EngineStart.engine().open(place));
    } catch (StableDiffusionException e) {
      throw e;
    } catch (RuntimeException | LinkageError e) {
      throw new IllegalStateException(
          "libtorch %s, cannot be started on device '%s': %s"
              .formatted(engine.libtorch(), place, reason(e)),
          e);
    }
  }

  /**
   * Returns libtorch's version, its flavour and its folder: {@code 2.7.1 (cpu) from the class path,
   * unpacked to ...}.
   */
  public static String libtorch() {
    return EngineStart.engine().libtorch();
  }

  /**
   * Returns the message of the innermost failure: that of the system's loader, which names files.
   */
  private static String reason(Throwable failure) {
    Throwable inner = failure;
    while (inner.getCause() != null) {
      inner = inner.getCause();
    }
    return String.valueOf(inner.getMessage());
  }

  /** Returns the number of threads that a native call of the current thread uses. */
  public static int threads() {
    return EngineStart.engine().threads();
  }

  /** Returns the name of the device: {@code cpu}, {@code gpu0}, {@code mps}. */
  public String device() {
    Device device = manager.getDevice();
    return device.isGpu() ? "gpu" + device.getDeviceId() : device.getDeviceType();
  }

  /** Returns the manager of tensors that live as long as this owner. */
  public NDManager manager() {
    return manager;
  }

  /** Returns a new manager of tensors that live until it, or this owner, is closed. */
  public NDManager scope() {
    return manager.newSubManager();
  }

  /**
   * Returns a new manager of tensors on the processor, wherever others are, for numbers that
   * programs read. They live as long as a manager.
   */
  public static NDManager onProcessor(NDManager manager) {
    return manager.newSubManager(Device.cpu());
  }

  /**
   * Creates an owner with a shorter life inside this one, for work that takes owners. Programs of
   * this owner work on its tensors. It is closed with this owner at the latest.
   */
  public Torch child() {
    return new Torch(manager.newSubManager());
  }

  /** Creates a float32 tensor with a copy of the values. */
  public static NDArray floats(NDManager scope, float[] values, long... shape) {
    return scope.create(FloatBuffer.wrap(values), new Shape(shape));
  }

  /** Returns the number of live native tensors of this owner. */
  public int liveArrays() {
    return manager.getManagedArrays().size();
  }

  /** Returns freed memory of the device, and of the process, to the system, where possible. */
  public void returnFreedMemory() {
    Natives.returnFreedMemory();
    if (!device().equals("cpu")) {
      EngineStart.engine().returnFreedMemory();
    }
  }

  /** Frees all tensors. Programs are kept for other owners. */
  @Override
  public void close() {
    manager.close();
  }
}
