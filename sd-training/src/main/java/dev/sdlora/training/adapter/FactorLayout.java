package dev.sdlora.training.adapter;

import dev.sdlora.lora.format.Part;
import dev.sdlora.training.adapter.Factor.Distribution;
import dev.sdlora.training.adapter.Factor.Start;
import dev.sdlora.training.option.AdapterKind;
import dev.sdlora.training.option.AdapterOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The tensors that are trained for a layer, with the shapes, first values and scales of LyCORIS.
 *
 * @param module the layer
 * @param factors the tensors
 * @param alpha the alpha in files; 0 for IA3, which has none
 * @param scale the factor on the change
 */
record FactorLayout(AdapterModule module, List<Factor> factors, double alpha, double scale) {
  /** The names of IA3's factors in networks. */
  static final String INPUTS = "ia3.inputs";

  private static final String OUTPUTS = "ia3.outputs";

  /** The deviations of LoHa's factors in LyCORIS; the fourth begins with zeros. */
  private static final double LOHA_OUTER = 0.1;

  private static final double LOHA_INNER = 1;

  /** The layout of a layer's change. */
  static FactorLayout of(AdapterOptions options, AdapterModule module) {
    List<Factor> factors = new ArrayList<>();
    factors.addAll(
        switch (options.kind()) {
          case LORA -> lora(module);
          case LOHA -> loha(module);
          case LOKR -> lokr(module, options.lokrFactor());
          case IA3 -> ia3(module);
        });
    if (options.dora()) {
      factors.add(
          new Factor(
              Part.DORA_SCALE,
              sides(module.out(), 1, module.kernel().stream().map(side -> 1L).toList()),
              new Start(Distribution.ROW_NORMS, 0)));
    }
    if (options.kind() == AdapterKind.IA3) {
      return new FactorLayout(module, factors, 0, 1);
    }
    double alpha =
        options.rankStabilised() ? module.alpha() * Math.sqrt(module.rank()) : module.alpha();
    if (factors.stream().anyMatch(factor -> factor.part() == Part.LOKR_W2)) {
      // Two whole factors have no rank, so the scale is 1.
      alpha = module.rank();
    }
    return new FactorLayout(module, factors, alpha, alpha / module.rank());
  }

  /** A tensor by its name in files. */
  Optional<Factor> find(Part part) {
    return factors.stream().filter(factor -> factor.part() == part).findFirst();
  }

  /** The first factor is random, the second zero, so that nothing is changed at first. */
  private static List<Factor> lora(AdapterModule module) {
    long rank = module.rank();
    List<Long> ones = module.kernel().stream().map(side -> 1L).toList();
    return List.of(
        new Factor(
            Part.LORA_DOWN,
            sides(rank, module.in(), module.kernel()),
            Start.uniform(module.fanIn())),
        new Factor(Part.LORA_UP, sides(module.out(), rank, ones), Start.ZERO));
  }

  private static List<Factor> loha(AdapterModule module) {
    long rank = module.rank();
    List<Long> outer = List.of(module.out(), rank);
    List<Long> inner = List.of(rank, module.fanIn());
    return List.of(
        new Factor(Part.HADA_W1_A, outer, Start.normal(LOHA_OUTER)),
        new Factor(Part.HADA_W1_B, inner, Start.normal(LOHA_INNER)),
        new Factor(Part.HADA_W2_A, outer, Start.ZERO),
        new Factor(Part.HADA_W2_B, inner, Start.normal(LOHA_INNER)));
  }

  /** The second factor is whole if a product of this rank would not be much smaller. */
  private static List<Factor> lokr(AdapterModule module, int factor) {
    KroneckerSides out = KroneckerSides.of(module.out(), factor);
    KroneckerSides in = KroneckerSides.of(module.in(), factor);
    long rank = module.rank();
    List<Factor> factors = new ArrayList<>();
    factors.add(
        new Factor(Part.LOKR_W1, List.of(out.outer(), in.outer()), Start.uniform(in.outer())));
    if (rank >= Math.max(out.inner(), in.inner()) / 2.0) {
      factors.add(
          new Factor(Part.LOKR_W2, sides(out.inner(), in.inner(), module.kernel()), Start.ZERO));
    } else {
      long columns = in.inner() * (module.fanIn() / module.in());
      factors.add(new Factor(Part.LOKR_W2_A, List.of(out.inner(), rank), Start.uniform(rank)));
      factors.add(new Factor(Part.LOKR_W2_B, List.of(rank, columns), Start.ZERO));
    }
    return factors;
  }

  private static List<Factor> ia3(AdapterModule module) {
    boolean inputs = ActivationFactors.of(module.name()).orElseThrow() == ActivationFactors.INPUTS;
    return List.of(
        new Factor(
            inputs ? INPUTS : OUTPUTS,
            Part.WEIGHT,
            List.of(inputs ? module.in() : module.out()),
            Start.ZERO,
            false));
  }

  private static List<Long> sides(long rows, long columns, List<Long> kernel) {
    return Stream.concat(Stream.of(rows, columns), kernel.stream()).toList();
  }
}
