package dev.sdlora.tensors.natives;

import static java.nio.charset.StandardCharsets.UTF_8;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.sun.jna.Function;
import com.sun.jna.Pointer;
import dev.sdlora.tensors.torch.Torch;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A program that uses the library, in a process of its own. */
final class Probe {
  private Probe() {}

  /**
   * Starts libtorch and prints the folder from which it was loaded, or runs the test named by the
   * argument.
   */
  public static void main(String[] args) throws Exception {
    if (args.length > 0 && args[0].equals("loading")) {
      endWhileLoading();
    }
    boolean gpu = args.length > 0 && args[0].equals("gpu");
    try (Torch torch = Torch.open(gpu ? "gpu7" : "cpu")) {
      if (args.length > 0 && args[0].equals("handler")) {
        endWithHandler();
      } else if (args.length > 0) {
        endWhileComputing(torch, args[0]);
      }
      NDArray twos = torch.manager().ones(new Shape(2, 2)).mul(2);
      System.out.println("product " + twos.matMul(twos).getFloat(0, 0));
    }
    Function getenv = Function.getFunction("c", "getenv");
    System.out.println("policy " + getenv.invokeString(new Object[] {"OMP_WAIT_POLICY"}, false));
    System.out.println("libtorch " + Natives.libtorch());
    System.out.println("offline " + System.getProperty("ai.djl.offline"));
    for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
      if ((line.contains("torch") || line.contains("cudart")) && line.contains(".so")) {
        System.out.println("loaded " + line.substring(line.indexOf('/')));
      }
    }
  }

  /** The library is mapped before its constructors run, which takes a while. */
  private static void endWhileLoading() throws IOException {
    Torch.startAhead();
    while (!Files.readString(Path.of("/proc/self/maps")).contains("libtorch_cpu")) {
      Thread.onSpinWait();
    }
    System.exit(3);
  }

  /** Registers a handler that must not run at exit, as libtorch does at a first computation. */
  private static void endWithHandler() {
    Function abort = Function.getFunction("c", "abort");
    Function.getFunction("c", "on_exit").invoke(new Object[] {abort, Pointer.NULL});
    System.exit(3);
  }

  private static void endWhileComputing(Torch torch, String how) throws InterruptedException {
    CountDownLatch started = new CountDownLatch(1);
    Thread worker = new Thread(() -> multiply(torch.manager(), started));
    worker.setDaemon(true);
    worker.start();
    started.await();
    switch (how) {
      case "exit" -> System.exit(3);
      case "halt" -> Runtime.getRuntime().halt(3);
      default -> throw new IllegalArgumentException(how);
    }
  }

  /** Runs many short calls: some end, and others begin, while the process ends. */
  private static void multiply(NDManager manager, CountDownLatch started) {
    NDArray factor = manager.ones(new Shape(300, 300), DataType.FLOAT32);
    while (true) {
      factor.matMul(factor).softmax(1).close();
      started.countDown();
    }
  }

  /** The output and the exit code of the process. */
  record Outcome(int exitCode, String output) {}

  /** Starts the program. */
  static Process start(Path folder, Map<String, String> properties, String... args)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder();
    builder.command().add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    builder.command().add("-XX:TieredStopAtLevel=1");
    builder.command().add("-XX:+UseSerialGC");
    properties.forEach((name, value) -> builder.command().add("-D" + name + "=" + value));
    builder.command().add("-cp");
    builder.command().add(classPath(properties.getOrDefault("without", "")));
    builder.command().add(Probe.class.getName());
    builder.command().addAll(List.of(args));
    builder
        .environment()
        .keySet()
        .removeAll(
            Set.of(
                "OMP_WAIT_POLICY",
                "ENGINE_CACHE_DIR",
                "DJL_CACHE_DIR",
                "DJL_OFFLINE",
                "SDLORA_NATIVES"));
    // A test may put NVIDIA's driver there.
    builder.environment().put("LD_LIBRARY_PATH", folder.toString());
    return builder.directory(folder.toFile()).redirectErrorStream(true).start();
  }

  private static String classPath(String without) {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(entry -> without.isEmpty() || !entry.contains(without))
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** Waits for the program to end. */
  static Outcome outcome(Process process) throws IOException, InterruptedException {
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (!process.waitFor(2, TimeUnit.MINUTES)) {
      process.destroyForcibly();
    }
    return new Outcome(process.waitFor(), output);
  }
}
