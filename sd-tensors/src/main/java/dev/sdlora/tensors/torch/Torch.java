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
 * One owner of native memory on one device: what it made is freed when it closes. Short-lived
 * tensors go into a {@link #scope()}, used as the body of a {@code try}.
 *
 * <p>Safe for use by several threads as far as they work on different tensors.
 */
public final class Torch implements AutoCloseable {
  private final NDManager manager;

  private Torch(NDManager manager) {
    this.manager = manager;
  }

  /**
   * Starts libtorch on a thread of its own, so that the caller can do something else before it
   * opens an owner. When that fails, the next call of {@link #open} tries again and tells.
   */
  public static void startAhead() {
    EngineStart.ahead();
  }

  /**
   * Starts libtorch, on its first use in the process, and takes a device of it.
   *
   * @param device DJL's name of the device: {@code cpu}, {@code gpu0}
   * @throws IllegalStateException if libtorch is not on the class path, or the folder to unpack it
   *     to is not this user's own
   * @throws StableDiffusionException if there is no such device, or libtorch is not made for it
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
          "libtorch cannot be started on device '"
              + device
              + "'; the class path needs ai.djl.pytorch:pytorch-jni and"
              + " ai.djl.pytorch:pytorch-native-cpu with the classifier of this platform: "
              + e.getMessage(),
          e);
    }
  }

  /** Asked beforehand, because libtorch itself answers with pages of its inside. */
  private static void requireThere(Device place, Engine engine) {
    int there = engine.getGpuCount();
    if (place.isGpu() && place.getDeviceId() >= there) {
      throw new StableDiffusionException(
          "there is no GPU %s: libtorch %s finds %s NVIDIA GPUs; it needs NVIDIA's driver, and %s"
                  .formatted(
                      place.getDeviceId(),
                      engine.getVersion(),
                      there,
                      "ai.djl.pytorch:pytorch-native-cu128:" + engine.getVersion())
              + " with the classifier of this platform on the class path instead of"
              + " pytorch-native-cpu");
    }
  }

  /** How many threads a native call of the current thread uses. */
  public int threads() {
    return JniUtils.getNumThreads();
  }

  /** The manager of tensors that live as long as this owner. */
  public NDManager manager() {
    return manager;
  }

  /** A new manager for tensors that live until it is closed, at the latest until this closes. */
  public NDManager scope() {
    return manager.newSubManager();
  }

  /**
   * An owner inside this one, for work that takes owners and has a shorter life. Programs of this
   * one work on its tensors. It ends at the latest with this one.
   */
  public Torch child() {
    return new Torch(manager.newSubManager());
  }

  /** A float32 tensor with a copy of the values. */
  public static NDArray floats(NDManager scope, float[] values, long... shape) {
    return scope.create(FloatBuffer.wrap(values), new Shape(shape));
  }

  /** How many native tensors of this owner are alive. */
  public int liveArrays() {
    return manager.getManagedArrays().size();
  }

  /** Frees all tensors. Programs stay, for other owners. */
  @Override
  public void close() {
    manager.close();
  }
}
