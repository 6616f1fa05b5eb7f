package dev.sdlora.pipeline.generation;

import static dev.sdlora.tensorkit.GoldenTensors.doubles;
import static dev.sdlora.tensorkit.GoldenTensors.floats;
import static dev.sdlora.testkit.CloseAssert.assertCloseToScale;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import dev.sdlora.api.Precision;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.conditioning.Conditioning;
import dev.sdlora.families.conditioning.Conditions;
import dev.sdlora.families.denoise.BatchedPredictor;
import dev.sdlora.families.denoise.Guidance;
import dev.sdlora.families.denoise.GuidanceOptions;
import dev.sdlora.families.network.Prediction;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.pipeline.model.Networks;
import dev.sdlora.sampler.SamplingSettings;
import dev.sdlora.sampler.StepObserver;
import dev.sdlora.sampler.noise.LatentShape;
import dev.sdlora.sampler.plan.SamplingPlan;
import dev.sdlora.sampler.schedule.NoiseLevels;
import dev.sdlora.tensors.file.TensorFile;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compares whole runs to diffusers: recorded noise, guidance, eight steps, and the image. */
class EndToEndParityTest {
  private static final TensorFile GOLDEN = Fixtures.golden("golden");
  private static final ImageSize SIZE = new ImageSize(64, 64);
  private static final TensorFile RUNS = Fixtures.golden("e2e");

  @ParameterizedTest
  @CsvSource({"euler, EULER, NORMAL, 7", "dpmpp_2m_karras, DPMPP_2M, KARRAS, 5"})
  void run_recordedNoise_givesTheGoldenPicture(
      String name, Sampler sampler, Schedule schedule, double cfg) {
    NoiseLevels levels = NoiseLevels.stableDiffusion();
    SamplingPlan plan =
        SamplingPlan.of(new SamplingSettings(sampler, schedule, 8), levels, ModelFamily.SD1);
    double[] sigmas = doubles(RUNS, name + ".sigmas");
    for (int i = 0; i < sigmas.length; i++) {
      // diffusers multiplies a thousand betas in float32, which changes the smallest level by
      // 1.3e-5.
      assertThat(plan.sigmas().at(i)).isCloseTo(sigmas[i], within(2e-5 * sigmas[i]));
    }
    try (Networks networks =
            Networks.load(CheckpointReader.read(Fixtures.CHECKPOINT), Precision.FLOAT32, "cpu");
        NDManager scope = networks.torch().scope()) {
      float[] states = floats(GOLDEN, "text.last_ln");
      Conditioning prompt = half(states, 0);
      Conditioning negative = half(states, 1);
      Guidance guidance =
          new Guidance(
              new BatchedPredictor(
                  (batch, step) ->
                      networks
                          .unet()
                          .predict(batch.latents(), batch.times(), batch.context(), step),
                  Prediction.EPSILON,
                  levels,
                  new float[0],
                  new LatentShape(4, 8, 8),
                  2,
                  scope),
              Conditions.of(prompt, negative),
              GuidanceOptions.scale(cfg));
      float[] latent =
          plan.run(
              guidance.start(),
              floats(RUNS, name + ".noise"),
              EndToEndParityTest::noNoise,
              StepObserver.NONE);
      assertCloseToScale(latent, floats(RUNS, name + ".latent"), 1e-4);

      float[] image = networks.vae().decode(latent, SIZE, scope);
      assertCloseToScale(image, floats(RUNS, name + ".image"), 1e-4);
    }
  }

  private static float[] noNoise(int count) {
    throw new AssertionError("these samplers draw no noise");
  }

  private static Conditioning half(float[] states, int index) {
    int length = states.length / 2;
    return new Conditioning(
        Arrays.copyOfRange(states, index * length, (index + 1) * length), 77, 32);
  }
}
