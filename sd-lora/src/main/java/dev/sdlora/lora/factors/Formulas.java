package dev.sdlora.lora.factors;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.lora.format.Part;
import dev.sdlora.lora.format.Rows;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.TensorDict;
import dev.sdlora.tensors.torch.Torch;

/**
 * Applies the formula of a module's kind, defined in {@code factors.torchscript.py}, to its
 * tensors.
 */
final class Formulas {
  private static final String PEFT_MAGNITUDE = "lora_magnitude_vector";

  private final Torch torch;
  private final Program program;
  private final int limit;

  /** Creates formulas that use at most this many components of a LoRA. */
  Formulas(Torch torch, Program program, int limit) {
    this.torch = torch;
    this.program = program;
    this.limit = limit;
  }

  /**
   * Computes the change that a module adds to the original weight. The change of some rows is that
   * of a matrix that has the original in these rows and zeros in the others.
   *
   * @param dict the module's tensors, by their names in LyCORIS
   */
  NDArray change(
      TensorFile.Reader reader,
      LoraModule module,
      TensorDict dict,
      NDArray original,
      double strength,
      NDManager scope) {
    if (module.rows().isEmpty()) {
      return whole(reader, module, dict, original, strength, scope);
    }
    Rows rows = module.rows().get();
    try (NDManager parts = torch.scope()) {
      NDArray spread =
          program
              .call("spread")
              .tensor(original)
              .integers(rows.numbers())
              .integer(rows.whole())
              .run(parts);
      return rows(module, whole(reader, module, dict, spread, strength, parts), scope);
    }
  }

  /** The rows of a matrix or vector that a module's weight gets. */
  NDArray rows(LoraModule module, NDArray all, NDManager scope) {
    return module
        .rows()
        .map(rows -> program.call("chosen").tensor(all).integers(rows.numbers()).run(scope))
        .orElse(all);
  }

  private NDArray whole(
      TensorFile.Reader reader,
      LoraModule module,
      TensorDict dict,
      NDArray original,
      double strength,
      NDManager scope) {
    return module.find(Part.DORA_SCALE).isPresent()
        ? ofLength(reader, module, dict, original, strength, scope)
        : plain(reader, module, dict, original, strength, scope);
  }

  /**
   * The change of DoRA: adds another kind's change to W and rescales the rows or columns of the sum
   * to their stored norms.
   */
  private NDArray ofLength(
      TensorFile.Reader reader,
      LoraModule module,
      TensorDict dict,
      NDArray original,
      double strength,
      NDManager scope) {
    TensorEntry magnitudes = module.part(Part.DORA_SCALE);
    boolean peft = magnitudes.name().contains(PEFT_MAGNITUDE);
    try (NDManager parts = torch.scope()) {
      return call("dora", dict, original)
          .tensor(plain(reader, module, dict, original, peft ? strength : 1, parts))
          .integer(peft ? 0 : Axis.ofMagnitudes(reader.file(), magnitudes, original))
          .number(peft ? 1 : strength)
          .run(scope);
    }
  }

  private NDArray plain(
      TensorFile.Reader reader,
      LoraModule module,
      TensorDict dict,
      NDArray original,
      double strength,
      NDManager scope) {
    double scale = strength * Scale.of(reader, module);
    return switch (module.kind()) {
      case LORA -> call("lora", dict, original).integer(limit).number(scale).run(scope);
      case LOHA -> call("loha", dict, original).number(scale).run(scope);
      case LOKR -> call("lokr", dict, original).number(scale).run(scope);
      case GLORA -> call("glora", dict, original).number(scale).run(scope);
      case FULL -> call("full", dict, original).number(scale).run(scope);
      case NORM -> call("norm", dict, original).number(scale).run(scope);
      case REPLACED -> call("replaced", dict, original).run(scope);
      case IA3 ->
          call("ia3", dict, original)
              .integer(Axis.ofFactors(reader, module, original))
              .number(scale)
              .run(scope);
      case OFT -> rotation("oft", reader, module, dict, original).number(strength).run(scope);
      case BOFT -> rotation("boft", reader, module, dict, original).number(strength).run(scope);
      case OLD_OFT -> call("old_oft", dict, original).number(strength).run(scope);
    };
  }

  private Program.Call call(String method, TensorDict dict, NDArray original) {
    return program.call(method).tensors(dict).tensor(original);
  }

  private Program.Call rotation(
      String method,
      TensorFile.Reader reader,
      LoraModule module,
      TensorDict dict,
      NDArray original) {
    double alpha = module.find(Part.ALPHA).map(a -> Scale.number(reader, a)).orElse(0.0);
    return call(method, dict, original).number(alpha * original.getShape().get(0));
  }
}
