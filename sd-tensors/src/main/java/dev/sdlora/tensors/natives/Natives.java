package dev.sdlora.tensors.natives;

import ai.djl.util.ClassLoaderUtils;
import ai.djl.util.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Makes the decisions that DJL would otherwise make at its start: the location of native code, no
 * downloads, and how libtorch's threads wait. System properties and environment variables set by
 * the surrounding program are kept.
 */
public final class Natives {
  private static final long BETWEEN_REGISTRATIONS = Duration.ofMillis(10).toNanos();

  private static boolean prepared;
  private static volatile boolean started;
  private static String libtorch = "not chosen yet";

  /** The first number of CUDA's version, if a named libtorch has CUDA. */
  private static OptionalInt cuda = OptionalInt.empty();

  private Natives() {}

  /**
   * Prepares the process for libtorch; must be called before the first use of a DJL class. The
   * first call of a process unpacks the libraries, or compares the unpacked ones with the class
   * path; later calls do nothing.
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
    Path cache = UnpackingFolder.choose();
    // JNA, which DJL uses to detect CUDA, unpacks a library of its own.
    setDefault("jna.tmpdir", folderForJna(cache).toString());
    CLibrary.patientThreads();
    Optional<NamedLibtorch> named = NamedLibtorch.find();
    if (named.isPresent()) {
      named.get().choose(cache);
      libtorch = named.get().description();
      LibtorchFolder folder = named.get().libtorch();
      cuda = folder.cuda() ? OptionalInt.of(folder.cudaMajor()) : OptionalInt.empty();
    } else if (!isSet("PYTORCH_LIBRARY_PATH") && !isSet("PYTORCH_VERSION")) {
      if (!isSet("PYTORCH_FLAVOR")) {
        Cuda.ignoreIfUnused();
      }
      unpack(cache);
    } else {
      Ownership.requireOwn(cache.resolve("pytorch"));
      libtorch = "as PYTORCH_LIBRARY_PATH or PYTORCH_VERSION choose it";
    }
    if (!isSet("ENGINE_CACHE_DIR")) {
      System.setProperty("ENGINE_CACHE_DIR", cache.toString());
    }
    prepared = true;
  }

  /**
   * Loads another binding to libtorch than DJL's, which unpacks its libraries itself: into a folder
   * that other users cannot change, one process at a time. A read-only folder must be complete.
   * Also sets how libtorch's threads wait.
   *
   * @param property the system property that names the binding's folder; kept if it is set
   * @param name the name of the folder, next to that of DJL
   * @param load unpacks and loads the libraries
   * @throws IllegalStateException if other users could change the folder or a file in it, or it
   *     cannot be written
   */
  public static synchronized void load(String property, String name, Runnable load) {
    Path cache = UnpackingFolder.choose();
    setDefault("jna.tmpdir", folderForJna(cache).toString());
    CLibrary.patientThreads();
    setDefault(property, cache.resolve(name).toString());
    Path folder = Path.of(System.getProperty(property)).toAbsolutePath();
    Ownership.createOwn(folder);
    ProcessLock.Work work =
        () -> {
          requireOwnFiles(folder);
          load.run();
        };
    try {
      if (Files.isWritable(folder)) {
        ProcessLock.holding(folder, work);
      } else {
        work.run();
      }
    } catch (IOException e) {
      throw new IllegalStateException(folder + " cannot be read or written: " + e, e);
    }
  }

  private static void requireOwnFiles(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      files.forEach(Ownership::requireOwn);
    }
  }

  /**
   * Whether DJL's libtorch is on the class path or in a folder that is named, or may be downloaded.
   */
  public static boolean isPresent() {
    return isNamed()
        || ClassLoaderUtils.getContextClassLoader().getResource("native/lib/pytorch.properties")
            != null
        || !EnvironmentSettings.value("DJL_OFFLINE", "ai.djl.offline")
            .or(() -> EnvironmentSettings.value("offline", "offline"))
            .map(Boolean::parseBoolean)
            .orElse(true);
  }

  /** Whether DJL's libtorch is on the class path, and has no CUDA. */
  public static boolean isOnlyForProcessors() {
    return !isNamed() && Cuda.onlyForProcessors();
  }

  private static boolean isNamed() {
    return NamedLibtorch.isNamed() || isSet("PYTORCH_LIBRARY_PATH") || isSet("PYTORCH_VERSION");
  }

  /**
   * Returns the version of libtorch, its flavour and the folder from which it is loaded: {@code
   * 2.7.1+cu128 (cu128) in /opt/torch/lib, named by SDLORA_NATIVES}. Valid once {@link #prepare}
   * has returned.
   */
  public static synchronized String libtorch() {
    return libtorch;
  }

  /**
   * Returns the number of GPUs that a libtorch with CUDA in a named folder can use, and what
   * NVIDIA's driver says of them; empty if DJL itself counts them, because libtorch comes from the
   * class path. The driver is asked anew at each call.
   */
  public static synchronized OptionalInt gpus() {
    return cuda.isPresent()
        ? OptionalInt.of(NvidiaDriver.find(cuda.getAsInt()).gpus())
        : OptionalInt.empty();
  }

  /** Returns the reason why there are not more GPUs, as a clause. */
  public static synchronized String gpuFinding() {
    return cuda.isPresent()
        ? NvidiaDriver.find(cuda.getAsInt()).finding()
        : "GPUs need NVIDIA's driver and a libtorch with CUDA, from the dependency"
            + " dev.sdlora:sd-libtorch or in a folder that SDLORA_NATIVES names";
  }

  /**
   * Must be called once libtorch is loaded: from then on the process can end during native calls.
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
      // The JVM is already shutting down.
      ending();
    }
  }

  /**
   * Must be called after the first computation of each kind, which registers further destructors.
   * Covers {@link Runtime#halt}; other ways to end the JVM run shutdown hooks.
   */
  public static void computed() {
    CLibrary.skipDestructors();
  }

  /**
   * Registers repeatedly until the process ends, because native calls continue while shutdown hooks
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
   * Makes Ctrl-C and {@code kill} end the process at once, as if there were no JVM. For a program
   * that is already shutting down, because the JVM would ignore them. Does nothing before libtorch
   * is loaded, and on Windows.
   */
  public static void endAtNextSignal() {
    if (started) {
      CLibrary.endAtNextSignal();
    }
  }

  /**
   * Returns the number of bytes that native code of this process has allocated and not freed; empty
   * if the C library does not count them.
   */
  public static OptionalLong allocatedBytes() {
    return CLibrary.allocatedBytes();
  }

  /**
   * Returns the number of bytes that native code of this process has freed but keeps for its next
   * allocations, as far as they are known to be in memory: those freed since {@link
   * #returnFreedMemory}; 0 if the C library does not count them.
   */
  public static long freedBytes() {
    return CLibrary.freedBytes();
  }

  /** Returns freed native memory to the system, where possible. */
  public static void returnFreedMemory() {
    CLibrary.trim();
  }

  private static void unpack(Path cache) {
    Platform platform = Platform.detectPlatform("pytorch");
    if (!platform.isPlaceholder()) {
      List<Library> libraries = Library.of(platform);
      String name =
          platform.getVersion() + '-' + platform.getFlavor() + '-' + platform.getClassifier();
      Path folder = cache.resolve("pytorch").resolve(name);
      new LibraryFolder(folder, libraries).bringUpToDate();
      libtorch =
          "%s (%s) from the class path, unpacked to %s"
              .formatted(platform.getVersion(), platform.getFlavor(), folder);
    } else if (Boolean.parseBoolean(
        EnvironmentSettings.value("DJL_OFFLINE", "ai.djl.offline").orElse(""))) {
      throw new IllegalStateException(
          "there is no libtorch for "
              + platform.getClassifier()
              + " on the class path; add ai.djl.pytorch:pytorch-native-cpu:"
              + platform.getVersion()
              + " with the classifier "
              + platform.getClassifier()
              + ", or name a folder with libtorch in SDLORA_NATIVES");
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
    return EnvironmentSettings.value(name, name).isPresent();
  }

  private static void setDefault(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
