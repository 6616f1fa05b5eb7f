package dev.sdlora.libtorch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensors.torch.TorchEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.pytorch.GenericDict;
import org.bytedeco.pytorch.GenericDictIterator;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.Method;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** A program that libtorch has loaded. */
final class LibtorchScript implements TorchEngine.Script {
  private final JitModule module;
  private final Map<String, Method> methods = new ConcurrentHashMap<>();

  /**
   * Creates a program.
   *
   * @param module the module, which is never closed
   */
  LibtorchScript(JitModule module) {
    this.module = module;
  }

  /** Compiles the archive of a program. libtorch reads it from a file. */
  static LibtorchScript load(byte[] archive) {
    try {
      Path file = Files.createTempFile("sdlora", ".pt");
      try {
        Files.write(file, archive);
        return new LibtorchScript(Native.call(() -> Native.kept(torch.load(file.toString()))));
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "a program cannot be written to java.io.tmpdir ("
              + System.getProperty("java.io.tmpdir")
              + "), which must be writable",
          e);
    }
  }

  @Override
  public NDArray run(String method, List<Object> arguments, NDManager scope) {
    return ((LibtorchManager) scope).created(() -> apply(method, arguments).toTensor());
  }

  @Override
  public List<NDArray> runForList(String method, List<Object> arguments, NDManager scope) {
    List<Tensor> tensors =
        Native.call(
            () -> {
              GenericList results = apply(method, arguments).toList();
              List<Tensor> owned = new ArrayList<>();
              for (long i = 0; i < results.size(); i++) {
                owned.add(Native.owned(results.get(i).toTensor()));
              }
              return owned;
            });
    List<NDArray> arrays = new ArrayList<>();
    tensors.forEach(tensor -> arrays.add(((LibtorchManager) scope).own(tensor)));
    return List.copyOf(arrays);
  }

  @Override
  public Map<String, NDArray> record(String method, List<Object> arguments, NDManager scope) {
    Map<String, Tensor> tensors =
        Native.recording(
            () -> {
              List<Object> values = new ArrayList<>();
              for (Object argument : arguments) {
                values.add(argument instanceof Map<?, ?> map ? Dictionaries.of(map) : argument);
              }
              return entries(apply(method, values).toGenericDict());
            });
    Map<String, NDArray> arrays = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> arrays.put(name, ((LibtorchManager) scope).own(tensor)));
    return arrays;
  }

  private static Map<String, Tensor> entries(GenericDict dictionary) {
    Map<String, Tensor> entries = new LinkedHashMap<>();
    GenericDictIterator end = dictionary.end();
    for (GenericDictIterator i = dictionary.begin(); i.notEquals(end); i.increment()) {
      entries.put(
          i.access().key().toStringRef().getString(), Native.owned(i.access().value().toTensor()));
    }
    return entries;
  }

  /** Runs a method within the current scope of pointers. */
  IValue apply(String method, List<Object> arguments) {
    // Otherwise libtorch recompiles whenever a shape changes. The setting is per thread.
    torch.setGraphExecutorOptimize(false);
    return methods
        .computeIfAbsent(method, name -> Native.kept(module.get_method(name)))
        .apply(Values.of(arguments));
  }
}
