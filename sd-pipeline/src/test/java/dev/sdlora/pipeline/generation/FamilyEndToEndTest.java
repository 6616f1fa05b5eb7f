package dev.sdlora.pipeline.generation;

import static dev.sdlora.tensorkit.GoldenTensors.doubles;
import static dev.sdlora.tensorkit.GoldenTensors.floats;
import static dev.sdlora.testkit.CloseAssert.assertCloseToScale;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import dev.sdlora.api.Precision;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.checkpoint.UNetFiles;
import dev.sdlora.families.conditioning.Conditioning;
import dev.sdlora.families.conditioning.Conditions;
import dev.sdlora.families.denoise.BatchedPredictor;
import dev.sdlora.families.denoise.ConcatConditioning;
import dev.sdlora.families.denoise.Guidance;
import dev.sdlora.families.denoise.GuidanceOptions;
import dev.sdlora.families.denoise.GuidedCalls;
import dev.sdlora.families.denoise.NoisePredictor;
import dev.sdlora.families.network.Residuals;
import dev.sdlora.families.network.SizeConditions;
import dev.sdlora.families.network.UNet;
import dev.sdlora.pipeline.FamilyFiles;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.pipeline.model.Networks;
import dev.sdlora.sampler.SamplingSettings;
import dev.sdlora.sampler.StepObserver;
import dev.sdlora.sampler.noise.LatentShape;
import dev.sdlora.sampler.plan.SamplingPlan;
import dev.sdlora.sampler.schedule.NoiseLevels;
import dev.sdlora.tensors.file.TensorFile;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compares whole runs of all families to diffusers: recorded noise, guidance, and the image. */
class FamilyEndToEndTest {
  private static final ImageSize SIZE = new ImageSize(64, 64);
  private static final double[] SIZES = {64, 64, 0, 0, 64, 64};

  @TempDir static Path folder;

  @ParameterizedTest
  @CsvSource({
    "sd2, euler_v, EULER, NORMAL, 8, 7, 1, 2e-4",
    "sdxl, euler, EULER, NORMAL, 8, 5, 1, 2e-4",
    "ssd, euler, EULER, NORMAL, 8, 5, 1, 2e-4",
    "sdxl-v, euler, EULER, NORMAL, 8, 5, 1, 5e-4",
    "sdxl-v, dpmpp_2m_karras, DPMPP_2M, KARRAS, 10, 4, 1, 5e-4",
    "sdxl-inpaint, euler, EULER, NORMAL, 8, 6, 1, 2e-4",
    "sd2-inpaint, euler, EULER, NORMAL, 8, 6, 1, 2e-4",
    "ip2p, euler, EULER, NORMAL, 8, 7, 1.5, 2e-4"
  })
  void run_recordedNoise_givesTheGoldenPicture(
      String set,
      String name,
      Sampler sampler,
      Schedule schedule,
      int steps,
      double cfg,
      double imageCfg,
      double tolerance) {
    TensorFile runs = FamilyFiles.golden(set, "e2e");
    UNetFiles files = CheckpointReader.read(FamilyFiles.checkpoint(set, folder));
    NoiseLevels levels = files.levels().levels();
    SamplingPlan plan =
        SamplingPlan.of(
            new SamplingSettings(sampler, schedule, steps), levels, files.checkpoint().family());
    double[] sigmas = doubles(runs, name + ".sigmas");
    for (int i = 0; i < sigmas.length; i++) {
      assertThat(plan.sigmas().at(i)).isCloseTo(sigmas[i], within(2e-5 * sigmas[i]));
    }
    try (Networks networks = Networks.load(files, Precision.FLOAT32, "cpu");
        NDManager scope = networks.torch().scope()) {
      NoisePredictor unet = unet(networks);
      NoisePredictor shown =
          runs.find(name + ".concat")
              .<NoisePredictor>map(
                  found -> new ConcatConditioning(unet, floats(runs, name + ".concat")))
              .orElse(unet);
      Guidance guidance =
          guidance(networks, shown, levels, conditions(set, networks), cfg, imageCfg, scope);
      float[] latent =
          plan.run(
              guidance.start(),
              floats(runs, name + ".noise"),
              FamilyEndToEndTest::noNoise,
              StepObserver.NONE);
      assertCloseToScale(latent, floats(runs, name + ".latent"), tolerance);
      float[] image = networks.vae().decode(latent, SIZE, scope);
      assertCloseToScale(image, floats(runs, name + ".image"), tolerance);
    }
  }

  /** Runs the last four of ten steps, which the base model leaves to the refiner. */
  @ParameterizedTest
  @CsvSource("5e-4")
  void run_ofRefiner_givesTheGoldenPicture(double tolerance) {
    TensorFile runs = FamilyFiles.golden("sdxl-refiner", "e2e");
    UNetFiles files = CheckpointReader.read(FamilyFiles.checkpoint("sdxl-refiner", folder));
    NoiseLevels levels = files.levels().levels();
    SamplingPlan plan =
        SamplingPlan.of(
                new SamplingSettings(Sampler.EULER, Schedule.NORMAL, 10),
                levels,
                files.checkpoint().family())
            .from(3);
    assertThat(plan.sigmas().at(0))
        .isCloseTo(doubles(runs, "euler.sigmas")[0], within(2e-5 * plan.sigmas().at(0)));
    TensorFile golden = FamilyFiles.golden("sdxl-refiner", "golden");
    try (Networks networks = Networks.load(files, Precision.FLOAT32, "cpu");
        NDManager scope = networks.torch().scope()) {
      float[] states = floats(golden, "text.hidden.3");
      float[] pooled = floats(golden, "text.text_embeds");
      Conditions conditions =
          Conditions.of(
              row(states, pooled, 0, new double[] {64, 64, 0, 0, 6}, networks),
              row(states, pooled, 1, new double[] {64, 64, 0, 0, 2.5}, networks));
      float[] latent =
          plan.run(
              guidance(networks, unet(networks), levels, conditions, 5, 1, scope).start(),
              floats(runs, "euler.base_latent"),
              floats(runs, "euler.noise"),
              FamilyEndToEndTest::noNoise,
              StepObserver.NONE);
      assertCloseToScale(latent, floats(runs, "euler.latent"), tolerance);
      float[] image = networks.vae().decode(latent, SIZE, scope);
      assertCloseToScale(image, floats(runs, "euler.image"), tolerance);
    }
  }

  @ParameterizedTest
  @CsvSource({"ip2p", "sdxl-inpaint", "sd2-inpaint"})
  void encode_whatTheModelIsShown_agrees(String set) {
    TensorFile runs = FamilyFiles.golden(set, "e2e");
    UNetFiles files = CheckpointReader.read(FamilyFiles.checkpoint(set, folder));
    float[] expected = floats(runs, "euler.concat");
    float[] picture = floats(runs, "euler.source");
    try (Networks networks = Networks.load(files, Precision.FLOAT32, "cpu");
        NDManager scope = networks.torch().scope()) {
      if (files.unet().config().isEditing()) {
        assertCloseToScale(networks.vae().mean(picture, SIZE, scope), expected, 2e-5);
        return;
      }
      float[] mask = floats(runs, "euler.mask");
      for (int i = 0; i < picture.length; i++) {
        picture[i] *= 1 - mask[i % mask.length];
      }
      assertCloseToScale(
          networks.vae().encode(picture, SIZE, scope),
          Arrays.copyOfRange(expected, 64, expected.length),
          2e-5);
    }
  }

  private static NoisePredictor unet(Networks networks) {
    return (batch, step) ->
        networks
            .unet()
            .predict(
                new UNet.Input(
                    batch.latents(), batch.times(), batch.context(), batch.added(), Residuals.NONE),
                step);
  }

  private static Guidance guidance(
      Networks networks,
      NoisePredictor predictor,
      NoiseLevels levels,
      Conditions conditions,
      double cfg,
      double imageCfg,
      NDManager scope) {
    return new Guidance(
        new BatchedPredictor(
            predictor,
            networks.family().prediction(),
            levels,
            new float[0],
            new LatentShape(4, 8, 8),
            4,
            scope),
        conditions,
        new GuidanceOptions(networks.family().prediction(), cfg, 0, 0, GuidedCalls.ALL, imageCfg));
  }

  /** Returns the golden text states of the set on which the checkpoint is based. */
  private static Conditions conditions(String set, Networks networks) {
    if (set.equals("ip2p")) {
      float[] states = floats(Fixtures.golden("golden"), "text.last_ln");
      return Conditions.of(half(states, 0), half(states, 1));
    }
    if (set.startsWith("sd2")) {
      float[] states = floats(FamilyFiles.golden("sd2", "golden"), "text.penultimate_ln");
      return Conditions.of(half(states, 0), half(states, 1));
    }
    TensorFile golden = FamilyFiles.golden("sdxl", "golden");
    float[] states = floats(golden, "context");
    float[] pooled = floats(golden, "pooled");
    return Conditions.of(
        row(states, pooled, 0, SIZES, networks), row(states, pooled, 1, SIZES, networks));
  }

  private static Conditioning half(float[] states, int index) {
    int length = states.length / 2;
    return new Conditioning(
        Arrays.copyOfRange(states, index * length, (index + 1) * length), 77, length / 77);
  }

  private static Conditioning row(
      float[] states, float[] pooled, int index, double[] sizes, Networks networks) {
    Conditioning text = half(states, index);
    int length = pooled.length / 2;
    return new Conditioning(
        text.states(),
        text.tokens(),
        text.width(),
        SizeConditions.vector(
            Arrays.copyOfRange(pooled, index * length, (index + 1) * length),
            sizes,
            networks.unet().config().vectorWidth()));
  }

  private static float[] noNoise(int count) {
    throw new AssertionError("these samplers draw no noise");
  }
}
