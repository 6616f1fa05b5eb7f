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
 * Reads weights and what modules add to them, and multiplies such changes with each other: the sum
 * of the products of their numbers, of which norms and cosines consist. Two products of factors are
 * multiplied by their factors alone, without the matrices that they stand for. Not safe for several
 * threads.
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

  /** A weight, as float32. */
  NDArray weight(Origin origin, OpenFiles files, NDManager scope) {
    return loader.load(
        files.of(origin.file()), origin.entry(), origin.shape(), ScalarType.FLOAT32, scope);
  }

  /**
   * What a module adds to a weight.
   *
   * @param name of the weight
   * @param original the weight without any change
   * @throws dev.sdlora.api.error.LoraException if it holds NaN or infinity, or does not fit the
   *     weight
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
   * What a module adds to a weight, if that is a product, which does not depend on the weight.
   *
   * @throws dev.sdlora.api.error.LoraException if it holds NaN or infinity
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

  /** The sum of the products of the numbers of two changes of one weight. */
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

  /** The same of a change and a tensor of the weight's size. */
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
      throw new IllegalStateException("a change is neither a product nor whole");
    }
    return whole;
  }

  /** The sum of squares of a tensor. */
  double squares(NDArray tensor, NDManager scope) {
    return call(program.call("squares").tensor(tensor), scope);
  }

  /** What a weight has to be added to be another, in the memory of the other. */
  NDArray difference(NDArray other, NDArray weight, NDManager scope) {
    return program.call("difference").tensor(other).tensor(weight).run(scope);
  }

  private static double call(Program.Call call, NDManager scope) {
    return call.run(scope).getDouble();
  }
}
