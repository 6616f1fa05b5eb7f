package dev.sdlora.tensors.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** A program that DJL has loaded. */
final class DjlScript implements TorchEngine.Script {
  private final PtSymbolBlock block;

  DjlScript(PtSymbolBlock block) {
    this.block = block;
  }

  @Override
  public NDArray run(String method, List<Object> arguments, NDManager scope) {
    return run(method, arguments, result -> result.toTensor((PtNDManager) scope));
  }

  @Override
  public List<NDArray> runForList(String method, List<Object> arguments, NDManager scope) {
    return run(method, arguments, result -> List.of(result.toTensorArray((PtNDManager) scope)));
  }

  private <T> T run(String method, List<Object> arguments, Function<IValue, T> convert) {
    List<IValue> owned = new ArrayList<>();
    try {
      IValue[] values = new IValue[arguments.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = value(arguments.get(i), owned);
      }
      // Otherwise libtorch recompiles whenever a shape changes. The setting is per thread.
      JniUtils.setGraphExecutorOptimize(false);
      try (IValue result = IValueUtils.runMethod(block, method, values)) {
        return convert.apply(result);
      }
    } finally {
      owned.forEach(IValue::close);
    }
  }

  private static IValue value(Object argument, List<IValue> owned) {
    if (argument instanceof DjlEngine.Held dictionary) {
      return dictionary.value();
    }
    IValue value = newValue(argument);
    owned.add(value);
    return value;
  }

  private static IValue newValue(Object argument) {
    if (argument instanceof PtNDArray tensor) {
      return IValue.from(tensor);
    } else if (argument instanceof Long integer) {
      return IValue.from(integer);
    } else if (argument instanceof Double number) {
      return IValue.from(number);
    } else if (argument instanceof String text) {
      return IValue.from(text);
    } else if (argument instanceof long[] integers) {
      return IValue.listFrom(integers);
    } else if (argument instanceof double[] numbers) {
      return IValue.listFrom(numbers);
    } else if (argument instanceof NDArray[] tensors) {
      return IValue.listFrom(Arrays.copyOf(tensors, tensors.length, PtNDArray[].class));
    }
    throw new IllegalArgumentException("no program takes a " + argument.getClass().getName());
  }

  /**
   * DJL passes only tensors and dictionaries of them to calls that record gradients, and identifies
   * them by the names of the arrays, which this method changes.
   */
  @Override
  public Map<String, NDArray> record(String method, List<Object> arguments, NDManager scope) {
    JniUtils.setGraphExecutorOptimize(false);
    NDArray name = scope.create(0);
    name.setName("module_method:" + method);
    // DJL attaches the results to the manager of the first array.
    NDList inputs = new NDList(name);
    int dictionaries = 0;
    for (Object argument : arguments) {
      if (argument instanceof Map<?, ?> tensors) {
        String prefix = "dict" + dictionaries++ + ".";
        tensors.forEach((key, tensor) -> add(inputs, (NDArray) tensor, prefix + key));
      } else {
        NDArray tensor = (NDArray) argument;
        tensor.setName(null);
        inputs.add(tensor);
      }
    }
    Map<String, NDArray> results = new LinkedHashMap<>();
    // DJL disables recording for each thread.
    JniUtils.setGradMode(true);
    try {
      for (NDArray result : IValueUtils.forward(block, inputs, true)) {
        results.put(result.getName(), result);
      }
    } finally {
      JniUtils.setGradMode(false);
      name.close();
    }
    return results;
  }

  private static void add(NDList inputs, NDArray tensor, String name) {
    tensor.setName(name);
    inputs.add(tensor);
  }
}
