package dev.sdlora.tensors.torch;

import dev.sdlora.tensors.natives.Natives;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads libtorch at the first call in the process. That takes half a second, during which another
 * thread can read files.
 */
final class EngineStart {
  private static final Logger LOG = LoggerFactory.getLogger(EngineStart.class);
  private static final Object LOADING = new Object();
  private static volatile boolean started;
  private static boolean ending;

  private EngineStart() {}

  /** Returns the engine of this process, started. Waits if another thread is starting it. */
  static synchronized TorchEngine engine() {
    TorchEngine engine = Engines.engine();
    if (!started) {
      load(engine);
      started = true;
    }
    return engine;
  }

  /** Starts the engine on a thread of its own. If that fails, the next caller tries again. */
  static void ahead() {
    if (started) {
      return;
    }
    Thread thread =
        new Thread(
            () -> {
              try {
                engine();
              } catch (RuntimeException | LinkageError e) {
                LOG.debug("libtorch could not be started in advance", e);
              }
            },
            "sd-lora libtorch");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Delays the end of the process while libraries are being loaded: the C library would run their
   * destructors and constructors at the same time.
   */
  private static void load(TorchEngine engine) {
    Thread hook = new Thread(EngineStart::awaitEnd, "sd-lora libtorch is loaded");
    Runtime.getRuntime().addShutdownHook(hook);
    synchronized (LOADING) {
      if (ending) {
        throw new IllegalStateException("the JVM is ending");
      }
      engine.start();
      Natives.started();
    }
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      LOG.debug("the JVM is ending", e);
    }
  }

  private static void awaitEnd() {
    synchronized (LOADING) {
      ending = true;
    }
  }
}
