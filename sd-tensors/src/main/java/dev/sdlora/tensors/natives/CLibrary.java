package dev.sdlora.tensors.natives;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.util.Map;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What only the C library can do to a process. Where it cannot, on systems other than Linux or
 * without JNA, everything else works.
 */
final class CLibrary {
  private static final Logger LOG = LoggerFactory.getLogger(CLibrary.class);
  private static final boolean LINUX = System.getProperty("os.name", "").startsWith("Linux");
  private static final boolean WINDOWS = System.getProperty("os.name", "").startsWith("Windows");
  private static final int SIGINT = 2;
  private static final int SIGTERM = 15;

  private CLibrary() {}

  /**
   * Lets libtorch's threads sleep while they wait for each other. By default they spin, and when
   * other processes want the processors too, each keeps the one busy that the other needs: ten
   * times as slow, and worse. Does nothing if the environment says how to wait. The OpenMP library
   * reads the environment once, while it is loaded.
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
   * Ends the process, when it exits, without the destructors that native libraries have registered
   * until now. Those of libtorch and oneDNN free what native calls on other threads still use, and
   * the JVM would report a crash. They register some when they are loaded and others when a kind of
   * computation first runs.
   */
  static void skipDestructors() {
    if (LINUX) {
      // The C library calls what is registered last first, with the exit code.
      attempt(
          () -> call("on_exit", NativeLibrary.getInstance("c").getFunction("_exit"), Pointer.NULL));
    }
  }

  /**
   * From now on Ctrl-C and {@code kill} end the process at once, in the way of a program that does
   * not care. For a JVM that is ending: it would ignore them.
   */
  static void endAtNextSignal() {
    if (!WINDOWS) {
      attempt(() -> call("signal", SIGINT, Pointer.NULL));
      attempt(() -> call("signal", SIGTERM, Pointer.NULL));
    }
  }

  /**
   * Hands memory that has been freed back to the system. The C library keeps what lies between
   * blocks in use, some gigabytes of a model.
   */
  static void trim() {
    if (LINUX) {
      attempt(() -> call("malloc_trim", 0L));
    }
  }

  /** Returns the bytes that are allocated, where glibc 2.33 or later counts them. */
  static OptionalLong allocatedBytes() {
    try {
      MallocInfo info =
          (MallocInfo)
              Function.getFunction("c", "mallinfo2").invoke(MallocInfo.class, new Object[0]);
      return OptionalLong.of(info.uordblks + info.hblkhd);
    } catch (LinkageError e) {
      LOG.debug("the C library does not count what it has allocated", e);
      return OptionalLong.empty();
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
