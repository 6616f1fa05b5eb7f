package dev.sdlora.training.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.sdlora.families.checkpoint.transformer.ModelFiles;
import dev.sdlora.families.transformer.TransformerConfig;
import dev.sdlora.tensors.file.OpenFiles;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.tensors.weights.StoredFormat;
import dev.sdlora.tensors.weights.TensorLoader;
import dev.sdlora.training.option.TrainingPrecision;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Reads the frozen weights of a diffusion transformer into native memory. */
final class FlowWeights {
  private static final String WEIGHT = ".weight";

  private final Torch torch;
  private final NDManager numbers;
  private final TensorLoader loader;
  private final TrainingPrecision precision;
  private final Map<String, NDArray> weights = new LinkedHashMap<>();

  private FlowWeights(Torch torch, TrainingPrecision precision) {
    this.torch = torch;
    this.numbers = Torch.onProcessor(torch.manager());
    this.loader = new TensorLoader(torch);
    this.precision = precision;
  }

  /**
   * Reads weights.
   *
   * @return the tensors by their names in programs; in 8 bits, a matrix has several
   * @throws dev.sdlora.api.error.TensorFileException if a file cannot be read
   */
  static Map<String, NDArray> read(
      Torch torch, ModelFiles.Part<TransformerConfig> part, TrainingPrecision precision) {
    FlowWeights reading = new FlowWeights(torch, precision);
    FlowLayers layers = new FlowLayers(part.config());
    try (OpenFiles files = new OpenFiles()) {
      layers
          .sources()
          .forEach(
              (name, sources) -> {
                List<Origin> origins = new ArrayList<>();
                for (String source : sources) {
                  origins.add(Objects.requireNonNull(part.weights().get(source), source));
                }
                reading.read(files, name, origins);
              });
    }
    return reading.weights;
  }

  private void read(OpenFiles files, String name, List<Origin> origins) {
    boolean isRounded =
        precision == TrainingPrecision.INT8
            && origins.get(0).shape().size() == 2
            && name.endsWith(WEIGHT)
            && FlowLayers.isInBlock(name);
    ScalarType type =
        precision == TrainingPrecision.FLOAT32 || isRounded
            ? ScalarType.FLOAT32
            : ScalarType.BFLOAT16;
    try (NDManager scope = torch.scope()) {
      NDList parts = new NDList();
      for (Origin origin : origins) {
        parts.add(
            loader.load(files.of(origin.file()), origin.entry(), origin.shape(), type, scope));
      }
      NDArray whole = parts.size() == 1 ? parts.get(0) : NDArrays.concat(parts);
      if (isRounded) {
        round(name.substring(0, name.length() - WEIGHT.length()), whole, scope);
      } else {
        keep(name, whole);
      }
    }
  }

  /** Rounds a matrix to 8 bits with a scale for each row. */
  private void round(String layer, NDArray matrix, NDManager scope) {
    long[] shape = matrix.getShape().getShape();
    weights.put(
        layer + ".stored",
        numbers.create(new long[] {StoredFormat.INT8.code(), shape[0], shape[1]}));
    List<NDArray> parts = StoredFormat.INT8.fromValues(loader, matrix, scope);
    for (int i = 0; i < parts.size(); i++) {
      keep(layer + ".stored." + i, parts.get(i));
    }
  }

  /** Outputs of a program cannot take part in automatic differentiation, so they are copied. */
  private void keep(String name, NDArray loaded) {
    NDArray copy = loaded.duplicate();
    copy.attach(torch.manager());
    weights.put(name, copy);
  }
}
