package dev.sdlora.lora.factors;

import ai.djl.ndarray.NDManager;
import dev.sdlora.lora.format.Kind;
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

/** Stand-in until the package of the other kinds is merged: low-rank factors of plain LoRA. */
public final class Factors {
  private final TensorLoader loader;

  /** Factors read by a loader. */
  public Factors(Torch torch, TensorLoader loader) {
    this.loader = loader;
  }

  /** The two factors with scale, for kinds that are a product of two. */
  public Optional<LowRank> lowRank(
      TensorFile.Reader reader, LoraModule module, double strength, NDManager scope) {
    boolean plain =
        module.kind() == Kind.LORA
            && module.find(Part.LORA_MID).isEmpty()
            && module.find(Part.DORA_SCALE).isEmpty();
    if (!plain) {
      return Optional.empty();
    }
    long rank = module.rank();
    double scale =
        module
            .find(Part.ALPHA)
            .map(entry -> reader.floats(entry)[0] / (double) rank)
            .or(module::configuredScale)
            .orElse(1.0);
    TensorEntry up = module.part(Part.LORA_UP);
    TensorEntry down = module.part(Part.LORA_DOWN);
    return Optional.of(
        new LowRank(
            loader.load(
                reader, up, List.of(up.shape().get(0), rank), ScalarType.FLOAT32, scope),
            loader.load(
                reader,
                down,
                List.of(rank, down.elements() / rank),
                ScalarType.FLOAT32,
                scope),
            strength * scale));
  }
}
