package dev.sdlora.onnx.session;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.api.value.CurrentWork;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Collectors;

/** A network in an ONNX file. Thread-safe; {@link #close} waits for running calls. */
public final class OnnxNetwork implements AutoCloseable {
  private static final int MOST_SIDE = 4096;

  private final Path file;
  private final OrtEnvironment environment;
  private final OrtSession session;
  private final Map<String, TensorInfo> inputs;
  private final Map<String, TensorInfo> outputs;
  private final Map<String, String> metadata;
  private final ReentrantReadWriteLock inUse = new ReentrantReadWriteLock();
  private boolean closed;

  private OnnxNetwork(
      Path file,
      OrtEnvironment environment,
      OrtSession session,
      Map<String, TensorInfo> inputs,
      Map<String, TensorInfo> outputs,
      Map<String, String> metadata) {
    this.file = file;
    this.environment = environment;
    this.session = session;
    this.inputs = inputs;
    this.outputs = outputs;
    this.metadata = metadata;
  }

  /**
   * Opens a file. Weights in other files are read only from its folder and folders below.
   *
   * @throws TensorFileException if it is missing, damaged, too large, or not an ONNX file
   * @throws CheckpointException if it has operators that ONNX Runtime does not have
   */
  public static OnnxNetwork open(Path file) {
    OnnxFiles.check(file);
    try (OrtSession.SessionOptions options = OnnxRuntime.options()) {
      OrtEnvironment environment = OnnxRuntime.environment();
      OrtSession session = environment.createSession(file.toAbsolutePath().toString(), options);
      try {
        return new OnnxNetwork(
            file,
            environment,
            session,
            tensors(session.getInputInfo()),
            tensors(session.getOutputInfo()),
            Map.copyOf(session.getMetadata().getCustomMetadata()));
      } catch (RuntimeException | OrtException | Error e) {
        session.close();
        throw e;
      }
    } catch (OrtException e) {
      throw OnnxFiles.unreadable(file, e);
    }
  }

  private static Map<String, TensorInfo> tensors(Map<String, NodeInfo> nodes) {
    Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    nodes.forEach(
        (name, node) -> {
          if (node.getInfo() instanceof TensorInfo tensor) {
            tensors.put(name, tensor);
          }
        });
    return tensors;
  }

  /** Returns the file that was opened. */
  public Path file() {
    return file;
  }

  /** Returns the name of the file without {@code .onnx}. */
  public String name() {
    return String.valueOf(file.getFileName()).replaceFirst("(?i)\\.onnx$", "");
  }

  /** Returns the names of the inputs, in the order of the file. */
  public List<String> inputs() {
    return List.copyOf(inputs.keySet());
  }

  /** Returns the names of the outputs, in the order of the file. */
  public List<String> outputs() {
    return List.copyOf(outputs.keySet());
  }

  /**
   * Returns the dimensions of an input, -1 for those that vary.
   *
   * @param name a name in {@link #inputs}
   */
  public long[] inputShape(String name) {
    return shape(inputs, name);
  }

  /**
   * Returns the dimensions of an output, -1 for those that vary.
   *
   * @param name a name in {@link #outputs}
   */
  public long[] outputShape(String name) {
    return shape(outputs, name);
  }

  private static long[] shape(Map<String, TensorInfo> tensors, String name) {
    TensorInfo info = tensors.get(name);
    if (info == null) {
      throw new IllegalArgumentException("no tensor '" + name + "'");
    }
    return info.getShape();
  }

  /**
   * Whether the network reads one image, [1, 3, height, width], of any size or of a sensible one.
   */
  public boolean readsImage() {
    if (inputs.size() != 1) {
      return false;
    }
    long[] shape = inputShape(inputs().get(0));
    return shape.length == 4
        && (shape[1] == 3 || shape[1] < 0)
        && isSide(shape[2])
        && isSide(shape[3]);
  }

  private static boolean isSide(long side) {
    return side == -1 || (side >= 1 && side <= MOST_SIDE);
  }

  /** Returns the properties that the program that wrote the file added to it. */
  public Map<String, String> metadata() {
    return metadata;
  }

  /**
   * Returns the exception for a network that is not the expected one.
   *
   * @param expected the expected kind with its tensors, such as {@code a detector with …}
   */
  public CheckpointException otherThan(String expected) {
    return new CheckpointException(
        "ONNX file '%s' is not %s: it reads %s and returns %s"
            .formatted(file, expected, text(inputs), text(outputs)),
        ErrorDetails.in(file));
  }

  private static String text(Map<String, TensorInfo> tensors) {
    return tensors.isEmpty()
        ? "nothing"
        : tensors.entrySet().stream()
            .limit(12)
            .map(each -> each.getKey() + " " + Arrays.toString(each.getValue().getShape()))
            .collect(Collectors.joining(", "));
  }

  /**
   * Runs the network.
   *
   * @param values the inputs by name; numbers are converted to the declared types
   * @return all outputs by name
   * @throws CheckpointException if the network does not accept the inputs
   * @throws GenerationCancelledException if the thread is interrupted or its request was cancelled
   * @throws dev.sdlora.api.error.ResourceException if memory runs out
   * @throws IllegalStateException if the network is closed
   */
  public Map<String, Tensor> run(Map<String, Tensor> values) {
    requireWanted();
    inUse.readLock().lock();
    try {
      if (closed) {
        throw new IllegalStateException("network '%s' is closed".formatted(name()));
      }
      return compute(values);
    } catch (OrtException e) {
      requireWanted();
      throw OnnxFiles.failed(file, e);
    } finally {
      inUse.readLock().unlock();
    }
  }

  private void requireWanted() {
    if (CurrentWork.isCancelled()) {
      throw new GenerationCancelledException(
          "network '%s' did not run to its end: its thread was interrupted or its request was cancelled"
              .formatted(name()));
    }
  }

  private Map<String, Tensor> compute(Map<String, Tensor> values) throws OrtException {
    Map<String, OnnxTensorLike> given = new LinkedHashMap<>();
    try {
      for (Map.Entry<String, Tensor> each : values.entrySet()) {
        TensorInfo declared = inputs.get(each.getKey());
        if (declared != null) {
          given.put(each.getKey(), TensorConversion.input(environment, each.getValue(), declared));
        }
      }
      try (CancellableRun run = new CancellableRun();
          OrtSession.Result result = session.run(given, run.options())) {
        Map<String, Tensor> made = new LinkedHashMap<>();
        for (Map.Entry<String, OnnxValue> each : result) {
          if (each.getValue() instanceof OnnxTensor tensor) {
            made.put(each.getKey(), TensorConversion.output(tensor));
          }
        }
        return made;
      }
    } finally {
      given.values().forEach(OnnxTensorLike::close);
    }
  }

  /** Runs a network with one input. */
  public Map<String, Tensor> run(Tensor image) {
    return run(Map.of(inputs.keySet().iterator().next(), image));
  }

  @Override
  public void close() {
    inUse.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        session.close();
      }
    } catch (OrtException e) {
      throw new IllegalStateException("network '%s' was not closed".formatted(name()), e);
    } finally {
      inUse.writeLock().unlock();
    }
  }
}
