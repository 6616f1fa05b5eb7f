package dev.sdlora.sampler;

import static dev.sdlora.sampler.CloseAssert.assertClose;
import static dev.sdlora.sampler.CloseAssert.toDoubles;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Rng;
import dev.sdlora.api.Sampler;
import dev.sdlora.api.Schedule;
import dev.sdlora.sampler.noise.Noise;
import dev.sdlora.sampler.noise.NoiseSource;
import dev.sdlora.sampler.schedule.NoiseLevels;
import dev.sdlora.sampler.schedule.Sigmas;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What every sampler keeps to; a new one is tested by being in the enum. */
class SamplerContractTest {
  private static final int LENGTH = 60;
  private static final NoiseLevels LEVELS = NoiseLevels.stableDiffusion();
  private static final Denoiser IDEAL = AnalyticDenoisers.ofManifest("gmm");

  static Stream<Arguments> samplersAndSteps() {
    return Arrays.stream(Sampler.values())
        .flatMap(
            sampler ->
                Stream.of(sampler == Sampler.DDIM ? 2 : 1, 2, 3, 20, 150)
                    .distinct()
                    .map(steps -> Arguments.of(sampler, steps)));
  }

  /** The draws of noise that each class documents. */
  private static int documentedDraws(Sampler sampler, int steps) {
    return switch (sampler) {
      case EULER, DPMPP_2M, DDIM -> 0;
      case EULER_A -> steps - 1;
    };
  }

  @ParameterizedTest
  @MethodSource("samplersAndSteps")
  void run_anySteps_isFiniteAndCallsAndDrawsAsDocumented(Sampler sampler, int steps) {
    SamplingPlan plan = plan(sampler, steps);
    List<Double> denoised = new ArrayList<>();
    List<Integer> draws = new ArrayList<>();
    NoiseSource noise = Noise.of(Rng.NV, 7);

    float[] result =
        plan.run(
            (x, sigma) -> {
              denoised.add(sigma);
              return IDEAL.denoise(x, sigma);
            },
            unitNoise(),
            count -> {
              draws.add(count);
              return noise.next(count);
            },
            StepObserver.NONE);

    int made = plan.sigmas().steps();
    assertThat(denoised).isEqualTo(levelsBeforeSteps(plan.sigmas()));
    assertThat(draws).hasSize(documentedDraws(sampler, made)).allMatch(count -> count == LENGTH);
    // Data of this model lies within [-2.6, 2.6]; DDIM's two long steps overshoot by little.
    assertClose(toDoubles(result), new double[LENGTH], 0, 4);
  }

  @ParameterizedTest
  @EnumSource
  void run_sameSeedTwice_isTheSame(Sampler sampler) {
    SamplingPlan plan = plan(sampler, 5);

    assertThat(run(plan, IDEAL, StepObserver.NONE)).isEqualTo(run(plan, IDEAL, StepObserver.NONE));
  }

  @ParameterizedTest
  @MethodSource("samplersAndSteps")
  void sample_perfectDenoiser_landsOnTheLineToItsTarget(Sampler sampler, int steps) {
    SamplingPlan plan = plan(sampler, steps);
    float[] target = Noise.of(Rng.CPU, 3).next(LENGTH);
    float[] start = Latents.scale(plan.startScale(), unitNoise());
    double left = plan.sigmas().at(plan.sigmas().steps()) / plan.sigmas().at(0);

    float[] result =
        plan.method()
            .sample(
                (x, sigma) -> target, start, plan.sigmas(), Noise.of(Rng.NV, 1), StepObserver.NONE);

    if (left == 0) {
      assertThat(result).isEqualTo(target);
    } else {
      double[] expected = toDoubles(Latents.combine(left, start, 1 - left, target));
      assertClose(toDoubles(result), expected, 1e-6, 1e-5);
    }
  }

  @ParameterizedTest
  @EnumSource
  void runAndSample_anyInput_leaveItUntouched(Sampler sampler) {
    SamplingPlan plan = plan(sampler, 4);
    float[] input = unitNoise();

    plan.run(IDEAL, input, Noise.of(Rng.NV, 1), StepObserver.NONE);
    plan.method().sample(IDEAL, input, plan.sigmas(), Noise.of(Rng.NV, 1), StepObserver.NONE);

    assertThat(input).isEqualTo(unitNoise());
  }

  @ParameterizedTest
  @MethodSource("samplersAndSteps")
  void run_observed_tellsPairedEventsInOrder(Sampler sampler, int steps) {
    SamplingPlan plan = plan(sampler, steps);
    List<String> events = new ArrayList<>();

    run(
        plan,
        (x, sigma) -> {
          events.add("denoise " + sigma);
          return IDEAL.denoise(x, sigma);
        },
        new StepObserver() {
          @Override
          public void stepStart(int step, double sigma) {
            events.add("start " + step + " " + sigma);
          }

          @Override
          public void stepEnd(int step, double sigma, float[] denoised) {
            assertThat(denoised).hasSize(LENGTH);
            events.add("end " + step + " " + sigma);
          }
        });

    List<String> expected = new ArrayList<>();
    for (int i = 0; i < plan.sigmas().steps(); i++) {
      double sigma = plan.sigmas().at(i);
      expected.addAll(
          List.of("start " + i + " " + sigma, "denoise " + sigma, "end " + i + " " + sigma));
    }
    assertThat(events).isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource
  void run_observerThrows_stopsThereWithThatException(Sampler sampler) {
    CancellationException cancelled = new CancellationException();
    List<Double> denoised = new ArrayList<>();

    assertThatThrownBy(
            () ->
                run(
                    plan(sampler, 5),
                    (x, sigma) -> {
                      denoised.add(sigma);
                      return IDEAL.denoise(x, sigma);
                    },
                    new StepObserver() {
                      @Override
                      public void stepStart(int step, double sigma) {
                        if (step == 2) {
                          throw cancelled;
                        }
                      }
                    }))
        .isSameAs(cancelled);
    assertThat(denoised).hasSize(2);
  }

  private static SamplingPlan plan(Sampler sampler, int steps) {
    return SamplingPlan.of(sampler, Schedule.AUTOMATIC, steps, LEVELS);
  }

  private static float[] run(SamplingPlan plan, Denoiser denoiser, StepObserver observer) {
    return plan.run(denoiser, unitNoise(), Noise.of(Rng.NV, 42), observer);
  }

  private static float[] unitNoise() {
    return Noise.of(Rng.CPU, 42).next(LENGTH);
  }

  private static List<Double> levelsBeforeSteps(Sigmas sigmas) {
    List<Double> levels = new ArrayList<>();
    for (int i = 0; i < sigmas.steps(); i++) {
      levels.add(sigmas.at(i));
    }
    return levels;
  }
}
