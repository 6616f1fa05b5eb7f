package dev.sdlora.tensors.natives;

import ai.djl.util.ClassLoaderUtils;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.Collections;
import java.util.List;
import java.util.Properties;

/**
 * Keeps DJL from loading the system's CUDA runtime if the libtorch on the class path is for CPUs
 * only. If that runtime has no driver, DJL would log a warning four times.
 */
final class Cuda {
  private static final String FORK = "ai.djl.util.cuda.fork";

  private Cuda() {}

  /** Must be called before DJL's first class that uses CUDA. */
  static void ignoreIfUnused() {
    if (onlyForProcessors()) {
      ignore();
    }
  }

  /** Must be called before DJL's first class that uses CUDA. */
  static void ignore() {
    String before = System.getProperty(FORK);
    // With this property DJL loads nothing itself, because a separate process would do so. It reads
    // the property again at every query, so no process is started.
    System.setProperty(FORK, "true");
    try {
      Class.forName("ai.djl.util.cuda.CudaUtils", true, ClassLoaderUtils.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("ai.djl:api on the class path has no class for CUDA", e);
    } finally {
      if (before == null) {
        System.clearProperty(FORK);
      } else {
        System.setProperty(FORK, before);
      }
    }
  }

  /** Whether all of DJL's libtorch on the class path, at least one, is for CPUs only. */
  static boolean onlyForProcessors() {
    try {
      List<URL> natives =
          Collections.list(
              ClassLoaderUtils.getContextClassLoader()
                  .getResources("native/lib/pytorch.properties"));
      for (URL url : natives) {
        Properties properties = new Properties();
        try (InputStream in = url.openStream()) {
          properties.load(in);
        }
        if (!"cpu".equals(properties.getProperty("flavor"))) {
          return false;
        }
      }
      return !natives.isEmpty();
    } catch (IOException e) {
      throw new IllegalStateException("the class path's libtorch cannot be read: " + e, e);
    }
  }
}
