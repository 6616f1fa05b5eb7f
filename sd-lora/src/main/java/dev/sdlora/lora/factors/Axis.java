package dev.sdlora.lora.factors;

import ai.djl.ndarray.NDArray;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.LoraException.Reason;
import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.lora.format.Part;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import java.util.List;

/**
 * The axis of a weight that a vector scales: one number for each row (axis 0, outputs) or one for
 * each column (axis 1, input channels).
 */
final class Axis {
  private Axis() {}

  /**
   * The axis of DoRA's magnitudes, derived from their shape: [out, 1, …] in current files of
   * LyCORIS, [1, in, …] in its first ones, [out] in other files.
   *
   * @throws LoraException if the shape matches neither axis
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
   * The axis of IA3's factors: {@code on_input} decides if present, otherwise the number of
   * factors.
   *
   * @throws LoraException if their number matches neither the rows nor the columns
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
          "LoRA '%s': tensor '%s' has %s factors, expected one for each of the %s %s; it was probably trained for another model"
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
