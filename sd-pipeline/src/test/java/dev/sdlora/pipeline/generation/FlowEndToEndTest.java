package dev.sdlora.pipeline.generation;

import static dev.sdlora.tensorkit.GoldenTensors.doubles;
import static dev.sdlora.tensorkit.GoldenTensors.floats;
import static dev.sdlora.tensorkit.GoldenTensors.shape;
import static dev.sdlora.testkit.CloseAssert.assertCloseToScale;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.sampling.Rng;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.conditioning.Conditioning;
import dev.sdlora.families.conditioning.Conditions;
import dev.sdlora.families.denoise.BatchedPredictor;
import dev.sdlora.families.denoise.Guidance;
import dev.sdlora.families.denoise.GuidanceOptions;
import dev.sdlora.families.denoise.GuidedCalls;
import dev.sdlora.families.denoise.TransformerPredictor;
import dev.sdlora.families.network.Prediction;
import dev.sdlora.families.transformer.DiffusionTransformer;
import dev.sdlora.families.transformer.Qwen3;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.pipeline.TinyFlow;
import dev.sdlora.pipeline.image.Pixels;
import dev.sdlora.pipeline.model.Networks;
import dev.sdlora.prompt.qwen.QwenPrompt;
import dev.sdlora.prompt.qwen.QwenTokenizer;
import dev.sdlora.sampler.SamplingSettings;
import dev.sdlora.sampler.StepObserver;
import dev.sdlora.sampler.noise.LatentShape;
import dev.sdlora.sampler.noise.Noise;
import dev.sdlora.sampler.plan.SamplingPlan;
import dev.sdlora.sampler.schedule.NoiseLevels;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.testkit.TinyTransformers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Compares whole runs of FLUX.2 klein and Z-Image to diffusers: recorded noise, the model's own
 * schedule, guidance, and the image, from single files and from diffusers folders.
 */
class FlowEndToEndTest {
  private static final double TOLERANCE = 2e-4;

  @TempDir static Path folder;

  @ParameterizedTest
  @CsvSource({
    "klein, 4, 1, false",
    "klein, 4, 1, true",
    "edit, 4, 1, false",
    "edit, 4, 1, true",
    "base, 6, 4, false",
    "base, 6, 4, true"
  })
  void run_ofKlein_givesTheGoldenImage(String name, int steps, double cfg, boolean isFolder) {
    Path path =
        isFolder
            ? TinyTransformers.kleinFolder()
            : name.equals("base") ? TinyTransformers.kleinBase() : TinyTransformers.klein();
    TensorFile golden = Fixtures.familyGolden("transformer/flux2/golden");
    float[] context = floats(golden, "context");
    Conditions conditions = Conditions.of(row(context, 0), row(context, 1));
    assertRun(
        path, Fixtures.familyGolden("transformer/flux2/e2e"), name, 64, 64, conditions, steps, cfg);
  }

  private static Conditioning row(float[] states, int index) {
    int length = states.length / 2;
    return new Conditioning(
        Arrays.copyOfRange(states, index * length, (index + 1) * length), 24, length / 24);
  }

  @ParameterizedTest
  @CsvSource({
    "turbo, 8, 1, false",
    "turbo, 8, 1, true",
    "base, 6, 5, false",
    "base, 6, 5, true",
    "base_norm, 6, 5, false"
  })
  void run_ofZImage_givesTheGoldenImage(String name, int steps, double cfg, boolean isFolder)
      throws IOException {
    boolean isBase = name.startsWith("base");
    Path file = isBase ? TinyTransformers.zImageBase() : TinyTransformers.zImageTurbo();
    TensorFile golden = Fixtures.familyGolden("transformer/zimage/golden");
    assertRun(
        isFolder ? zImageFolder(isBase ? "6.0" : "3.0") : file,
        Fixtures.familyGolden("transformer/zimage/e2e"),
        name,
        96,
        64,
        Conditions.of(text(golden, 0), text(golden, 1)),
        steps,
        cfg);
  }

  private static Conditioning text(TensorFile golden, int index) {
    long[] shape = shape(golden, "text" + index + ".context");
    return new Conditioning(
        floats(golden, "text" + index + ".context"), (int) shape[0], (int) shape[1]);
  }

  /** Copies the folder; only the scheduler's settings differ between Turbo and base. */
  private static Path zImageFolder(String shift) throws IOException {
    Path original = TinyTransformers.zImageFolder();
    Path target = folder.resolve("z-image-" + shift);
    try (Stream<Path> files = Files.walk(original)) {
      for (Path file : files.toList()) {
        Files.copy(file, target.resolve(original.relativize(file).toString()));
      }
    }
    Path scheduler = target.resolve("scheduler/scheduler_config.json");
    Files.writeString(
        scheduler, Files.readString(scheduler).replace("\"shift\": 3.0", "\"shift\": " + shift));
    return target;
  }

  private static void assertRun(
      Path path,
      TensorFile runs,
      String name,
      int width,
      int height,
      Conditions conditions,
      int steps,
      double cfg) {
    ImageSize size = new ImageSize(width, height);
    try (Networks networks =
            Networks.load(
                CheckpointReader.open(path, CheckpointParts.DEFAULT), Precision.FLOAT32, "cpu");
        NDManager scope = networks.torch().scope()) {
      NoiseLevels levels = networks.family().levels(false, size);
      SamplingPlan plan =
          SamplingPlan.of(
              new SamplingSettings(Sampler.EULER, Schedule.AUTOMATIC, steps),
              levels,
              networks.family().name());
      double[] sigmas = doubles(runs, name + ".sigmas");
      assertThat(plan.sigmas().steps()).isEqualTo(sigmas.length - 1);
      for (int i = 0; i < sigmas.length; i++) {
        assertThat(plan.sigmas().at(i)).isCloseTo(sigmas[i], within(1e-9));
      }
      BatchedPredictor predictor =
          networks
              .family()
              .denoiser(
                  new TransformerPredictor(
                      (DiffusionTransformer) networks.denoiser(),
                      references(runs, name, networks, scope)),
                  levels,
                  PromptSpec.builder().build(),
                  size,
                  2,
                  scope);
      Guidance guidance =
          new Guidance(
              predictor,
              conditions,
              new GuidanceOptions(
                  Prediction.FLOW, cfg, 0, name.endsWith("_norm") ? 1 : 0, GuidedCalls.ALL, 1));
      float[] latent =
          plan.run(
              guidance.start(),
              floats(runs, "noise"),
              FlowEndToEndTest::noNoise,
              StepObserver.NONE);
      assertCloseToScale(latent, floats(runs, name + ".latent"), TOLERANCE);
      assertCloseToScale(
          networks.vae().decode(latent, size, scope), floats(runs, name + ".image"), TOLERANCE);
    }
  }

  /** Checks prompt, layers, noise and schedule of a request, whose parts other goldens check. */
  @ParameterizedTest
  @EnumSource
  void generate_prompt_isTheRunOfItsParts(TinyFlow model) {
    PromptSpec spec =
        TinyFlow.SPEC.toBuilder().size(80, 64).sampler(Sampler.EULER).rng(Rng.CPU).build();
    Image drawn;
    try (Pipeline pipeline = model.builder().build()) {
      drawn = pipeline.generate(spec).first().image();
    }
    boolean isKlein = model == TinyFlow.KLEIN;
    QwenPrompt prompt =
        isKlein
            ? QwenPrompt.klein("a cat", QwenTokenizer.load())
            : QwenPrompt.zImage("a cat", QwenTokenizer.load());
    List<Integer> layers = isKlein ? List.of(2, 4, 6) : List.of(7);
    Path path = isKlein ? TinyTransformers.klein() : TinyTransformers.zImageTurbo();
    ImageSize size = new ImageSize(80, 64);
    NoiseLevels levels = isKlein ? NoiseLevels.flux2(20) : NoiseLevels.flow(3);
    try (Networks networks =
            Networks.load(
                CheckpointReader.open(path, CheckpointParts.DEFAULT), Precision.FLOAT32, "cpu");
        NDManager scope = networks.torch().scope()) {
      float[] states =
          ((Qwen3) networks.encoders().get(0))
              .states(prompt.ids(), prompt.count(), layers, scope)
              .toFloatArray();
      Conditioning text =
          new Conditioning(states, prompt.ids().length, states.length / prompt.ids().length);
      LatentShape shape = isKlein ? new LatentShape(128, 4, 5) : new LatentShape(16, 8, 10);
      Guidance guidance =
          new Guidance(
              new BatchedPredictor(
                  new TransformerPredictor((DiffusionTransformer) networks.denoiser(), List.of()),
                  Prediction.FLOW,
                  levels,
                  new float[0],
                  shape,
                  1,
                  scope),
              Conditions.of(text, text),
              new GuidanceOptions(Prediction.FLOW, 1, 0, 0, GuidedCalls.ALL, 1));
      float[] latent =
          SamplingPlan.of(
                  new SamplingSettings(Sampler.EULER, Schedule.AUTOMATIC, 2),
                  levels,
                  networks.family().name())
              .run(
                  guidance.start(),
                  Noise.of(Rng.CPU, 5).next(shape.channels() * shape.height() * shape.width()),
                  FlowEndToEndTest::noNoise,
                  StepObserver.NONE);
      float[] pixels = networks.vae().decode(latent, size, scope);
      assertThat(TinyFlow.difference(Pixels.raster(pixels, size).toImage(), drawn))
          .isLessThan(0.02);
    }
  }

  private static List<NDArray> references(
      TensorFile runs, String name, Networks networks, NDManager scope) {
    if (runs.find(name + ".ref_image").isEmpty()) {
      return List.of();
    }
    long[] shape = shape(runs, name + ".ref_image");
    float[] latent =
        networks
            .vae()
            .encode(
                floats(runs, name + ".ref_image"),
                new ImageSize((int) shape[3], (int) shape[2]),
                scope);
    assertCloseToScale(latent, floats(runs, name + ".ref_latent"), 2e-5);
    return List.of(Torch.floats(scope, latent, shape(runs, name + ".ref_latent")));
  }

  private static float[] noNoise(int count) {
    throw new AssertionError("Euler draws no noise");
  }
}
