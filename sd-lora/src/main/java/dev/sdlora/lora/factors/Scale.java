package dev.sdlora.lora.factors;

import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.LoraException.Reason;
import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.lora.format.Part;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;

/** The factor on a module's change that its own settings define, in addition to the strength. */
final class Scale {
  private Scale() {}

  /**
   * Returns the factor: the tensor {@code scale} if there is one, otherwise the value from the
   * adapter's settings, otherwise alpha / rank, otherwise 1. An alpha of 0 means the rank, as in
   * the trainers, which make this replacement when they start (kohya's sd-scripts, LyCORIS); A1111
   * and ComfyUI would multiply by 0, so the LoRA would have no effect.
   *
   * <p>A LoKr of two full matrices has factor 1 whatever its alpha, because it has no rank to
   * divide by. GLoRA uses alpha / rank as in LyCORIS and ComfyUI; A1111 ignores its alpha.
   *
   * @throws LoraException if a number is NaN or infinite, or a tensor is not a single number
   */
  static double of(TensorFile.Reader reader, LoraModule module) {
    if (module.find(Part.SCALE).isPresent()) {
      return number(reader, module.part(Part.SCALE));
    }
    if (module.configuredScale().isPresent()) {
      return module.configuredScale().get();
    }
    if (!hasRank(module) || module.find(Part.ALPHA).isEmpty()) {
      return 1;
    }
    double alpha = number(reader, module.part(Part.ALPHA));
    return alpha == 0 ? 1 : alpha / module.rank();
  }

  /** Whether the module has a rank by which alpha can be divided. */
  private static boolean hasRank(LoraModule module) {
    return switch (module.kind()) {
      case LORA, LOHA, GLORA -> true;
      case LOKR -> module.find(Part.LOKR_W1_B).or(() -> module.find(Part.LOKR_W2_B)).isPresent();
      case IA3, OFT, BOFT, OLD_OFT, FULL, NORM, REPLACED -> false;
    };
  }

  /**
   * The value of a tensor of one number.
   *
   * @throws LoraException if it is NaN or infinite, or the tensor does not have exactly one number
   */
  static double number(TensorFile.Reader reader, TensorEntry entry) {
    if (entry.elements() != 1) {
      throw new LoraException(
          "LoRA '%s': tensor '%s' has shape %s, expected a single number"
              .formatted(reader.file().path(), entry.name(), entry.shape()),
          Reason.DAMAGED,
          ErrorDetails.in(reader.file().path()).withTensor(entry.name()));
    }
    double value = reader.floats(entry)[0];
    if (!Double.isFinite(value)) {
      throw Parts.notFinite(reader.file(), entry);
    }
    return value;
  }
}
