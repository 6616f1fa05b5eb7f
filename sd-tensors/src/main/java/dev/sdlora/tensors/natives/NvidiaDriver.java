package dev.sdlora.tensors.natives;

import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import com.sun.jna.ptr.IntByReference;

/**
 * Asks NVIDIA's driver for GPUs. DJL would ask CUDA's runtime under a name that only NVIDIA's
 * toolkit installs, and find none next to PyTorch's libraries.
 *
 * @param gpus the number of GPUs that this process may use
 * @param finding the driver's version or what is missing, as a clause
 */
public record NvidiaDriver(int gpus, String finding) {
  static final String LIBRARY = Platform.isWindows() ? "nvcuda" : "libcuda.so.1";

  /**
   * Loads the driver's library, if it is installed, and counts.
   *
   * @param cuda the first number of the version of CUDA that libtorch uses; a driver for an earlier
   *     one cannot run it
   */
  public static NvidiaDriver find(int cuda) {
    try {
      NativeLibrary driver = NativeLibrary.getInstance(LIBRARY);
      int failure = driver.getFunction("cuInit").invokeInt(new Object[] {0});
      if (failure != 0) {
        return new NvidiaDriver(0, "NVIDIA's driver reports error " + failure + " in cuInit");
      }
      IntByReference count = new IntByReference();
      driver.getFunction("cuDeviceGetCount").invokeInt(new Object[] {count});
      IntByReference version = new IntByReference();
      driver.getFunction("cuDriverGetVersion").invokeInt(new Object[] {version});
      int found = version.getValue();
      String finding =
          "NVIDIA's driver is for CUDA %s.%s".formatted(found / 1000, found % 1000 / 10);
      return found / 1000 < cuda
          ? new NvidiaDriver(0, finding + ", but libtorch needs " + cuda + ".0 or later")
          : new NvidiaDriver(count.getValue(), finding);
    } catch (LinkageError e) {
      return new NvidiaDriver(0, "NVIDIA's driver (" + LIBRARY + ") is not installed");
    }
  }
}
