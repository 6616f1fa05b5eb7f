package dev.sdlora.lora.factors;

import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.lora.format.Part;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import java.util.List;
import java.util.Optional;

/**
 * Detects files that have no effect at any strength, such as files saved before the first training
 * step: trainers initialize one factor of each product to zero. Stateless.
 */
public final class ZeroModules {
  private static final int CHUNK = 1 << 16;

  private ZeroModules() {}

  /**
   * Whether every module of a file is a product with an all-zero factor. Stops at the first module
   * that is not, which in files with an effect is nearly always the first one.
   *
   * @throws dev.sdlora.api.error.TensorFileException if the file cannot be read or has changed
   */
  public static boolean areAllOf(LoraFile lora) {
    try (TensorFile.Reader reader = lora.file().reader()) {
      return lora.modules().stream().allMatch(module -> isZero(reader, module));
    }
  }

  /** A module has no effect if none of its summands has one. */
  private static boolean isZero(TensorFile.Reader reader, LoraModule module) {
    return summands(module).stream().allMatch(factors -> hasZeros(reader, module, factors))
        && hasZerosIfThere(reader, module, Part.DIFF_B)
        && hasZerosIfThere(reader, module, Part.B_NORM)
        && hasZerosIfThere(reader, module, Part.LORA_BIAS)
        && module.find(Part.DORA_SCALE).isEmpty()
        && module.find(Part.RESCALE).isEmpty();
  }

  /**
   * The summands of the change, each a product of factors; summands that the file lacks are
   * skipped.
   */
  private static List<List<Part>> summands(LoraModule module) {
    return switch (module.kind()) {
      case LORA -> List.of(List.of(Part.LORA_UP, Part.LORA_DOWN, Part.LORA_MID));
      case LOHA ->
          List.of(
              List.of(
                  Part.HADA_W1_A,
                  Part.HADA_W1_B,
                  Part.HADA_W2_A,
                  Part.HADA_W2_B,
                  Part.HADA_T1,
                  Part.HADA_T2));
      case LOKR ->
          List.of(
              List.of(
                  Part.LOKR_W1,
                  Part.LOKR_W1_A,
                  Part.LOKR_W1_B,
                  Part.LOKR_W2,
                  Part.LOKR_W2_A,
                  Part.LOKR_W2_B,
                  Part.LOKR_T2));
      case GLORA -> List.of(List.of(Part.A1, Part.A2), List.of(Part.B1, Part.B2, Part.BM));
      case IA3 -> List.of(List.of(Part.WEIGHT));
      case OFT, BOFT -> List.of(List.of(Part.OFT_BLOCKS));
      case OLD_OFT -> List.of(List.of(Part.OFT_DIAG));
      case REPLACED -> List.of(List.of());
      case FULL -> module.find(Part.DIFF).isPresent() ? List.of(List.of(Part.DIFF)) : List.of();
      case NORM -> module.find(Part.W_NORM).isPresent() ? List.of(List.of(Part.W_NORM)) : List.of();
    };
  }

  private static boolean hasZeros(TensorFile.Reader reader, LoraModule module, List<Part> factors) {
    boolean scaled =
        module.find(Part.SCALE).isEmpty()
            && module.configuredScale().filter(scale -> scale == 0).isPresent();
    return scaled
        || factors.stream()
            .flatMap(part -> module.find(part).stream())
            .anyMatch(factor -> isZero(reader, factor));
  }

  private static boolean hasZerosIfThere(TensorFile.Reader reader, LoraModule module, Part part) {
    Optional<TensorEntry> difference = module.find(part);
    return difference.isEmpty() || isZero(reader, difference.get());
  }

  /** Reads the tensor in small pieces: for most tensors the first number decides. */
  private static boolean isZero(TensorFile.Reader reader, TensorEntry entry) {
    for (long at = 0; at < entry.elements(); at += CHUNK) {
      int count = (int) Math.min(CHUNK, entry.elements() - at);
      float[] numbers = reader.floats(entry, at, count);
      for (float number : numbers) {
        if (number != 0) {
          return false;
        }
      }
    }
    return true;
  }
}
