package dev.sdlora.lora.factors;

import ai.djl.ndarray.NDArray;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.LoraException.Reason;
import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.lora.format.Part;
import dev.sdlora.tensors.file.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import java.util.List;

/**
 * Which way a row of numbers lies along a weight: one for each of its rows (axis 0, outputs) or one
 * for each of its columns (axis 1, input channels).
 */
final class Axis {
  private Axis() {}

  /**
   * The axis of DoRA's magnitudes by their shape: [out, 1, …] as LyCORIS stores them now, [1, in,
   * …] as it did first, [out] in other files.
   *
   * @throws LoraException if the shape is neither
   */
  static int ofMagnitudes(TensorFile file, TensorEntry magnitudes, NDArray weight) {
    long out = weight.getShape().get(0);
    long in = weight.getShape().dimension() > 1 ? weight.getShape().get(1) : 1;
    List<Long> shape = magnitudes.shape();
    long count = magnitudes.elements();
    boolean firstIsAll = !shape.isEmpty() && shape.get(0) == count;
    if (firstIsAll && count == out) {
      return 0;
    }
    boolean secondIsAll = shape.size() > 1 && shape.get(1) == count;
    if (count == in && (secondIsAll || shape.size() == 1)) {
      return 1;
    }
    if (count == out && secondIsAll) {
      return 0;
    }
    throw new LoraException(
        "LoRA '%s': tensor '%s' has shape %s, expected [%s, 1] for rows or [1, %s] for columns"
            .formatted(file.path(), magnitudes.name(), shape, out, in),
        Reason.DAMAGED,
        ErrorDetails.in(file.path()).withTensor(magnitudes.name()));
  }

  /**
   * The axis of IA3's factors: as {@code on_input} says, else by their number.
   *
   * @throws LoraException if there are more or fewer than rows or columns
   */
  static int ofFactors(TensorFile.Reader reader, LoraModule module, NDArray weight) {
    TensorEntry factors = module.part(Part.WEIGHT);
    long out = weight.getShape().get(0);
    long in = weight.getShape().dimension() > 1 ? weight.getShape().get(1) : 1;
    boolean onInput =
        module
            .find(Part.ON_INPUT)
            .map(flag -> Scale.number(reader, flag) != 0)
            .orElse(factors.elements() != out);
    long expected = onInput ? in : out;
    if (factors.elements() != expected) {
      throw new LoraException(
          "LoRA '%s': tensor '%s' has %s factors for %s %s; it was probably trained for another model"
              .formatted(
                  reader.file().path(),
                  factors.name(),
                  factors.elements(),
                  expected,
                  onInput ? "columns" : "rows"),
          Reason.MISFIT,
          ErrorDetails.in(reader.file().path())
              .withTensor(factors.name())
              .withModule(module.key()));
    }
    return onInput ? 1 : 0;
  }
}
