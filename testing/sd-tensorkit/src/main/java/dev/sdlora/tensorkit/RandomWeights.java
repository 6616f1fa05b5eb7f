package dev.sdlora.tensorkit;

import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.tensors.weights.Packing;
import dev.sdlora.tensors.weights.TensorLoader;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.UnaryOperator;

/** Random weights that preserve the magnitude of values from layer to layer. */
public final class RandomWeights {
  private final Map<String, List<Long>> shapes;
  private final Map<String, float[]> values = new LinkedHashMap<>();

  /** Creates random weights with these shapes. */
  public RandomWeights(Map<String, List<Long>> shapes, long seed) {
    this.shapes = shapes;
    Random random = new Random(seed);
    shapes.forEach(
        (name, shape) -> {
          float[] numbers =
              new float[(int) shape.stream().mapToLong(n -> n).reduce(1, (a, b) -> a * b)];
          boolean norm = name.contains("norm") && name.endsWith(".weight");
          double spread =
              shape.size() == 1 ? 0.1 : Math.sqrt(shape.get(0) / (double) numbers.length);
          for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) ((norm ? 1 : 0) + spread * random.nextGaussian());
          }
          values.put(name, numbers);
        });
  }

  /** Returns values of a magnitude that is typical for network inputs. */
  public static float[] normal(Random random, int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** Returns the values of a weight, which may be modified. */
  public float[] of(String name) {
    return Objects.requireNonNull(values.get(name));
  }

  /** Adds all weights to a file. */
  public void add(SafetensorsWriter writer, UnaryOperator<String> names) {
    values.forEach(
        (name, numbers) ->
            writer.tensor(
                names.apply(name), Objects.requireNonNull(shapes.get(name)), numbers, DType.F32));
  }

  /** Writes all weights to a file. */
  public Path write(Path file, UnaryOperator<String> names) {
    SafetensorsWriter writer = new SafetensorsWriter();
    add(writer, names);
    writer.write(file);
    return file;
  }

  /** Loads the weights into native memory through a file. */
  public LiveWeights load(Torch torch, Path scratch) {
    return load(torch, scratch, ScalarType.FLOAT32);
  }

  /** Loads the weights in a dtype. */
  public LiveWeights load(Torch torch, Path scratch, ScalarType type) {
    return load(torch, scratch, type, Map.of());
  }

  /** Loads the weights in a dtype, some of them packed. */
  public LiveWeights load(
      Torch torch, Path scratch, ScalarType type, Map<String, Packing> packings) {
    TensorFile file = TensorFile.open(write(scratch, name -> name));
    Map<String, Origin> origins = new LinkedHashMap<>();
    shapes.forEach(
        (name, shape) -> origins.put(name, new Origin(file, file.find(name).orElseThrow(), shape)));
    return LiveWeights.load(torch, new TensorLoader(torch), origins, type, packings);
  }
}
