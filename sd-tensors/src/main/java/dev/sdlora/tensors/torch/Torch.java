package dev.sdlora.tensors.torch;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.tensors.natives.Natives;
import java.nio.FloatBuffer;

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
   * @param device DJL's name of the device: {@code cpu}, {@code gpu0}
   * @throws IllegalStateException if libtorch is not on the class path, or other users could change
   *     the folder to which it is unpacked
   * @throws StableDiffusionException if there is no such device, or libtorch does not support it
   */
  public static Torch open(String device) {
    Natives.prepare();
    try {
      Engine engine = EngineStart.engine();
      Device place = Device.fromName(device, engine);
      requireThere(place, engine);
      return new Torch(engine.newBaseManager(place));
    } catch (StableDiffusionException e) {
      throw e;
    } catch (RuntimeException | LinkageError e) {
      throw new IllegalStateException(
          "libtorch %s, cannot be started on device '%s': %s"
              .formatted(Natives.libtorch(), device, reason(e)),
          e);
    }
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

  /** Checks the device in advance, because libtorch itself reports pages of internals. */
  private static void requireThere(Device place, Engine engine) {
    int there = Natives.gpus().orElseGet(engine::getGpuCount);
    if (place.isGpu() && place.getDeviceId() >= there) {
      throw new StableDiffusionException(
          "there is no GPU %s: libtorch %s, finds %s NVIDIA GPUs; %s"
              .formatted(place.getDeviceId(), Natives.libtorch(), there, Natives.gpuFinding()));
    }
  }

  /** Returns the number of threads that a native call of the current thread uses. */
  public int threads() {
    return JniUtils.getNumThreads();
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

  /** Frees all tensors. Programs are kept for other owners. */
  @Override
  public void close() {
    manager.close();
  }
}
