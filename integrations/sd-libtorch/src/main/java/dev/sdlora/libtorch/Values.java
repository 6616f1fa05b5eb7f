package dev.sdlora.libtorch;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.FloatType;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.IntType;
import org.bytedeco.pytorch.StringType;
import org.bytedeco.pytorch.TensorType;
import org.bytedeco.pytorch.Type;

/** Arguments of programs as libtorch's values, within the current scope of pointers. Stateless. */
final class Values {
  private Values() {}

  static IValueVector of(List<Object> arguments) {
    return new IValueVector(arguments.stream().map(Values::of).toArray(IValue[]::new));
  }

  private static IValue of(Object argument) {
    if (argument instanceof LibtorchArray array) {
      return new IValue(array.tensor());
    } else if (argument instanceof Dictionaries.Held dictionary) {
      return dictionary.value();
    } else if (argument instanceof Long integer) {
      return new IValue(integer.longValue());
    } else if (argument instanceof Double number) {
      return new IValue(number.doubleValue());
    } else if (argument instanceof String text) {
      return new IValue(text);
    } else if (argument instanceof long[] integers) {
      return list(
          new Type.TypePtr(IntType.getIntTypePtr().get()),
          LongStream.of(integers).mapToObj(IValue::new));
    } else if (argument instanceof double[] numbers) {
      return list(
          new Type.TypePtr(FloatType.getFloatTypePtr().get()),
          DoubleStream.of(numbers).mapToObj(IValue::new));
    } else if (argument instanceof NDArray[] tensors) {
      return list(new Type.TypePtr(TensorType.get()), Stream.of(tensors).map(Values::of));
    } else if (argument instanceof String[] texts) {
      return list(new Type.TypePtr(StringType.get().get()), Stream.of(texts).map(IValue::new));
    }
    throw new IllegalArgumentException("no program takes a " + argument.getClass().getName());
  }

  private static IValue list(Type.TypePtr type, Stream<IValue> values) {
    GenericList list = new GenericList(type);
    values.forEach(list::push_back);
    return new IValue(list);
  }
}
