package dev.sdlora.sampler.plan;

import static dev.sdlora.testkit.CloseAssert.assertClose;
import static dev.sdlora.testkit.CloseAssert.toDoubles;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.sampling.Rng;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.sampler.AnalyticDenoisers;
import dev.sdlora.sampler.Calls;
import dev.sdlora.sampler.Denoiser;
import dev.sdlora.sampler.Latents;
import dev.sdlora.sampler.SamplingSettings;
import dev.sdlora.sampler.StepObserver;
import dev.sdlora.sampler.Unguided;
import dev.sdlora.sampler.noise.Noise;
import dev.sdlora.sampler.noise.NoiseSource;
import dev.sdlora.sampler.schedule.NoiseLevels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of every sampler; a new sampler is tested because it is in the enum. */
class SamplerContractTest {
  private static final int LENGTH = 60;
  private static final NoiseLevels LEVELS = NoiseLevels.stableDiffusion();
  private static final Denoiser IDEAL = AnalyticDenoisers.ofManifest("gmm");

  static Stream<Arguments> samplersAndSteps() {
    return Arrays.stream(Sampler.values())
        .flatMap(
            sampler ->
                Stream.of(1, 2, 3, 20, 40, 150)
                    .filter(steps -> steps > 1 || !onA1111sTimes(sampler))
                    .filter(steps -> steps <= 50 || sampler != Sampler.TCD)
                    .map(steps -> Arguments.of(sampler, steps)));
  }

  private static boolean onA1111sTimes(Sampler sampler) {
    return sampler.onTimesteps() && sampler != Sampler.TCD;
  }

  /**
   * Returns the number of denoiser calls documented by each class; empty for DPM adaptive, which
   * chooses it.
   */
  private static OptionalInt documentedCalls(Sampler sampler, int steps) {
    return switch (sampler) {
      case HEUN, DPM2, DPM2_A, DPMPP_2S_A, DPMPP_SDE, RESTART -> OptionalInt.of(2 * steps - 1);
      case PLMS -> OptionalInt.of(steps + 1);
      case PNDM -> OptionalInt.of(steps + 3 * Math.min(3, steps));
      case DPM_ADAPTIVE -> OptionalInt.empty();
      default -> OptionalInt.of(steps);
    };
  }

  /** Returns the number of draws of noise documented by each class. */
  private static int documentedDraws(Sampler sampler, int steps) {
    return switch (sampler) {
      case EULER, HEUN, DPM2, LMS, DPMPP_2M, DPMPP_2S, DPMPP_3S, DEIS, RES_MULTISTEP -> 0;
      case DDIM, DDIM_CFGPP, PLMS, PNDM, UNIPC -> 0;
      case DPMPP_SDE -> 2 * (steps - 1);
      case DPM_FAST -> steps / 3;
      case RESTART -> steps < 20 ? 0 : steps < 36 ? 1 : 2;
      default -> steps - 1;
    };
  }

  @ParameterizedTest
  @MethodSource("samplersAndSteps")
  void run_anySteps_isFiniteAndCallsAndDrawsAsDocumented(Sampler sampler, int steps) {
    SamplingPlan plan = plan(sampler, steps);
    Calls calls = new Calls(IDEAL);
    List<Integer> draws = new ArrayList<>();
    NoiseSource noise = Noise.of(Rng.NV, 7);

    float[] result =
        plan.run(
            calls,
            unitNoise(),
            count -> {
              draws.add(count);
              return noise.next(count);
            },
            calls);

    int made = plan.sigmas().steps();
    int kept = calls.starts().size();
    assertThat(calls.seen()).hasSize(documentedCalls(sampler, made).orElse(3 * kept));
    assertThat(draws).allMatch(count -> count == LENGTH);
    if (sampler == Sampler.DPM_ADAPTIVE) {
      assertThat(draws).hasSizeBetween(1, kept);
    } else {
      assertThat(draws).hasSize(documentedDraws(sampler, made));
    }
    // The data of this model is within [-2.6, 2.6]; steps too long for their method overshoot.
    assertClose(toDoubles(result), new double[LENGTH], 0, steps <= 3 ? 40 : 4);
  }

  /** Few steps from the last time directly to level 0, as for distilled models. */
  @ParameterizedTest
  @EnumSource
  void run_trailing_landsWhereAPerfectDenoiserPoints(Sampler sampler) {
    float[] target = Noise.of(Rng.CPU, 3).next(LENGTH);
    for (int steps : new int[] {2, 4}) {
      SamplingPlan plan =
          SamplingPlan.of(
              new SamplingSettings(sampler, Schedule.TRAILING, steps), LEVELS, ModelFamily.SD1);
      float[] result = run(plan, (Unguided) (x, sigma) -> target, StepObserver.NONE);
      boolean toZero = plan.sigmas().at(plan.sigmas().steps()) == 0;
      boolean stays = sampler == Sampler.DPM_FAST || sampler == Sampler.DPM_ADAPTIVE;
      double left = toZero && !stays ? 2e-5 : 5 * plan.sigmas().lastPositive() + 0.003;
      assertClose(toDoubles(result), toDoubles(target), 0, left);
    }
  }

  @ParameterizedTest
  @EnumSource
  void run_sameSeedTwice_isTheSame(Sampler sampler) {
    SamplingPlan plan = plan(sampler, 5);

    assertThat(run(plan, IDEAL, StepObserver.NONE)).isEqualTo(run(plan, IDEAL, StepObserver.NONE));
  }

  /**
   * Without fresh noise all samplers move along the line to the target, and reach it at level 0.
   */
  @ParameterizedTest
  @MethodSource("samplersAndSteps")
  void sample_perfectDenoiser_landsOnTheLineToItsTarget(Sampler sampler, int steps) {
    SamplingPlan plan =
        SamplingPlan.of(
            new SamplingSettings(
                sampler,
                Schedule.AUTOMATIC,
                steps,
                SamplerOptions.builder().eta(0).etaDdim(0).build()),
            LEVELS,
            ModelFamily.SD1);
    float[] target = Noise.of(Rng.CPU, 3).next(LENGTH);
    float[] start = Latents.scale(plan.startScale(), unitNoise());
    double end = plan.sigmas().at(plan.sigmas().steps());
    if (sampler == Sampler.DPM_FAST || sampler == Sampler.DPM_ADAPTIVE) {
      end = plan.sigmas().lastPositive(); // the latent stays there
    }
    double left = end / plan.sigmas().at(0);

    float[] result =
        plan.method()
            .sample(
                (Unguided) (x, sigma) -> target,
                start,
                plan.sigmas(),
                Noise.of(Rng.NV, 1),
                StepObserver.NONE);

    double[] expected = toDoubles(Latents.combine(left, start, 1 - left, target));
    assertClose(toDoubles(result), expected, 1e-6, 3e-5);
    // LMS sums rounded slopes; LCM's function skips 7e-6 of the model.
    if (left == 0 && sampler != Sampler.LMS && sampler != Sampler.LCM) {
      assertThat(result).isEqualTo(target);
    }
  }

  @ParameterizedTest
  @EnumSource
  void sample_perfectDenoiserAndFreshNoise_returnsTheTargetAndTheLastNoise(Sampler sampler) {
    SamplingPlan plan = plan(sampler, 8);
    float[] target = Noise.of(Rng.CPU, 3).next(LENGTH);
    double last = plan.sigmas().lastPositive();

    float[] result = run(plan, (Unguided) (x, sigma) -> target, StepObserver.NONE);

    // Samplers that do not step to 0 leave noise of the lowest level; 5 deviations of it.
    boolean toZero = plan.sigmas().at(plan.sigmas().steps()) == 0;
    boolean stays = sampler == Sampler.DPM_FAST || sampler == Sampler.DPM_ADAPTIVE;
    double left = toZero && !stays ? 2e-5 : 5 * last + 0.003;
    assertClose(toDoubles(result), toDoubles(target), 0, left);
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
    List<Integer> calls = new ArrayList<>();

    run(
        plan,
        (Unguided)
            (x, sigma) -> {
              calls.add(events.size());
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

    assertThat(calls).allMatch(place -> place % 2 == 1); // after a start and before its end
    int told = events.size() / 2;
    if (sampler != Sampler.DPM_ADAPTIVE) {
      assertThat(told).isEqualTo(plan.steps());
    }
    for (int i = 0; i < told; i++) {
      assertThat(calls).contains(2 * i + 1);
      assertThat(events.get(2 * i)).startsWith("start " + i + " ");
      assertThat(events.get(2 * i + 1)).isEqualTo(events.get(2 * i).replace("start", "end"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void run_observerThrows_stopsThereWithThatException(Sampler sampler) {
    CancellationException cancelled = new CancellationException();
    AtomicInteger started = new AtomicInteger();

    assertThatThrownBy(
            () ->
                run(
                    plan(sampler, 8),
                    IDEAL,
                    new StepObserver() {
                      @Override
                      public void stepStart(int step, double sigma) {
                        started.incrementAndGet();
                        if (step == 2) {
                          throw cancelled;
                        }
                      }
                    }))
        .isSameAs(cancelled);
    assertThat(started).hasValue(3);
  }

  private static SamplingPlan plan(Sampler sampler, int steps) {
    return SamplingPlan.of(
        new SamplingSettings(sampler, Schedule.AUTOMATIC, steps), LEVELS, ModelFamily.SD1);
  }

  private static float[] run(SamplingPlan plan, Denoiser denoiser, StepObserver observer) {
    return plan.run(denoiser, unitNoise(), Noise.of(Rng.NV, 42), observer);
  }

  private static float[] unitNoise() {
    return Noise.of(Rng.CPU, 42).next(LENGTH);
  }
}
