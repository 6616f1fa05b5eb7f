package dev.sdlora.tensors.torch;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import dev.sdlora.tensors.natives.Natives;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A TorchScript program: text in the form in which libtorch itself stores compiled modules. It
 * contains no weights; they are arguments of its methods. The same text is therefore compiled once
 * per process. Thread-safe.
 */
public final class Program {
  private static final Map<Text, Program> COMPILED = new ConcurrentHashMap<>();

  private final PtSymbolBlock block;
  private final Set<String> methodsRun = ConcurrentHashMap.newKeySet();

  private Program(PtSymbolBlock block) {
    this.block = block;
  }

  private record Text(List<Source> methods, List<Source> functions) {
    Text {
      methods = methods.stream().distinct().toList();
      functions = functions.stream().distinct().toList();
    }

    Program compile() {
      String name = methods.get(0).resource();
      byte[] archive =
          ProgramArchive.of(name.substring(0, name.indexOf('.')), join(methods), join(functions));
      // Not the manager of the first caller: others use the program after that manager is closed.
      PtNDManager manager = (PtNDManager) NDManager.newBaseManager(Device.cpu(), "PyTorch");
      try {
        return new Program(
            JniUtils.loadModule(manager, new ByteArrayInputStream(archive), false, false));
      } catch (IOException e) {
        throw new UncheckedIOException("reading from memory failed", e);
      }
    }
  }

  /**
   * The source text of a program, a resource next to a class.
   *
   * @param anchor the class
   * @param resource the name of the resource
   */
  public record Source(Class<?> anchor, String resource) {
    /** Returns the sources of several resources next to one class. */
    public static List<Source> beside(Class<?> anchor, String... resources) {
      return Arrays.stream(resources).map(resource -> new Source(anchor, resource)).toList();
    }

    /** Concatenates lists of sources. */
    public static List<Source> join(List<List<Source>> parts) {
      return parts.stream().flatMap(List::stream).toList();
    }
  }

  /**
   * Compiles a program, or returns the compiled one.
   *
   * @param torch any owner: as long as one exists, libtorch is loaded
   * @param anchor the class next to which the resources are
   * @param methods the resource with the methods of the program
   * @param functions resources with functions that the methods call as {@code __torch__.name}
   */
  public static Program load(Torch torch, Class<?> anchor, String methods, String... functions) {
    return load(torch, Source.beside(anchor, methods), Source.beside(anchor, functions));
  }

  /**
   * Compiles a program from several sources, or returns the compiled one.
   *
   * @param torch any owner: as long as one exists, libtorch is loaded
   * @param methods sources of methods, which call each other as {@code (self).name}
   * @param functions sources of functions that the methods call as {@code __torch__.name};
   *     duplicates are ignored
   */
  public static Program load(Torch torch, List<Source> methods, List<Source> functions) {
    return COMPILED.computeIfAbsent(new Text(methods, functions), Text::compile);
  }

  private static String join(List<Source> sources) {
    return sources.stream()
        .map(source -> text(source.anchor(), source.resource()))
        .collect(Collectors.joining());
  }

  private static String text(Class<?> anchor, String resource) {
    try (InputStream in = anchor.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + resource + " next to " + anchor.getName());
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("resource " + resource + " cannot be read", e);
    }
  }

  /** Starts a call of a method: add the arguments in order, then run it. */
  public Call call(String method) {
    return new Call(method);
  }

  /**
   * Starts a call of a method that computes gradients and returns a dictionary of tensors. Weights
   * that need a gradient must be marked with {@link NDArray#setRequiresGradient}.
   */
  public RecordingCall record(String method) {
    return new RecordingCall(method);
  }

  private void hasRun(String method) {
    if (methodsRun.add(method)) {
      Natives.computed();
    }
  }

  /** The arguments of one call. Not thread-safe. Running the call frees them. */
  public final class Call {
    private final String method;
    private final List<IValue> arguments = new ArrayList<>();
    private final List<IValue> owned = new ArrayList<>();

    private Call(String method) {
      this.method = method;
    }

    /** Adds a tensor. */
    public Call tensor(NDArray tensor) {
      return own(IValue.from((PtNDArray) tensor));
    }

    /** Adds a dictionary of tensors, {@code Dict[str, Tensor]}. */
    public Call tensors(TensorDict dict) {
      arguments.add(dict.value());
      return this;
    }

    /** Adds an integer. */
    public Call integer(long value) {
      return own(IValue.from(value));
    }

    /** Adds a number. */
    public Call number(double value) {
      return own(IValue.from(value));
    }

    /** Adds a text. */
    public Call text(String value) {
      return own(IValue.from(value));
    }

    /** Adds a list of integers, {@code List[int]}. */
    public Call integers(long... values) {
      return own(IValue.listFrom(values));
    }

    /** Adds a list of numbers, {@code List[float]}. */
    public Call numbers(double... values) {
      return own(IValue.listFrom(values));
    }

    /** Adds a list of tensors, {@code List[Tensor]}. */
    public Call list(NDArray... tensors) {
      return own(IValue.listFrom(Arrays.copyOf(tensors, tensors.length, PtNDArray[].class)));
    }

    private Call own(IValue value) {
      arguments.add(value);
      owned.add(value);
      return this;
    }

    /**
     * Runs the method without recording gradients.
     *
     * @param scope the manager that will own the result
     * @return the tensor that the method returns
     */
    public NDArray run(NDManager scope) {
      return run(result -> result.toTensor((PtNDManager) scope));
    }

    /**
     * Runs a method that returns several tensors, {@code List[Tensor]}, without recording
     * gradients.
     *
     * @param scope the manager that will own the results
     */
    public List<NDArray> runForList(NDManager scope) {
      return run(result -> List.of(result.toTensorArray((PtNDManager) scope)));
    }

    private <T> T run(Function<IValue, T> convert) {
      // Otherwise libtorch recompiles whenever a shape changes. The setting is per thread.
      JniUtils.setGraphExecutorOptimize(false);
      try (IValue result = IValueUtils.runMethod(block, method, arguments.toArray(new IValue[0]))) {
        return convert.apply(result);
      } finally {
        hasRun(method);
        owned.forEach(IValue::close);
      }
    }
  }

  /**
   * The arguments of one call that records gradients. DJL passes only tensors and dictionaries of
   * them to it, and identifies them by the names of the arrays, which this class changes.
   */
  public final class RecordingCall {
    private final String method;
    private final List<NDArray> arguments = new ArrayList<>();
    private int dictionaries;

    private RecordingCall(String method) {
      this.method = method;
    }

    /** Adds a tensor. */
    public RecordingCall tensor(NDArray tensor) {
      tensor.setName(null);
      arguments.add(tensor);
      return this;
    }

    /** Adds a dictionary of tensors, {@code Dict[str, Tensor]}, which must not be empty. */
    public RecordingCall tensors(Map<String, NDArray> tensors) {
      String prefix = "dict" + dictionaries++ + ".";
      tensors.forEach(
          (name, tensor) -> {
            tensor.setName(prefix + name);
            arguments.add(tensor);
          });
      return this;
    }

    /**
     * Runs the method.
     *
     * @param scope the manager that will own the results
     * @return the dictionary that the method returns
     */
    public Map<String, NDArray> run(NDManager scope) {
      JniUtils.setGraphExecutorOptimize(false);
      NDArray name = scope.create(0);
      name.setName("module_method:" + method);
      // DJL attaches the results to the manager of the first array.
      NDList inputs = new NDList(name);
      inputs.addAll(arguments);
      Map<String, NDArray> results = new LinkedHashMap<>();
      // DJL disables recording for each thread.
      JniUtils.setGradMode(true);
      try {
        for (NDArray result : IValueUtils.forward(block, inputs, true)) {
          results.put(result.getName(), result);
        }
      } finally {
        JniUtils.setGradMode(false);
        hasRun(method);
        name.close();
      }
      return results;
    }
  }
}
