package dev.sdlora.sampler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.SamplerOptions.UniPcVariant;
import dev.sdlora.sampler.schedule.NoiseLevels;
import dev.sdlora.sampler.schedule.Schedules;
import dev.sdlora.sampler.schedule.Sigmas;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The order of accuracy: with half the step, the error must fall by two to the order. For data with
 * distribution N(0, s²) the exact solution is known: {@code x·sqrt((s² + sigmaEnd²) / (s² +
 * sigmaStart²))}.
 */
class ConvergenceTest {
  private static final double DEVIATION = 0.6;

  static Stream<Arguments> methods() {
    return Stream.of(
        Arguments.of(new Euler(Churn.NONE), 1),
        Arguments.of(new EulerAncestral(0, 1), 1),
        Arguments.of(new Heun(Churn.NONE), 2),
        Arguments.of(new Dpm2(Churn.NONE), 2),
        Arguments.of(new Dpm2Ancestral(0, 1), 2),
        Arguments.of(new Lms(1), 1),
        Arguments.of(new Lms(2), 2),
        Arguments.of(new Lms(3), 3),
        Arguments.of(new Lms(4), 4),
        Arguments.of(new DpmPp2sAncestral(0, 1), 2),
        Arguments.of(new DpmPpSde(0, 1), 2),
        Arguments.of(new DpmPp2m(), 2),
        Arguments.of(new DpmPp2mSde(0, 1, DpmPp2mSde.Solver.MIDPOINT), 2),
        Arguments.of(new DpmPp2mSde(0, 1, DpmPp2mSde.Solver.HEUN), 2),
        Arguments.of(new DpmPp3mSde(0, 1), 3),
        Arguments.of(new DpmFast(0, 1), 3),
        Arguments.of(new Restart(1), 2),
        Arguments.of(new Ddim(0), 1),
        Arguments.of(new DdimCfgPp(0), 1),
        Arguments.of(new Plms(), 1),
        Arguments.of(new UniPc(UniPcVariant.BH1, 1), 2),
        Arguments.of(new UniPc(UniPcVariant.BH1, 2), 3),
        Arguments.of(new UniPc(UniPcVariant.BH2, 2), 3),
        Arguments.of(new UniPc(UniPcVariant.BH2, 3), 4),
        Arguments.of(new Deis(1), 1),
        Arguments.of(new Deis(2), 2),
        Arguments.of(new Deis(3), 3),
        Arguments.of(new Tcd(NoiseLevels.stableDiffusion(), 0), 1));
  }

  @ParameterizedTest
  @MethodSource("methods")
  void sample_idealGaussianDenoiser_convergesAtItsOrder(SamplingMethod method, int order) {
    double observed = Math.log(error(method, 80) / error(method, 160)) / Math.log(2);

    assertThat(observed).isBetween(order - 0.1, order + 0.1);
  }

  private static double error(SamplingMethod method, int steps) {
    Sigmas sigmas = Sigmas.of(Schedules.karras(steps + 1, 14.6, 0.03, Schedules.KARRAS_RHO));
    float start = 10;
    float[] end =
        method.sample(
            AnalyticDenoisers.gauss(0, DEVIATION),
            new float[] {start},
            sigmas,
            new RecordedNoise(),
            StepObserver.NONE);
    double exact = start * deviationAt(sigmas.at(steps)) / deviationAt(sigmas.at(0));
    return Math.abs(end[0] - exact);
  }

  private static double deviationAt(double sigma) {
    return Math.hypot(DEVIATION, sigma);
  }
}
