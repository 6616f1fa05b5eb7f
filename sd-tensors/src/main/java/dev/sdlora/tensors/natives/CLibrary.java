package dev.sdlora.tensors.natives;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls the C library for changes to the process that only it can make. Everything else also works
 * without them, on systems other than Linux or without JNA.
 */
final class CLibrary {
  /** Bytes of free blocks that the last {@link #trim} took out of memory. */
  private static volatile long freeWhenTrimmed;

  private static final Logger LOG = LoggerFactory.getLogger(CLibrary.class);
  private static final boolean LINUX = System.getProperty("os.name", "").startsWith("Linux");
  private static final boolean WINDOWS = System.getProperty("os.name", "").startsWith("Windows");
  private static final int SIGINT = 2;
  private static final int SIGTERM = 15;

  private CLibrary() {}

  /**
   * Makes libtorch's threads sleep while they wait for each other. By default they spin, and if
   * other processes compete for the processors, each keeps the processor busy that the other needs:
   * ten times as slow, or worse. Does nothing if the environment already sets the policy. The
   * OpenMP library reads the environment once, while it is loaded.
   */
  static void patientThreads() {
    Map<String, String> environment = System.getenv();
    if (!WINDOWS
        && !environment.containsKey("OMP_WAIT_POLICY")
        && !environment.containsKey("GOMP_SPINCOUNT")) {
      attempt(() -> call("setenv", "OMP_WAIT_POLICY", "passive", 0));
    }
  }

  /**
   * Makes the process exit without running the destructors that native libraries have registered so
   * far. Those of libtorch and oneDNN free what native calls on other threads still use, and the
   * JVM would report a crash. They register some when they are loaded and others when a kind of
   * computation first runs.
   */
  static void skipDestructors() {
    if (LINUX) {
      // The C library calls the last registered handler first, with the exit code.
      attempt(
          () -> call("on_exit", NativeLibrary.getInstance("c").getFunction("_exit"), Pointer.NULL));
    }
  }

  /**
   * Makes Ctrl-C and {@code kill} end the process at once, as in a program without signal handlers.
   * For a JVM that is already shutting down, which would ignore them.
   */
  static void endAtNextSignal() {
    if (!WINDOWS) {
      attempt(() -> call("signal", SIGINT, Pointer.NULL));
      attempt(() -> call("signal", SIGTERM, Pointer.NULL));
    }
  }

  /**
   * Returns freed memory to the system. The C library keeps the gaps between blocks in use, some
   * gigabytes for a model.
   */
  static void trim() {
    if (LINUX) {
      attempt(() -> call("malloc_trim", 0L));
      freeWhenTrimmed = mallocInfo().map(info -> info.fordblks).orElse(0L);
    }
  }

  /**
   * Returns the bytes of free blocks that are still in memory: those freed since the last {@link
   * #trim}. Blocks from before it that were used again and freed are not counted.
   */
  static long freedBytes() {
    return mallocInfo().map(info -> Math.max(0, info.fordblks - freeWhenTrimmed)).orElse(0L);
  }

  /** Returns the number of allocated bytes, which glibc counts since version 2.33. */
  static OptionalLong allocatedBytes() {
    return mallocInfo().stream().mapToLong(info -> info.uordblks + info.hblkhd).findFirst();
  }

  private static Optional<MallocInfo> mallocInfo() {
    try {
      return Optional.of(
          (MallocInfo)
              Function.getFunction("c", "mallinfo2").invoke(MallocInfo.class, new Object[0]));
    } catch (LinkageError e) {
      LOG.debug("the C library does not count allocated bytes", e);
      return Optional.empty();
    }
  }

  private static void call(String function, Object... arguments) {
    Function.getFunction("c", function).invoke(arguments);
  }

  private static void attempt(Runnable call) {
    try {
      call.run();
    } catch (LinkageError e) {
      LOG.debug("the C library cannot be called", e);
    }
  }
}
