package dev.sdlora.tensors.natives;

import ai.djl.util.Platform;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Settles what DJL would settle by itself when it starts: from where native code is loaded, that
 * nothing is downloaded, and how libtorch's threads wait. What the program around the library has
 * set, by a system property or in the environment, stays as it is.
 */
public final class Natives {
  private static final long BETWEEN_REGISTRATIONS = Duration.ofMillis(10).toNanos();

  private static boolean prepared;
  private static volatile boolean started;

  private Natives() {}

  /**
   * Makes the process ready for the start of libtorch; must come before DJL's first class. The
   * first call of a process unpacks the libraries, or compares what is unpacked with the class
   * path; later ones do nothing.
   *
   * @throws IllegalStateException if there is no libtorch for this platform on the class path, or
   *     the folder for it cannot be written or could be changed by other users
   */
  public static synchronized void prepare() {
    if (prepared) {
      return;
    }
    setDefault("OPT_OUT_TRACKING", "true");
    if (!isSet("DJL_OFFLINE") && !isSet("offline")) {
      setDefault("ai.djl.offline", "true");
    }
    Path cache = CacheFolder.choose();
    // JNA, by which DJL asks for CUDA, unpacks a library of its own.
    setDefault("jna.tmpdir", folderForJna(cache).toString());
    CLibrary.patientThreads();
    if (!isSet("PYTORCH_LIBRARY_PATH") && !isSet("PYTORCH_VERSION")) {
      if (!isSet("PYTORCH_FLAVOR")) {
        Cuda.ignoreIfUnused();
      }
      unpack(cache);
    } else {
      Ownership.requireOwn(cache.resolve("pytorch"));
    }
    if (!isSet("ENGINE_CACHE_DIR")) {
      System.setProperty("ENGINE_CACHE_DIR", cache.toString());
    }
    prepared = true;
  }

  /**
   * To be called once libtorch is loaded: from now on the process can end while native calls are
   * under way.
   */
  public static synchronized void started() {
    if (started) {
      return;
    }
    started = true;
    CLibrary.skipDestructors();
    try {
      Runtime.getRuntime().addShutdownHook(new Thread(Natives::ending, "sd-lora exit"));
    } catch (IllegalStateException e) {
      // The JVM is ending already.
      ending();
    }
  }

  /**
   * To be called after the first computation of each kind, which registers destructors of its own.
   * Covers {@link Runtime#halt}; other ways to end the JVM run shutdown hooks.
   */
  public static void computed() {
    CLibrary.skipDestructors();
  }

  /**
   * Registers until the process is gone, because native calls go on computing while shutdown hooks
   * run.
   */
  private static void ending() {
    CLibrary.skipDestructors();
    Thread thread =
        new Thread(
            () -> {
              while (true) {
                LockSupport.parkNanos(BETWEEN_REGISTRATIONS);
                CLibrary.skipDestructors();
              }
            },
            "sd-lora exit handler");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * From now on Ctrl-C and {@code kill} end the process at once, as if no JVM were there. For a
   * program that is ending: the JVM would ignore them. Does nothing before libtorch is loaded, and
   * on Windows.
   */
  public static void endAtNextSignal() {
    if (started) {
      CLibrary.endAtNextSignal();
    }
  }

  /**
   * Returns the bytes that native code of this process has allocated and not freed; empty where the
   * C library does not count them.
   */
  public static OptionalLong allocatedBytes() {
    return CLibrary.allocatedBytes();
  }

  /** Hands native memory that has been freed back to the system, where that can be asked for. */
  public static void returnFreedMemory() {
    CLibrary.trim();
  }

  private static void unpack(Path cache) {
    Platform platform = Platform.detectPlatform("pytorch");
    if (!platform.isPlaceholder()) {
      List<Library> libraries = Library.of(platform);
      String name =
          platform.getVersion() + '-' + platform.getFlavor() + '-' + platform.getClassifier();
      new LibraryFolder(cache.resolve("pytorch").resolve(name), libraries).bringUpToDate();
    } else if (Boolean.parseBoolean(Settings.value("DJL_OFFLINE", "ai.djl.offline").orElse(""))) {
      throw new IllegalStateException(
          "there is no libtorch for "
              + platform.getClassifier()
              + " on the class path; add ai.djl.pytorch:pytorch-native-cpu:"
              + platform.getVersion()
              + " with the classifier "
              + platform.getClassifier());
    }
  }

  private static Path folderForJna(Path cache) {
    if (Files.isWritable(cache)) {
      Path folder = cache.resolve("jna");
      Ownership.createOwn(folder);
      return folder;
    }
    return PrivateFolder.get();
  }

  private static boolean isSet(String name) {
    return Settings.value(name, name).isPresent();
  }

  private static void setDefault(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
