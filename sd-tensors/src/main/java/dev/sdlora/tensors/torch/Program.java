package dev.sdlora.tensors.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A TorchScript program: text in the form in which libtorch itself stores compiled modules. It
 * holds no weights; they are arguments of its methods. Safe for use by several threads.
 */
public final class Program {
  private final PtSymbolBlock block;

  private Program(PtSymbolBlock block) {
    this.block = block;
  }

  /**
   * Compiles a program. It lives as long as its owner.
   *
   * @param torch the owner
   * @param anchor the class beside whose file the resources lie
   * @param methods the resource with the methods of the program
   * @param functions resources with functions that the methods call as {@code __torch__.name}
   */
  public static Program load(Torch torch, Class<?> anchor, String methods, String... functions) {
    StringBuilder shared = new StringBuilder();
    for (String resource : functions) {
      shared.append(text(anchor, resource));
    }
    byte[] archive =
        ProgramArchive.of(
            methods.substring(0, methods.indexOf('.')), text(anchor, methods), shared.toString());
    try {
      return new Program(
          JniUtils.loadModule(
              (PtNDManager) torch.manager(), new ByteArrayInputStream(archive), false, false));
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory failed", e);
    }
  }

  private static String text(Class<?> anchor, String resource) {
    try (InputStream in = anchor.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + resource + " beside " + anchor.getName());
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("resource " + resource + " cannot be read", e);
    }
  }

  /** Starts a call of a method; give the arguments in order, then run it. */
  public Call call(String method) {
    return new Call(method);
  }

  /** Arguments of one call. Not safe for several threads. Running it once frees them. */
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
      // Otherwise libtorch compiles anew whenever a shape changes. The switch is one per thread.
      JniUtils.setGraphExecutorOptimize(false);
      try (IValue result = IValueUtils.runMethod(block, method, arguments.toArray(new IValue[0]))) {
        return result.toTensor((PtNDManager) scope);
      } finally {
        owned.forEach(IValue::close);
      }
    }
  }
}
