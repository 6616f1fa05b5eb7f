package dev.sdlora.lora.factors;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.lora.format.Part;
import dev.sdlora.tensors.file.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LowRank;
import dev.sdlora.tensors.weights.TensorLoader;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Placeholder for LoRA alone, with the methods that all kinds will have. */
public final class Factors {
  private final TensorLoader loader;

  /** Factors of one owner's tensors. */
  public Factors(Torch torch, TensorLoader loader) {
    this.loader = loader;
  }

  /** What a module adds to the original weight at a strength, float32, of its shape. */
  public NDArray delta(
      TensorFile.Reader reader,
      LoraModule module,
      NDArray original,
      double strength,
      NDManager scope) {
    LowRank pair = lowRank(reader, module, strength, scope).orElseThrow();
    return pair.up().matMul(pair.down()).mul(pair.scale()).reshape(original.getShape());
  }

  /** Likewise for the bias, if the module changes it. */
  public Optional<NDArray> biasDelta(
      TensorFile.Reader reader,
      LoraModule module,
      @Nullable NDArray originalBias,
      double strength,
      NDManager scope) {
    return Optional.empty();
  }

  /** The two factors with their scale, for kinds that are a product of two. */
  public Optional<LowRank> lowRank(
      TensorFile.Reader reader, LoraModule module, double strength, NDManager scope) {
    long rank = module.rank();
    double alpha =
        module.find(Part.ALPHA).map(entry -> (double) reader.floats(entry)[0]).orElse(1.0 * rank);
    TensorEntry up = module.part(Part.LORA_UP);
    TensorEntry down = module.part(Part.LORA_DOWN);
    return Optional.of(
        new LowRank(
            loader.load(reader, up, List.of(up.shape().get(0), rank), ScalarType.FLOAT32, scope),
            loader.load(
                reader, down, List.of(rank, down.elements() / rank), ScalarType.FLOAT32, scope),
            strength * alpha / rank));
  }

  /** Whether a module has anything for the weight of its layer. */
  public static boolean changesWeight(LoraModule module) {
    return true;
  }

  /** Whether a module has anything for the bias of its layer. */
  public static boolean changesBias(LoraModule module) {
    return false;
  }
}
