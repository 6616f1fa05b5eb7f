package dev.sdlora.onnx.session;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession.SessionOptions;
import org.jspecify.annotations.Nullable;

/** Starts ONNX Runtime, which is done once in a JVM. */
final class OnnxRuntime {
  /** More threads make networks of these sizes hardly faster. */
  private static final int MOST_THREADS = 8;

  private static @Nullable OrtEnvironment started;

  private OnnxRuntime() {}

  /** Returns the environment of all networks. It prints nothing and sends nothing. */
  static synchronized OrtEnvironment environment() throws OrtException {
    OrtEnvironment environment = started;
    if (environment == null) {
      environment = OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      environment.setTelemetry(false);
      started = environment;
    }
    return environment;
  }

  /**
   * Returns the options of a network: a bounded number of threads, which do not spin while they
   * wait, and no memory that is kept between runs, because libtorch needs both, too.
   */
  static SessionOptions options() throws OrtException {
    SessionOptions options = new SessionOptions();
    options.setIntraOpNumThreads(
        Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors()));
    options.setInterOpNumThreads(1);
    options.setCPUArenaAllocator(false);
    options.setMemoryPatternOptimization(false);
    options.addConfigEntry("session.intra_op.allow_spinning", "0");
    options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
    return options;
  }
}
