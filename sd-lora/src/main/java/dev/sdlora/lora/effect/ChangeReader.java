package dev.sdlora.lora.effect;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.lora.factors.Factors;
import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.lora.plan.PatchPlan.Change;
import dev.sdlora.tensors.file.OpenFiles;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LowRank;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.tensors.weights.TensorLoader;
import java.util.Optional;

/**
 * Reads weights and the changes that modules make to them, and computes inner products of changes,
 * the parts of norms and cosines. The inner product of two low-rank products is computed from their
 * factors, without the full matrices. Not safe for use by several threads.
 */
final class ChangeReader {
  private final TensorLoader loader;
  private final Factors factors;
  private final Program program;

  ChangeReader(Torch torch, TensorLoader loader) {
    this.loader = loader;
    this.factors = new Factors(torch, loader);
    this.program = Program.load(torch, ChangeReader.class, "effect.torchscript.py");
  }

  /** Reads a weight as float32. */
  NDArray weight(Origin origin, OpenFiles files, NDManager scope) {
    return loader.load(
        files.of(origin.file()), origin.entry(), origin.shape(), ScalarType.FLOAT32, scope);
  }

  /**
   * Reads or computes the change that a module makes to a weight.
   *
   * @param name the name of the weight
   * @param original the unchanged weight
   * @throws dev.sdlora.api.error.LoraException if the change holds NaN or infinity, or does not fit
   *     the weight
   */
  WeightChange change(
      String name, Change change, NDArray original, OpenFiles files, NDManager scope) {
    TensorFile.Reader reader = files.of(change.file());
    LoraModule module = change.module();
    double strength = change.strength();
    if (name.endsWith(".bias")) {
      return WeightChange.of(
          factors.biasDelta(reader, module, original, strength, scope).orElseThrow());
    }
    return product(change, files, scope)
        .orElseGet(
            () ->
                WeightChange.of(factors(change).delta(reader, module, original, strength, scope)));
  }

  /**
   * Reads the change of a module if it is a low-rank product, which does not depend on the weight.
   *
   * @throws dev.sdlora.api.error.LoraException if the change holds NaN or infinity
   */
  Optional<WeightChange> product(Change change, OpenFiles files, NDManager scope) {
    return factors(change)
        .lowRank(files.of(change.file()), change.module(), change.strength(), scope)
        .map(WeightChange::of);
  }

  private Factors factors(Change change) {
    return change.rankLimit().isPresent()
        ? factors.limitedTo(change.rankLimit().getAsInt())
        : factors;
  }

  /** The inner product of two changes of one weight. */
  double inner(WeightChange one, WeightChange other, NDManager scope) {
    LowRank product = one.product();
    LowRank second = other.product();
    if (product == null) {
      NDArray whole = whole(one);
      return second == null
          ? call(program.call("inner").tensor(whole).tensor(whole(other)), scope)
          : inner(other, whole, scope);
    }
    if (second == null) {
      return inner(one, whole(other), scope);
    }
    return product.scale()
        * second.scale()
        * call(
            program
                .call("product_inner")
                .tensor(product.up())
                .tensor(product.down())
                .tensor(second.up())
                .tensor(second.down()),
            scope);
  }

  /** The inner product of a change and a tensor of the weight's size. */
  double inner(WeightChange change, NDArray tensor, NDManager scope) {
    LowRank product = change.product();
    if (product == null) {
      return call(program.call("inner").tensor(whole(change)).tensor(tensor), scope);
    }
    return product.scale()
        * call(
            program
                .call("product_inner_whole")
                .tensor(product.up())
                .tensor(product.down())
                .tensor(tensor),
            scope);
  }

  private static NDArray whole(WeightChange change) {
    NDArray whole = change.whole();
    if (whole == null) {
      throw new IllegalStateException("a change must have either a product or a whole tensor");
    }
    return whole;
  }

  /** The sum of squares of a tensor. */
  double squares(NDArray tensor, NDManager scope) {
    return call(program.call("squares").tensor(tensor), scope);
  }

  /** The other tensor minus the weight, computed in place in the memory of the other. */
  NDArray difference(NDArray other, NDArray weight, NDManager scope) {
    return program.call("difference").tensor(other).tensor(weight).run(scope);
  }

  private static double call(Program.Call call, NDManager scope) {
    return call.run(scope).getDouble();
  }
}
