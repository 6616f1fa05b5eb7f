package dev.sdlora.lora.make;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.make.spi.MakingBackend.Ranks;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LowRank;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Computes the best low-rank factors of matrices from singular values: no other factors of the same
 * rank have a smaller sum of squared errors (Eckart and Young 1936). Not safe for use by several
 * threads.
 */
final class Decomposition {
  /** The number of columns in addition to the requested rank; Halko et al. advise 5 to 10. */
  private static final int OVERSAMPLING = 10;

  /**
   * Power iterations. Differences of fine-tuned weights have slowly decaying singular values, for
   * which Halko et al. recommend one or two.
   */
  private static final int ROUNDS = 2;

  private final Torch torch;
  private final Program program;

  /** The random columns generated so far, as a flat array; the same for all matrices. */
  private float[] drawn = new float[0];

  /** Creates decompositions in the memory of an owner. */
  Decomposition(Torch torch) {
    this.torch = torch;
    this.program = Program.load(torch, Decomposition.class, "decomposition.torchscript.py");
  }

  /** A matrix with the sum of its squares. */
  record Difference(NDArray matrix, double energy) {}

  /**
   * Subtracts two weights of the same shape, overwriting the first with the result.
   *
   * @return a matrix [out, in]; its energy is NaN or infinite if a weight holds NaN or infinity
   */
  Difference difference(NDArray tuned, NDArray original, NDManager scope) {
    List<NDArray> result =
        program.call("difference").tensor(tuned).tensor(original).runForList(scope);
    return new Difference(result.get(0), result.get(1).toDoubleArray()[0]);
  }

  /**
   * Computes the factors of a matrix.
   *
   * @param exact whether to compute all singular values, which takes many times longer; otherwise
   *     the largest are found by a randomized method (Halko, Martinsson and Tropp 2011) with a
   *     fixed seed
   */
  FactorPair of(Difference matrix, Ranks rule, boolean exact) {
    try (NDManager scope = torch.scope()) {
      NDArray m = matrix.matrix();
      long shorter = Math.min(m.getShape().get(0), m.getShape().get(1));
      int columns = rule.largest() + OVERSAMPLING;
      List<NDArray> found =
          exact || columns >= shorter
              ? program.call("exact").tensor(m).runForList(scope)
              : program
                  .call("randomised")
                  .tensor(m)
                  .tensor(random(m.getShape().get(1), columns, scope))
                  .integer(ROUNDS)
                  .runForList(scope);
      return best(found, rule, matrix.energy(), scope);
    }
  }

  /** Computes the exact factors of a sum of products through their QR decompositions. */
  FactorPair of(List<LowRank> products, Ranks rule) {
    try (NDManager scope = torch.scope()) {
      List<NDArray> sum = beside(products, scope);
      List<NDArray> found =
          program.call("product").tensor(sum.get(0)).tensor(sum.get(1)).runForList(scope);
      double energy = 0;
      for (double value : doubles(found.get(1))) {
        energy += value * value;
      }
      return best(found, rule, energy, scope);
    }
  }

  /**
   * The sum of products as one product of concatenated factors, exact except for the rounding of
   * the scales. Its rank is the sum of the ranks.
   */
  FactorPair concatenation(List<LowRank> products) {
    try (NDManager scope = torch.scope()) {
      List<NDArray> sum = beside(products, scope);
      int rank = (int) sum.get(1).getShape().get(0);
      return new FactorPair(values(sum.get(1)), values(sum.get(0)), rank);
    }
  }

  /**
   * The sum of products and of whole changes.
   *
   * @param changes whole changes, float32, all with the same number of elements; at least one
   */
  Difference sum(List<LowRank> products, List<NDArray> changes, NDManager scope) {
    List<NDArray> sum =
        program
            .call("added")
            .list(products.stream().map(LowRank::up).toArray(NDArray[]::new))
            .list(products.stream().map(LowRank::down).toArray(NDArray[]::new))
            .numbers(products.stream().mapToDouble(LowRank::scale).toArray())
            .list(changes.toArray(NDArray[]::new))
            .runForList(scope);
    return new Difference(sum.get(0), sum.get(1).toDoubleArray()[0]);
  }

  private List<NDArray> beside(List<LowRank> products, NDManager scope) {
    return program
        .call("beside")
        .list(products.stream().map(LowRank::up).toArray(NDArray[]::new))
        .list(products.stream().map(LowRank::down).toArray(NDArray[]::new))
        .numbers(products.stream().mapToDouble(LowRank::scale).toArray())
        .runForList(scope);
  }

  private FactorPair best(List<NDArray> found, Ranks rule, double energy, NDManager scope) {
    double[] singular = doubles(found.get(1));
    int rank = RankRule.choose(rule, singular, energy);
    List<NDArray> factors =
        program
            .call("split")
            .tensor(found.get(0))
            .tensor(found.get(1))
            .tensor(found.get(2))
            .integer(rank)
            .runForList(scope);
    double kept = 0;
    for (int i = 0; i < rank; i++) {
      kept += singular[i] * singular[i];
    }
    return new FactorPair(
        factors.get(1).toFloatArray(), factors.get(0).toFloatArray(), rank, kept, energy);
  }

  private double[] doubles(NDArray tensor) {
    try (NDManager scope = torch.scope()) {
      return program.call("doubles").tensor(tensor).run(scope).toDoubleArray();
    }
  }

  private float[] values(NDArray tensor) {
    try (NDManager scope = torch.scope()) {
      return program.call("values").tensor(tensor).run(scope).toFloatArray();
    }
  }

  /** Normally distributed numbers, [rows, columns]. */
  private NDArray random(long rows, int columns, NDManager scope) {
    int count = Math.toIntExact(rows * columns);
    if (drawn.length < count) {
      SplittableRandom random = new SplittableRandom(0);
      drawn = new float[count];
      for (int i = 0; i < count; i++) {
        drawn[i] = (float) random.nextGaussian();
      }
    }
    return Torch.floats(scope, Arrays.copyOf(drawn, count), rows, columns);
  }
}
