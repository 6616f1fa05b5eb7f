package dev.sdlora.lora.factors;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.LoraException.Reason;
import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.tensors.file.TensorFile;
import java.util.stream.Collectors;

/** Errors that are detected only when the change of a module is computed. */
final class FactorErrors {
  private FactorErrors() {}

  /** A change that no dtype can hold. */
  static LoraException tooLarge(TensorFile file, LoraModule module, double strength) {
    return new LoraException(
        "LoRA '%s': at strength %s the change of '%s' becomes infinite"
            .formatted(file.path(), strength, module.key()),
        Reason.OVERFLOW,
        ErrorDetails.in(file.path()).withModule(module.key()));
  }

  /** Tensors whose shapes cannot be combined. */
  static LoraException unfit(
      TensorFile.Reader reader, LoraModule module, NDArray original, EngineException cause) {
    return new LoraException(
        "LoRA '%s': the tensors of module '%s' (%s) do not match each other or the weight of shape %s"
            .formatted(
                reader.file().path(),
                module.key(),
                module.parts().values().stream()
                    .map(entry -> entry.name() + " " + entry.shape())
                    .collect(Collectors.joining(", ")),
                original.getShape()),
        Reason.MISFIT,
        ErrorDetails.in(reader.file().path()).withModule(module.key()),
        cause);
  }
}
