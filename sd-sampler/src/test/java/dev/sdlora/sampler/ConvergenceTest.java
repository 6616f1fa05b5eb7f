package dev.sdlora.sampler;

import dev.sdlora.api.SamplerOptions.UniPcVariant;
import dev.sdlora.sampler.schedule.NoiseLevels;
import dev.sdlora.sampler.schedule.Schedules;
import dev.sdlora.sampler.schedule.Sigmas;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/**
 * The order of accuracy: with half the step, the error must fall by two to the order. For data with
 * distribution N(0, s²) the exact solution is known: {@code x·sqrt((s² + sigmaEnd²) / (s² +
 * sigmaStart²))}.
 */
class ConvergenceTest {
  private static final double DEVIATION = 0.6;
  private static final int SHORT = 4;

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

  @org.junit.jupiter.api.Test
  void show() {
    methods()
        .forEach(
            a -> {
              StringBuilder line =
                  new StringBuilder(
                      "ORDER " + a.get()[0].getClass().getSimpleName() + " " + a.get()[1]);
              for (int n : new int[] {5, 8, 9, 11, 14, 16, 20, 29, 40, 80}) {
                int twice = a.get()[0] instanceof DpmFast ? 2 * n + 1 : 2 * n;
                try {
                  line.append(
                      String.format(
                          " %d:%.2f(%.1e)",
                          n,
                          Math.log(
                                  error((SamplingMethod) a.get()[0], n)
                                      / error((SamplingMethod) a.get()[0], twice))
                              / Math.log(2),
                          error((SamplingMethod) a.get()[0], twice)));
                } catch (AssertionError e) {
                  line.append(" -");
                }
              }
              System.out.println(line);
            });
  }

  private static double error(SamplingMethod method, int steps) {
    // The first steps of a multistep method are of lower order: they are made so short that their
    // error does not count.
    double[] even = Schedules.karras(steps + 1, 2, 0.2, Schedules.KARRAS_RHO);
    double[] levels = new double[steps + 1 + SHORT];
    for (int i = 0; i < SHORT; i++) {
      levels[i] = even[0] + (even[1] - even[0]) * i / SHORT / 1000;
    }
    System.arraycopy(even, 1, levels, SHORT, steps);
    levels[SHORT - 1 + 1] = even[1];
    Sigmas sigmas = Sigmas.of(Arrays.copyOf(levels, steps + SHORT));
    float start = 10;
    float[] end =
        method.sample(
            AnalyticDenoisers.gauss(0, DEVIATION),
            new float[] {start},
            sigmas,
            new RecordedNoise(),
            StepObserver.NONE);
    double exact = start * deviationAt(sigmas.at(sigmas.steps())) / deviationAt(sigmas.at(0));
    return Math.abs(end[0] - exact);
  }

  private static double deviationAt(double sigma) {
    return Math.hypot(DEVIATION, sigma);
  }
}
