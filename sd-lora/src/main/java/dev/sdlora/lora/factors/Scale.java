package dev.sdlora.lora.factors;

import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.LoraException.Reason;
import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.lora.format.Part;
import dev.sdlora.tensors.file.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;

/** The factor that a module's own settings put on its change, besides the strength. */
final class Scale {
  private Scale() {}

  /**
   * The factor: the tensor {@code scale} if there is one, else what settings beside the tensors
   * say, else alpha / rank, else 1. An alpha of 0 stands for the rank, as in the trainers, which
   * replace it so when they start (kohya's sd-scripts, LyCORIS); A1111 and ComfyUI would multiply
   * by 0 and show a LoRA that does nothing.
   *
   * <p>LoKr of two full matrices has factor 1 whatever its alpha: there is no rank to divide by.
   * GLoRA has alpha / rank as in LyCORIS and ComfyUI; A1111 leaves its alpha out.
   *
   * @throws LoraException if a number is NaN or infinite, or is no single number
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

  /** Whether there is something to divide alpha by. */
  private static boolean hasRank(LoraModule module) {
    return switch (module.kind()) {
      case LORA, LOHA, GLORA -> true;
      case LOKR -> module.find(Part.LOKR_W1_B).or(() -> module.find(Part.LOKR_W2_B)).isPresent();
      case IA3, OFT, BOFT, OLD_OFT, FULL, NORM -> false;
    };
  }

  /**
   * The value of a tensor of one number.
   *
   * @throws LoraException if it is NaN or infinite, or there are more or fewer numbers
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
