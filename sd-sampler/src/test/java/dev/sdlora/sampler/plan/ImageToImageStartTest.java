package dev.sdlora.sampler.plan;

import static dev.sdlora.testkit.CloseAssert.assertClose;
import static dev.sdlora.testkit.CloseAssert.toDoubles;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.sampling.Rng;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.sampler.Calls;
import dev.sdlora.sampler.Denoiser;
import dev.sdlora.sampler.Latents;
import dev.sdlora.sampler.RecordedNoise;
import dev.sdlora.sampler.SamplingSettings;
import dev.sdlora.sampler.StepObserver;
import dev.sdlora.sampler.Unguided;
import dev.sdlora.sampler.noise.Noise;
import dev.sdlora.sampler.noise.NoiseSource;
import dev.sdlora.sampler.schedule.NoiseLevels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Sampling that starts from an image, and keeps a part of it. */
class ImageToImageStartTest {
  private static final int LENGTH = 40;
  private static final NoiseLevels LEVELS = NoiseLevels.stableDiffusion();
  private static final float[] PICTURE = Noise.of(Rng.CPU, 1).next(LENGTH);
  private static final float[] UNIT_NOISE = Noise.of(Rng.CPU, 2).next(LENGTH);

  /** {@code int(min(strength, .999)·steps)}, or {@code int(steps / min(strength, .999))}. */
  @ParameterizedTest
  @CsvSource({
    "20, 0.75, 15, 26",
    "20, 1, 19, 20",
    "20, 0.01, 0, 2000",
    "7, 0.5, 3, 14",
    "1, 0.3, 0, 3"
  })
  void pictureSteps_shareAndExactly_countAsA1111(
      int steps, double strength, int encoded, int total) {
    assertThat(ImageToImageSteps.share(steps, strength))
        .isEqualTo(new ImageToImageSteps(steps, encoded));
    assertThat(ImageToImageSteps.exactly(steps, strength))
        .isEqualTo(new ImageToImageSteps(total, steps - 1));
  }

  @Test
  void pictureSteps_outOfRange_areRefused() {
    assertThatThrownBy(() -> ImageToImageSteps.share(0, 0.5))
        .hasMessage("steps must be at least 1: 0");
    assertThatThrownBy(() -> ImageToImageSteps.share(5, 1.1))
        .hasMessage("strength must be from 0 to 1: 1.1");
    assertThatThrownBy(() -> ImageToImageSteps.exactly(5, 0))
        .hasMessage("strength must be above 0 and at most 1: 0.0");
  }

  @ParameterizedTest
  @CsvSource({"15, 16", "0, 1", "19, 20"})
  void from_scheduledSampler_makesOneStepMore(int encoded, int steps) {
    SamplingPlan whole = plan(Sampler.EULER, 20);
    SamplingPlan part = whole.from(encoded);

    assertThat(part.steps()).isEqualTo(steps);
    assertThat(part.sigmas().at(0)).isEqualTo(whole.sigmas().at(20 - steps));
    assertThat(part.sigmas().at(steps)).isZero();
  }

  /**
   * A1111 spans the path over the levels of the whole schedule, even if an image uses only a part.
   */
  @ParameterizedTest
  @EnumSource(names = {"DPMPP_SDE", "DPMPP_2M_SDE", "DPMPP_2M_SDE_HEUN", "DPMPP_3M_SDE"})
  void run_partOfTheWay_laysThePathOverTheWhole(Sampler sampler) {
    SamplingPlan whole = plan(sampler, 20);
    List<Double> range = new ArrayList<>();
    List<Double> asked = new ArrayList<>();
    NoiseSource noise =
        new NoiseSource() {
          @Override
          public float[] next(int count) {
            throw new AssertionError("all noise lies between levels");
          }

          @Override
          public NoiseSource over(double sigmaMin, double sigmaMax) {
            range.addAll(List.of(sigmaMin, sigmaMax));
            return this;
          }

          @Override
          public float[] between(double sigma, double sigmaNext, int count) {
            asked.addAll(List.of(sigma, sigmaNext));
            return UNIT_NOISE.clone();
          }
        };

    whole
        .from(7)
        .run((Unguided) (x, sigma) -> PICTURE, PICTURE, UNIT_NOISE, noise, StepObserver.NONE);

    assertThat(range).containsExactly(whole.sigmas().lastPositive(), whole.sigmas().at(0));
    assertThat(asked.get(0)).isCloseTo(whole.sigmas().at(12), within(1e-6));
    assertThat(asked.get(asked.size() - 1)).isCloseTo(range.get(0), within(1e-6));
  }

  /**
   * Times 1, 51 … 951: noise is added up to the 16th, the first call is at the 15th, and the last
   * at the first.
   */
  @Test
  void from_timestepSampler_startsOneLevelAboveItsFirst() {
    SamplingPlan part = plan(Sampler.DDIM, 20).from(15);
    Calls calls = new Calls((Unguided) (x, sigma) -> PICTURE);

    part.run(calls, PICTURE, UNIT_NOISE, new RecordedNoise(), calls);

    assertThat(calls.sigmas()).hasSize(14);
    assertThat(calls.sigmas().get(0)).isEqualTo(LEVELS.timeToSigma(701));
    // The latent is in unit-variance form at time 751, and scaled for the model at time 701.
    double noised = LEVELS.timeToSigma(751);
    double scale = Math.hypot(1, LEVELS.timeToSigma(701)) / Math.hypot(1, noised);
    double[] expected = toDoubles(Latents.combine(scale, PICTURE, scale * noised, UNIT_NOISE));
    assertClose(toDoubles(calls.seen().get(0)), expected, 1e-6, 1e-6);
  }

  @Test
  void from_uniPc_spreadsItsStepsOverTheRest() {
    SamplingPlan part = plan(Sampler.UNIPC, 20).from(15);

    assertThat(part.steps()).isEqualTo(15);
    assertThat(part.sigmas().at(0)).isCloseTo(LEVELS.timeToSigma(701), within(1e-12));
    assertThat(part.sigmas().at(15)).isEqualTo(LEVELS.sigmaMin());
  }

  /** This includes cases in which A1111 makes no call and leaves the noise in the image. */
  @ParameterizedTest
  @EnumSource
  void from_everySamplerAndDepth_makesAtLeastOneStepAndFindsThePicture(Sampler sampler) {
    for (int encoded = 0; encoded < 8; encoded++) {
      SamplingPlan part = plan(sampler, 8).from(encoded);
      Calls calls = new Calls((Unguided) (x, sigma) -> PICTURE);

      float[] result = part.run(calls, PICTURE, UNIT_NOISE, Noise.of(Rng.NV, 3), calls);

      assertThat(calls.seen()).isNotEmpty();
      assertClose(toDoubles(result), toDoubles(PICTURE), 0.001, 0.3);
    }
  }

  @Test
  void from_outOfRange_isRefused() {
    assertThatThrownBy(() -> plan(Sampler.EULER, 20).from(20))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the number of encoded steps must be from 0 to 19: 20");
  }

  @Test
  void run_extraNoise_isAddedToTheStart() {
    SamplerOptions options = SamplerOptions.builder().extraNoise(0.1).build();
    SamplingPlan part =
        SamplingPlan.of(
                new SamplingSettings(Sampler.EULER, Schedule.KARRAS, 10, options),
                LEVELS,
                ModelFamily.SD1)
            .from(4);
    Calls calls = new Calls((Unguided) (x, sigma) -> PICTURE);

    part.run(calls, PICTURE, UNIT_NOISE, new RecordedNoise(), calls);

    double noiseScale = part.sigmas().at(0) + 0.1;
    double[] expected = toDoubles(Latents.combine(1, PICTURE, noiseScale, UNIT_NOISE));
    assertClose(toDoubles(calls.seen().get(0)), expected, 1e-6, 1e-6);
  }

  /**
   * For most samplers the kept half of the prediction is the image; others see the image in the
   * input.
   */
  @ParameterizedTest
  @EnumSource
  void keeping_halfAMask_blendsBeforeOrAfter(Sampler sampler) {
    float[] repaint = new float[LENGTH];
    Arrays.fill(repaint, 0, LENGTH / 2, 1);
    Calls model = new Calls((Unguided) (x, sigma) -> new float[LENGTH]);
    Denoiser keeping = plan(sampler, 10).keeping(model, PICTURE, repaint, UNIT_NOISE);
    float[] x = Noise.of(Rng.CPU, 5).next(LENGTH);

    float[] denoised = keeping.denoise(x, 2);

    float[] expectedSeen = x.clone();
    float[] expected = new float[LENGTH];
    float[] noisy = Latents.combine(1, PICTURE, 2, UNIT_NOISE);
    float[] kept = sampler.onTimesteps() ? noisy : PICTURE;
    float[] target = sampler.onTimesteps() ? expectedSeen : expected;
    System.arraycopy(kept, LENGTH / 2, target, LENGTH / 2, LENGTH / 2);
    assertThat(model.seen().get(0)).isEqualTo(expectedSeen);
    assertThat(denoised).isEqualTo(expected);
  }

  private static SamplingPlan plan(Sampler sampler, int steps) {
    return SamplingPlan.of(
        new SamplingSettings(sampler, Schedule.AUTOMATIC, steps), LEVELS, ModelFamily.SD1);
  }
}
