package dev.sdlora.tensors.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensors.natives.Natives;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * A TorchScript program: text in the form in which libtorch itself stores compiled modules. It
 * contains no weights; they are arguments of its methods. The same text is therefore compiled once
 * per process. Thread-safe.
 */
public final class Program {
  private static final Map<Text, Program> COMPILED = new ConcurrentHashMap<>();

  private final TorchEngine.Script script;
  private final Set<String> methodsRun = ConcurrentHashMap.newKeySet();

  private Program(TorchEngine.Script script) {
    this.script = script;
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
      return new Program(EngineStart.engine().compile(archive));
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

  /** The arguments of one call. Not thread-safe. */
  public final class Call {
    private final String method;
    private final List<Object> arguments = new ArrayList<>();

    private Call(String method) {
      this.method = method;
    }

    /** Adds a tensor. */
    public Call tensor(NDArray tensor) {
      return add(tensor);
    }

    /** Adds a dictionary of tensors, {@code Dict[str, Tensor]}. */
    public Call tensors(TensorDict dict) {
      return add(dict.dictionary());
    }

    /** Adds an integer. */
    public Call integer(long value) {
      return add(value);
    }

    /** Adds a number. */
    public Call number(double value) {
      return add(value);
    }

    /** Adds a text. */
    public Call text(String value) {
      return add(value);
    }

    /** Adds a list of integers, {@code List[int]}. */
    public Call integers(long... values) {
      return add(values);
    }

    /** Adds a list of numbers, {@code List[float]}. */
    public Call numbers(double... values) {
      return add(values);
    }

    /** Adds a list of tensors, {@code List[Tensor]}. */
    public Call list(NDArray... tensors) {
      return add(tensors);
    }

    private Call add(Object argument) {
      arguments.add(argument);
      return this;
    }

    /**
     * Runs the method without recording gradients.
     *
     * @param scope the manager that will own the result
     * @return the tensor that the method returns
     */
    public NDArray run(NDManager scope) {
      try {
        return script.run(method, arguments, scope);
      } finally {
        hasRun(method);
      }
    }

    /**
     * Runs a method that returns several tensors, {@code List[Tensor]}, without recording
     * gradients.
     *
     * @param scope the manager that will own the results
     */
    public List<NDArray> runForList(NDManager scope) {
      try {
        return script.runForList(method, arguments, scope);
      } finally {
        hasRun(method);
      }
    }
  }

  /**
   * The arguments of one call that records gradients: tensors and dictionaries of them. Running it
   * changes the names of the arrays.
   */
  public final class RecordingCall {
    private final String method;
    private final List<Object> arguments = new ArrayList<>();

    private RecordingCall(String method) {
      this.method = method;
    }

    /** Adds a tensor. */
    public RecordingCall tensor(NDArray tensor) {
      arguments.add(tensor);
      return this;
    }

    /** Adds a dictionary of tensors, {@code Dict[str, Tensor]}, which must not be empty. */
    public RecordingCall tensors(Map<String, NDArray> tensors) {
      arguments.add(tensors);
      return this;
    }

    /**
     * Runs the method.
     *
     * @param scope the manager that will own the results
     * @return the dictionary that the method returns
     */
    public Map<String, NDArray> run(NDManager scope) {
      try {
        return script.record(method, arguments, scope);
      } finally {
        hasRun(method);
      }
    }
  }
}
