package dev.sdlora.onnx.session;

import java.util.function.Supplier;

/** Says what to add if ONNX Runtime is missing. Does not use ONNX Runtime itself. */
public final class MissingRuntime {
  /** The version that this module is built with. */
  static final String VERSION = "1.28.0";

  private MissingRuntime() {}

  /**
   * Opens networks.
   *
   * @throws IllegalStateException if ONNX Runtime is missing or has no native code for this machine
   */
  public static <T> T orOpen(Supplier<T> networks) {
    try {
      return networks.get();
    } catch (NoClassDefFoundError | UnsatisfiedLinkError | ExceptionInInitializerError e) {
      throw new IllegalStateException(
          "running networks in ONNX files requires ONNX Runtime; add the dependency"
              + " com.microsoft.onnxruntime:onnxruntime:%s (%s)".formatted(VERSION, e),
          e);
    }
  }
}
