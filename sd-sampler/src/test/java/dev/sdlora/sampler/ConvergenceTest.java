package dev.sdlora.sampler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.sampling.SamplerOptions.UniPcVariant;
import dev.sdlora.sampler.multistep.Deis;
import dev.sdlora.sampler.multistep.DpmPp2m;
import dev.sdlora.sampler.multistep.DpmPp2mSde;
import dev.sdlora.sampler.multistep.DpmPp2mSde.Solver;
import dev.sdlora.sampler.multistep.DpmPp3mSde;
import dev.sdlora.sampler.multistep.Lms;
import dev.sdlora.sampler.multistep.Plms;
import dev.sdlora.sampler.multistep.UniPc;
import dev.sdlora.sampler.schedule.NoiseForm;
import dev.sdlora.sampler.schedule.NoiseLevels;
import dev.sdlora.sampler.schedule.Schedules;
import dev.sdlora.sampler.schedule.Sigmas;
import dev.sdlora.sampler.singlestep.Churn;
import dev.sdlora.sampler.singlestep.Ddim;
import dev.sdlora.sampler.singlestep.DdimCfgPp;
import dev.sdlora.sampler.singlestep.Dpm2;
import dev.sdlora.sampler.singlestep.Dpm2Ancestral;
import dev.sdlora.sampler.singlestep.DpmAdaptive;
import dev.sdlora.sampler.singlestep.DpmFast;
import dev.sdlora.sampler.singlestep.DpmPp2sAncestral;
import dev.sdlora.sampler.singlestep.DpmPpSde;
import dev.sdlora.sampler.singlestep.DpmPpSinglestep;
import dev.sdlora.sampler.singlestep.Euler;
import dev.sdlora.sampler.singlestep.EulerAncestral;
import dev.sdlora.sampler.singlestep.Heun;
import dev.sdlora.sampler.singlestep.Restart;
import dev.sdlora.sampler.singlestep.Tcd;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The order of accuracy: with half the step, the error must decrease by a factor of two to the
 * power of the order. For data with distribution N(0, s²) the exact solution is known: {@code
 * x·sqrt((s² + sigmaEnd²) / (s² + sigmaStart²))}.
 */
class ConvergenceTest {
  private static final double DEVIATION = 0.6;

  /** The levels at which single steps show their order soonest. */
  private static final double[] NARROW = {2, 0.2};

  /**
   * The model's own levels: at the highest, the first steps have little error despite their lower
   * order.
   */
  private static final double[] WIDE = {14.6, 0.03};

  static Stream<Arguments> methods() {
    return Stream.of(
        Arguments.of(new Euler(Churn.NONE), WIDE, 80, 1.0),
        Arguments.of(new EulerAncestral(0, 1, NoiseForm.exploding()), WIDE, 80, 1.0),
        Arguments.of(new Heun(Churn.NONE), WIDE, 80, 2.0),
        Arguments.of(new Dpm2(Churn.NONE), WIDE, 80, 2.0),
        Arguments.of(new Dpm2Ancestral(0, 1, NoiseForm.exploding()), WIDE, 80, 2.0),
        Arguments.of(new Lms(1, NoiseForm.exploding()), WIDE, 80, 1.0),
        Arguments.of(new Lms(2, NoiseForm.exploding()), WIDE, 80, 2.0),
        Arguments.of(new Lms(3, NoiseForm.exploding()), WIDE, 80, 3.0),
        // The error is 1e-6 of the latent, where the limits of float32 become visible.
        Arguments.of(new Lms(4, NoiseForm.exploding()), WIDE, 80, 3.65),
        Arguments.of(new DpmPp2sAncestral(0, 1, NoiseForm.exploding()), WIDE, 80, 2.0),
        Arguments.of(new DpmPpSde(0, 1, NoiseForm.exploding()), WIDE, 80, 2.0),
        Arguments.of(new DpmPp2m(), WIDE, 80, 2.0),
        Arguments.of(new DpmPp2mSde(0, 1, NoiseForm.exploding(), Solver.MIDPOINT), WIDE, 80, 2.0),
        Arguments.of(new DpmPp2mSde(0, 1, NoiseForm.exploding(), Solver.HEUN), WIDE, 80, 2.0),
        // The remaining error is that of its first step, of order 1.
        Arguments.of(new DpmPp3mSde(0, 1, NoiseForm.exploding()), WIDE, 80, 1.95),
        // 10 and 20 steps, because a remainder of two calls makes one more step.
        Arguments.of(new DpmFast(0, 1), NARROW, 29, 3.1),
        Arguments.of(new Restart(1, NoiseForm.exploding()), NARROW, 8, 2.05),
        Arguments.of(new Ddim(0), WIDE, 80, 1.0),
        Arguments.of(new DdimCfgPp(0), WIDE, 80, 1.0),
        // Its weights are for even steps, which these approach.
        Arguments.of(new Plms(), WIDE, 80, 2.0),
        Arguments.of(new DpmPpSinglestep(2), WIDE, 80, 2.0),
        // The order decreases to 1 at the end, which limits the total order.
        Arguments.of(new UniPc(UniPcVariant.BH1, 1), NARROW, 80, 2.0),
        Arguments.of(new UniPc(UniPcVariant.BH1, 2), NARROW, 80, 2.0),
        Arguments.of(new UniPc(UniPcVariant.BH2, 2), NARROW, 80, 2.0),
        Arguments.of(new Deis(1, NoiseForm.exploding()), WIDE, 80, 1.0),
        Arguments.of(new Deis(2, NoiseForm.exploding()), WIDE, 80, 2.0),
        Arguments.of(new Deis(3, NoiseForm.exploding()), WIDE, 80, 3.0),
        Arguments.of(new Tcd(NoiseLevels.stableDiffusion(), 0), WIDE, 80, 1.0));
  }

  @ParameterizedTest
  @MethodSource("methods")
  void sample_idealGaussianDenoiser_convergesAtItsOrder(
      SamplingMethod method, double[] range, int steps, double order) {
    int twice = method instanceof DpmFast ? 2 * steps + 1 : 2 * steps;
    double observed =
        Math.log(error(method, range, steps) / error(method, range, twice)) / Math.log(2);

    assertThat(observed).isBetween(order - 0.1, order + 0.1);
  }

  /** These methods have an order above two, but are too exact to measure it in float32. */
  @ParameterizedTest
  @MethodSource("exactMethods")
  void sample_methodOfHighOrder_isExactInFewSteps(SamplingMethod method, double allowed) {
    assertThat(error(method, WIDE, 30)).isLessThan(allowed * error(new Heun(Churn.NONE), WIDE, 30));
  }

  static Stream<Arguments> exactMethods() {
    return Stream.of(
        Arguments.of(new UniPc(UniPcVariant.BH1, 3), 0.2),
        Arguments.of(new UniPc(UniPcVariant.BH2, 3), 0.2),
        Arguments.of(new DpmAdaptive(0, 1), 10));
  }

  private static double error(SamplingMethod method, double[] range, int steps) {
    Sigmas sigmas =
        Sigmas.of(Schedules.karras(steps + 1, range[0], range[1], Schedules.KARRAS_RHO));
    float start = 10;
    float[] end =
        method.sample(
            AnalyticDenoisers.gauss(0, DEVIATION),
            new float[] {start},
            sigmas,
            new RecordedNoise(),
            StepObserver.NONE);
    double exact = start * deviationAt(range[1]) / deviationAt(range[0]);
    return Math.abs(end[0] - exact);
  }

  private static double deviationAt(double sigma) {
    return Math.hypot(DEVIATION, sigma);
  }
}
