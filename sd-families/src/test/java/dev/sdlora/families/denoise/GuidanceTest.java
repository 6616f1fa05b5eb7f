package dev.sdlora.families.denoise;

import static dev.sdlora.api.sampling.GuidanceRange.ofSigmas;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.sampling.GuidanceRange;
import dev.sdlora.families.conditioning.Conditioning;
import dev.sdlora.families.conditioning.ConditioningSchedule;
import dev.sdlora.families.conditioning.Conditions;
import dev.sdlora.families.conditioning.Conditions.Part;
import dev.sdlora.families.denoise.BatchedPredictor.Question;
import dev.sdlora.families.network.Prediction;
import dev.sdlora.prompt.schedule.PromptSchedule;
import dev.sdlora.prompt.schedule.PromptSchedule.Entry;
import dev.sdlora.sampler.Denoiser;
import dev.sdlora.sampler.Denoiser.Sides;
import dev.sdlora.sampler.noise.LatentShape;
import dev.sdlora.sampler.schedule.NoiseLevels;
import dev.sdlora.tensors.torch.Torch;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Tests guidance with a network that can be computed by hand: it predicts the latent times the
 * first number of the condition as noise, and half of it if it skips blocks.
 */
class GuidanceTest {
  private static final float[] X = {1, -2, 3, 0.5f};
  private static final double SIGMA = 1.5;

  private final Torch torch = Torch.open("cpu");
  private final NDManager scope = torch.scope();
  private final List<String> batches = new ArrayList<>();

  @AfterEach
  void close() {
    scope.close();
    assertThat(torch.liveArrays()).isZero();
    torch.close();
  }

  private NDArray predict(NoisePredictor.Batch batch, NDManager step) {
    long tokens = batch.context().getShape().get(1);
    boolean skips = !batch.skipped().isEmpty();
    batches.add(batch.call() + ":" + batch.size() + "x" + tokens + (skips ? batch.skipped() : ""));
    float[] latents = batch.latents().toFloatArray();
    float[] context = batch.context().toFloatArray();
    float[] noise = new float[latents.length];
    for (int i = 0; i < noise.length; i++) {
      int row = i / X.length;
      noise[i] = latents[i] * context[(int) (row * tokens)] * (skips ? 0.5f : 1);
    }
    return Torch.floats(step, noise, batch.latents().getShape().getShape());
  }

  private BatchedPredictor predictor(int side) {
    return new BatchedPredictor(
        this::predict,
        Prediction.EPSILON,
        NoiseLevels.stableDiffusion(),
        new float[0],
        new LatentShape(4, side / 8, side / 8),
        BatchedPredictor.rows(new ImageSize(side, side)),
        scope);
  }

  private Denoiser denoiser(Conditions conditions, GuidanceOptions options) {
    return new Guidance(predictor(8), conditions, options).start();
  }

  private static Conditioning says(double value, int tokens) {
    float[] states = new float[tokens];
    states[0] = (float) value;
    return new Conditioning(states, tokens, 1);
  }

  private static Conditions conditions(double negative, double... valuesAndWeights) {
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < valuesAndWeights.length; i += 2) {
      parts.add(
          new Part(ConditioningSchedule.of(says(valuesAndWeights[i], 1)), valuesAndWeights[i + 1]));
    }
    return new Conditions(parts, ConditioningSchedule.of(says(negative, 1)), Optional.empty());
  }

  /** Asserts the clean latent for a network that predicts {@code k} times its latent. */
  private static void assertSays(double k, float[] denoised) {
    double scaleIn = 1 / Math.sqrt(SIGMA * SIGMA + 1);
    for (int i = 0; i < X.length; i++) {
      assertThat((double) denoised[i])
          .isCloseTo(X[i] - SIGMA * k * X[i] * scaleIn, within(1e-5 * Math.max(1, Math.abs(k))));
    }
  }

  @Test
  void denoise_twoSides_movesFromNegativeToPrompt() {
    Conditions conditions = conditions(0.5, 2, 1);
    assertSays(0.5 + 7 * (2 - 0.5), denoiser(conditions, scale(7)).denoise(X, SIGMA));
    assertSays(0.5, denoiser(conditions, scale(0)).denoise(X, SIGMA));
    assertThat(batches).containsExactly("0:2x1", "0:2x1");
  }

  @Test
  void denoise_severalParts_addsEachByItsWeight() {
    Conditions conditions = conditions(0.5, 2, 1, -1, 0.25, 3, -0.75);
    double expected = 0.5 + 5 * (1.5 * 1 - 1.5 * 0.25 - 2.5 * 0.75);
    assertSays(expected, denoiser(conditions, scale(5)).denoise(X, SIGMA));
    assertThat(batches).containsExactly("0:4x1");
  }

  @Test
  void denoise_partsOfThePicture_haveTheirWeightThere() {
    List<Part> parts =
        List.of(
            new Part(ConditioningSchedule.of(says(2, 1)), 1, Optional.of(new float[] {0.25f})),
            new Part(ConditioningSchedule.of(says(-1, 1)), 0.5, Optional.of(new float[] {0.75f})),
            new Part(ConditioningSchedule.of(says(3, 1)), -0.5));
    Conditions regional =
        new Conditions(parts, ConditioningSchedule.of(says(0.5, 1)), Optional.empty());
    double sum = 1.5 * 0.25 - 1.5 * 0.5 * 0.75 - 2.5 * 0.5;
    assertSays(0.5 + 5 * sum, denoiser(regional, scale(5)).denoise(X, SIGMA));
    // The remaining weight goes to the negative side, whatever the CFG scale.
    Conditions alone =
        new Conditions(parts.subList(0, 1), ConditioningSchedule.of(says(9, 1)), Optional.empty());
    assertSays(9 + 0.25 * (2 - 9), denoiser(alone, scale(1)).denoise(X, SIGMA));
  }

  @Test
  void denoise_factorsThatAddUpToOne_leaveTheNegativeSideOut() {
    assertSays(2, denoiser(conditions(9, 2, 1), scale(1)).denoise(X, SIGMA));
    assertSays(2.5, denoiser(conditions(9, 2, 0.25, 3, 0.25), scale(2)).denoise(X, SIGMA));
    assertThat(batches).containsExactly("0:1x1", "0:2x1");
  }

  @Test
  void denoise_scaleOneOfTwoParts_stillNeedsTheNegativeSide() {
    assertSays(
        9 + (2 - 9) + (3 - 9), denoiser(conditions(9, 2, 1, 3, 1), scale(1)).denoise(X, SIGMA));
    assertThat(batches).containsExactly("0:3x1");
  }

  @Test
  void denoiseSides_evenAtScaleOne_givesTheNegativeSideBesideTheResult() {
    Sides sides = denoiser(conditions(0.5, 2, 1), scale(1)).denoiseSides(X, SIGMA);
    assertSays(2, sides.denoised());
    assertSays(0.5, sides.uncond());
  }

  @Test
  void denoise_differentLengths_runsEachLengthForItself() {
    Conditions conditions =
        new Conditions(
            List.of(
                new Part(ConditioningSchedule.of(says(2, 3)), 1),
                new Part(ConditioningSchedule.of(says(3, 2)), 1)),
            ConditioningSchedule.of(says(0.5, 1)),
            Optional.empty());
    assertSays(0.5 + 2 * (1.5 + 2.5), denoiser(conditions, scale(2)).denoise(X, SIGMA));
    assertThat(batches).containsExactly("0:1x1", "0:2x3");

    Conditions padded =
        new Conditions(conditions.parts(), conditions.negative(), Optional.of(says(0, 1)));
    assertSays(0.5 + 2 * (1.5 + 2.5), denoiser(padded, scale(2)).denoise(X, SIGMA));
    assertThat(batches).endsWith("0:3x3").hasSize(3);
  }

  @Test
  void predict_moreThanFits_runsInSeveralBatches() {
    List<Conditioning> five = List.of(says(1, 1), says(2, 1), says(3, 1), says(4, 1), says(5, 1));
    assertThat(BatchedPredictor.rows(new ImageSize(2048, 2048))).isEqualTo(2);
    assertThat(BatchedPredictor.rows(new ImageSize(512, 512))).isEqualTo(4);
    BatchedPredictor large =
        new BatchedPredictor(
            (batch, step) -> {
              batches.add("" + batch.size());
              return batch.latents().mul(batch.context().reshape(batch.size(), 1, 1, 1));
            },
            Prediction.EPSILON,
            NoiseLevels.stableDiffusion(),
            new float[0],
            new LatentShape(1, 128, 128),
            2,
            scope);
    float[] x = new float[128 * 128];
    x[7] = 1;
    List<float[]> outputs =
        large.predict(List.of(new Question(0, x, SIGMA, five, 0, 0, 0, List.of()))).get(0);
    assertThat(batches).containsExactly("2", "2", "1");
    for (int i = 0; i < 5; i++) {
      assertThat(outputs.get(i)[7]).isCloseTo((float) ((i + 1) / Math.sqrt(3.25)), within(1e-6f));
    }
  }

  @Test
  void start_eachPicture_countsItsCallsFromTheBeginning() {
    ConditioningSchedule prompt =
        new ConditioningSchedule(
            new PromptSchedule(
                List.of(new Entry(1, "two"), new Entry(2, "three"), new Entry(3, "four"))),
            Map.of("two", says(2, 1), "three", says(3, 1), "four", says(4, 1)));
    ConditioningSchedule negative =
        new ConditioningSchedule(
            new PromptSchedule(List.of(new Entry(0, "half"), new Entry(9, "quarter"))),
            Map.of("half", says(0.5, 1), "quarter", says(0.25, 1)));
    Guidance guidance =
        new Guidance(
            predictor(8),
            new Conditions(List.of(new Part(prompt, 1)), negative, Optional.empty()),
            scale(2));
    for (int picture = 0; picture < 2; picture++) {
      Denoiser denoiser = guidance.start();
      assertSays(2 * 2 - 0.5, denoiser.denoise(X, SIGMA));
      assertSays(2 * 2 - 0.25, denoiser.denoise(X, SIGMA));
      assertSays(2 * 3 - 0.25, denoiser.denoiseSides(X, SIGMA).denoised());
      assertSays(2 * 4 - 0.25, denoiser.denoise(X, SIGMA));
    }
    assertThat(batches.subList(0, 4)).containsExactly("0:2x1", "1:2x1", "2:2x1", "3:2x1");
  }

  @Test
  void denoise_quietLatents_skipTheNegativeSideEverySecondCall() {
    Denoiser denoiser = denoiser(conditions(0.5, 2, 1, 3, 0.5), options(4, 0, SIGMA + 0.1));
    double both = 0.5 + 4 * (1.5 + 0.5 * 2.5);
    assertSays(both, denoiser.denoise(X, SIGMA));
    // Scale 1, and the first condition instead of the negative one.
    assertSays(2 + 0.5 * (3 - 2), denoiser.denoise(X, SIGMA));
    assertSays(both, denoiser.denoise(X, SIGMA));
    assertThat(batches).containsExactly("0:3x1", "1:2x1", "2:3x1");

    Denoiser loud = denoiser(conditions(0.5, 2, 1), options(4, 0, SIGMA));
    assertSays(0.5 + 4 * 1.5, loud.denoise(X, SIGMA));
    assertSays(0.5 + 4 * 1.5, loud.denoise(X, SIGMA));
  }

  /** The predictions are multiples of each other, and so are their contrasts. */
  @ParameterizedTest
  @CsvSource({"0, 11", "1, 2", "0.7, 4.7", "0.25, 8.75"})
  void denoise_rescale_givesTheContrastOfThePromptBack(double rescale, double expected) {
    Denoiser denoiser = denoiser(conditions(0.5, 2, 1), options(7, rescale, 0));
    assertSays(expected, denoiser.denoise(X, SIGMA));
  }

  @Test
  void denoise_rescaleOfSeveralParts_isThatOfTheirSumAtScaleOne() {
    Denoiser denoiser = denoiser(conditions(0.5, 2, 1, 3, 1), options(7, 1, 0));
    assertSays(0.5 + 1.5 + 2.5, denoiser.denoise(X, SIGMA));
  }

  @Test
  void denoise_networkThatSeesNoNoise_isNotDividedByZero() {
    Denoiser denoiser = denoiser(conditions(0, 0, 1), options(7, 1, 0));
    assertThat(denoiser.denoise(X, SIGMA)).containsExactly(X);
    assertThat(Collections.frequency(batches, "0:2x1")).isEqualTo(1);
  }

  @Test
  void denoise_networkThatPredictsVelocity_findsTheCleanLatent() {
    float[] clean = {0.5f, -1, 2, 0};
    float[] noise = {1, 0.25f, -0.5f, 2};
    float[] x = new float[4];
    float[] velocity = new float[4];
    double a = 1 / Math.sqrt(SIGMA * SIGMA + 1);
    for (int i = 0; i < 4; i++) {
      x[i] = (float) (clean[i] + SIGMA * noise[i]);
      velocity[i] = (float) (a * noise[i] - SIGMA * a * clean[i]);
    }
    BatchedPredictor exact =
        new BatchedPredictor(
            (batch, step) -> Torch.floats(step, velocity, 1, 4, 1, 1),
            Prediction.V_PREDICTION,
            NoiseLevels.stableDiffusion(),
            new float[0],
            new LatentShape(4, 1, 1),
            2,
            scope);
    GuidanceOptions options =
        new GuidanceOptions(Prediction.V_PREDICTION, 1, 0, 0, GuidedCalls.ALL, 1);
    float[] denoised = new Guidance(exact, conditions(0, 1, 1), options).start().denoise(x, SIGMA);
    assertThat(denoised).containsExactly(clean, within(1e-6f));
  }

  @Test
  void denoise_outsideOfTheRange_runsThePromptAlone() {
    GuidedCalls guided =
        new GuidedCalls(GuidanceRange.ofSteps(0.25, 0.75).and(ofSigmas(1, 2)), 0, 4);
    Denoiser denoiser =
        denoiser(
            conditions(0.5, 2, 1), new GuidanceOptions(Prediction.EPSILON, 7, 0.7, 0, guided, 1.5));
    for (int call = 0; call < 5; call++) {
      denoiser.denoise(X, SIGMA);
    }
    assertThat(batches).containsExactly("0:1x1", "1:1x1", "2:3x1", "3:1x1", "4:1x1");

    Sides sides = denoiser.denoiseSides(X, SIGMA);
    assertSays(2, sides.denoised());
    assertSays(2, sides.uncond());
  }

  @Test
  void denoise_sigmasOfTheRange_countWhateverTheCall() {
    GuidanceOptions options =
        new GuidanceOptions(Prediction.EPSILON, 7, 0, 0, new GuidedCalls(ofSigmas(1, 2), 0, 1), 1);
    Denoiser denoiser = denoiser(conditions(0.5, 2, 1, 3, 1), options);
    for (double sigma : new double[] {2.01, 2, 1, 0.99}) {
      denoiser.denoise(X, sigma);
    }
    assertThat(batches).containsExactly("0:2x1", "1:3x1", "2:3x1", "3:2x1");
    // Without a negative side, the first part replaces it, as in A1111.
    denoiser = denoiser(conditions(0.5, 2, 1, 3, 1), options);
    denoiser.denoise(X, 3);
    float[] alone = denoiser.denoise(X, 3);
    assertThat(alone).isEqualTo(denoiser(conditions(2, 2, 1, 3, 1), scale(1)).denoise(X, 3));
  }

  @Test
  void denoise_skippedLayers_arePredictedApart_withinTheirRange() {
    LayerSkipping skipping =
        new LayerSkipping(List.of(1, 2), 3, GuidanceRange.ofSteps(0.25, 0.75), 4);
    Denoiser denoiser =
        denoiser(
            conditions(0.5, 2, 1),
            new GuidanceOptions(Prediction.EPSILON, 7, 0, 0, GuidedCalls.ALL, 1, skipping));
    double guided = 0.5 + 7 * (2 - 0.5);
    assertSays(guided, denoiser.denoise(X, SIGMA));
    assertSays(guided, denoiser.denoise(X, SIGMA));
    // Without the blocks, the network predicts half as much for the prompt.
    assertSays(guided + 3 * (2 - 1), denoiser.denoise(X, SIGMA));
    assertSays(guided, denoiser.denoise(X, SIGMA));
    assertThat(batches).containsExactly("0:2x1", "1:2x1", "2:2x1", "2:1x1[1, 2]", "3:2x1");
  }

  @Test
  void denoise_skippedLayers_ofParts_haveTheirWeights_afterRescaling() {
    LayerSkipping skipping = new LayerSkipping(List.of(0), 3, GuidanceRange.ALL, 1);
    GuidanceOptions options =
        new GuidanceOptions(Prediction.EPSILON, 1, 0, 0, GuidedCalls.ALL, 1, skipping);
    Denoiser denoiser = denoiser(conditions(0.5, 2, 0.75, 4, 0.25), options);
    double plain = 0.75 * 2 + 0.25 * 4;
    assertSays(plain + 3 * (0.75 * 1 + 0.25 * 2), denoiser.denoise(X, SIGMA));
    assertThat(batches).containsExactly("0:2x1", "0:2x1[0]");
    Sides sides = denoiser.denoiseSides(X, SIGMA);
    assertSays(plain + 3 * plain / 2, sides.denoised());
    assertSays(0.5, sides.uncond());

    Denoiser rescaled =
        denoiser(
            conditions(0.5, 2, 1),
            new GuidanceOptions(Prediction.EPSILON, 7, 1, 0, GuidedCalls.ALL, 1, skipping));
    assertSays(2 + 3 * (2 - 1), rescaled.denoise(X, SIGMA));
  }

  @Test
  void denoise_skippedLayersWithoutScale_areNotPredicted() {
    LayerSkipping skipping = new LayerSkipping(List.of(0), 0, GuidanceRange.ALL, 1);
    Denoiser denoiser =
        denoiser(
            conditions(0.5, 2, 1),
            new GuidanceOptions(Prediction.EPSILON, 1, 0, 0, GuidedCalls.ALL, 1, skipping));
    assertSays(2, denoiser.denoise(X, SIGMA));
    assertThat(batches).containsExactly("0:1x1");
  }

  private static GuidanceOptions options(double scale, double rescale, double skipBelow) {
    GuidedCalls guided = new GuidedCalls(GuidanceRange.ALL, skipBelow, 1);
    return new GuidanceOptions(Prediction.EPSILON, scale, rescale, 0, guided, 1);
  }

  private static GuidanceOptions scale(double scale) {
    return GuidanceOptions.scale(scale);
  }
}
