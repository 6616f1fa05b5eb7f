package dev.sdlora.tensors.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Map;

/**
 * libtorch, as one Java binding reaches it. {@link java.util.ServiceLoader} finds those outside
 * this module. A process starts one engine, because the system's loader does not load two versions
 * of libtorch side by side. Thread-safe.
 */
public interface TorchEngine {
  /** Returns the name by which users choose it: {@code djl}. */
  String name();

  /**
   * Whether its native code for this platform is on the class path or in a named folder. Loads no
   * native code.
   */
  boolean isPresent();

  /**
   * Returns the names of the devices that it would find, the fastest first: {@code gpu0}, {@code
   * mps}, {@code cpu}. Asks drivers, but does not start libtorch.
   */
  List<String> devices();

  /** Returns what a device that is not among {@link #devices} needs, as a clause. */
  String cure(String device);

  /**
   * Loads libtorch.
   *
   * @throws IllegalStateException if it is missing, or other users could change the folder from
   *     which it is loaded
   */
  void start();

  /** Returns libtorch's version, its flavour and its folder. */
  String libtorch();

  /**
   * Returns an owner of tensors on a device. The caller closes it.
   *
   * @param device one of {@link #devices}
   */
  NDManager open(String device);

  /** Compiles the archive of a program, for all devices. */
  Script compile(byte[] archive);

  /** Creates a dictionary of tensors, which refers to them. The caller closes it. */
  Dictionary dictionary(Map<String, NDArray> tensors);

  /** Returns memory that libtorch keeps for its next tensors on a GPU to the system. */
  void returnFreedMemory();

  /** Returns the number of threads that native calls of the current thread use. */
  int threads();

  /** Sets the number of threads for native calls of the current thread, and of new threads. */
  void setThreads(int threads);

  /** A dictionary of tensors in native memory, {@code Dict[str, Tensor]}. */
  interface Dictionary extends AutoCloseable {
    /** Frees the dictionary, not the tensors. */
    @Override
    void close();
  }

  /**
   * A compiled program.
   *
   * <p>An argument is an {@link NDArray}, a {@link Dictionary}, a {@link Long}, a {@link Double}, a
   * {@link String}, or a list as {@code long[]}, {@code double[]} or {@code NDArray[]}.
   */
  interface Script {
    /** Runs a method that returns a tensor, without recording gradients. */
    NDArray run(String method, List<Object> arguments, NDManager scope);

    /** Runs a method that returns {@code List[Tensor]}, without recording gradients. */
    List<NDArray> runForList(String method, List<Object> arguments, NDManager scope);

    /**
     * Runs a method that returns {@code Dict[str, Tensor]} and records gradients.
     *
     * @param arguments tensors, and maps of tensors by name
     */
    Map<String, NDArray> record(String method, List<Object> arguments, NDManager scope);
  }
}
