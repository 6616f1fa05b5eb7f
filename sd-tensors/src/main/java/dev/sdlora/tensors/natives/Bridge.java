package dev.sdlora.tensors.natives;

import ai.djl.util.ClassLoaderUtils;
import ai.djl.util.Platform;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/**
 * DJL's JNI libraries on the class path (ai.djl.pytorch:pytorch-jni), which are compiled for one
 * version of libtorch, each for one platform and flavour.
 *
 * @param libtorch the version of libtorch
 * @param djl DJL's version
 */
record Bridge(String libtorch, String djl) {
  private static final String PROPERTIES = "jnilib/pytorch.properties";

  /** The flavours for which DJL has compiled bridges to this version. */
  private static final List<String> FLAVORS = List.of("cpu", "cu128");

  /** Reads what is on the class path. */
  static Bridge onClassPath() {
    Properties properties = new Properties();
    try {
      URL url = ClassLoaderUtils.getResource(PROPERTIES);
      if (url == null) {
        throw new IllegalStateException(
            "the class path has no " + PROPERTIES + "; add ai.djl.pytorch:pytorch-jni");
      }
      try (InputStream in = url.openStream()) {
        properties.load(in);
      }
    } catch (IOException e) {
      throw new IllegalStateException(
          "the class path's " + PROPERTIES + " cannot be read: " + e, e);
    }
    String version = properties.getProperty("jni_version", "");
    int dash = version.indexOf('-');
    if (dash < 0) {
      throw new IllegalStateException(
          "the class path's " + PROPERTIES + " has no jni_version but " + properties);
    }
    return new Bridge(version.substring(0, dash), version.substring(dash + 1));
  }

  /** Returns the flavours that exist for a platform. */
  static List<String> flavors(Platform platform) {
    List<String> there = new ArrayList<>();
    for (String flavor : FLAVORS) {
      if (find(platform, flavor).isPresent()) {
        there.add(flavor);
      }
    }
    return there;
  }

  /** Returns the library for a platform and flavour. */
  static Optional<URL> find(Platform platform, String flavor) {
    String resource = "jnilib/" + platform.getClassifier() + '/' + flavor + '/' + fileName();
    try {
      return Optional.ofNullable(ClassLoaderUtils.getResource(resource));
    } catch (IOException e) {
      throw new IllegalStateException("the class path's " + resource + " cannot be read: " + e, e);
    }
  }

  /** Returns the file name of the library, by which DJL also finds it next to libtorch. */
  static String fileName() {
    return System.mapLibraryName("djl_torch");
  }
}
