package dev.sdlora.tensors.natives;

import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import com.sun.jna.ptr.PointerByReference;

/**
 * The name and the memory of a GPU, as NVIDIA's driver reports them. Memory that libtorch keeps for
 * its next tensors is not free.
 *
 * @param name the product's name
 * @param free bytes that no process uses
 * @param total bytes of the GPU
 */
public record NvidiaGpu(String name, long free, long total) {
  private static final int LONGEST_NAME = 256;

  /**
   * Asks the driver, in the context that libtorch uses too.
   *
   * @param index the number of the GPU, from 0
   * @throws IllegalStateException if the driver is missing or refuses
   */
  public static NvidiaGpu of(int index) {
    try {
      NativeLibrary driver = NativeLibrary.getInstance(NvidiaDriver.LIBRARY);
      call(driver, "cuInit", 0);
      IntByReference device = new IntByReference();
      call(driver, "cuDeviceGet", device, index);
      byte[] name = new byte[LONGEST_NAME];
      call(driver, "cuDeviceGetName", name, name.length, device.getValue());
      PointerByReference context = new PointerByReference();
      call(driver, "cuDevicePrimaryCtxRetain", context, device.getValue());
      try {
        call(driver, "cuCtxPushCurrent_v2", context.getValue());
        LongByReference free = new LongByReference();
        LongByReference total = new LongByReference();
        try {
          call(driver, "cuMemGetInfo_v2", free, total);
        } finally {
          call(driver, "cuCtxPopCurrent_v2", new PointerByReference(Pointer.NULL));
        }
        return new NvidiaGpu(com.sun.jna.Native.toString(name), free.getValue(), total.getValue());
      } finally {
        call(driver, "cuDevicePrimaryCtxRelease_v2", device.getValue());
      }
    } catch (LinkageError e) {
      throw new IllegalStateException(NvidiaDriver.find(0).finding(), e);
    }
  }

  private static void call(NativeLibrary driver, String function, Object... arguments) {
    int failure = driver.getFunction(function).invokeInt(arguments);
    if (failure != 0) {
      throw new IllegalStateException(
          "NVIDIA's driver reports error " + failure + " in " + function);
    }
  }
}
