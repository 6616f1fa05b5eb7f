package dev.sdlora.pipeline.generation;

import static dev.sdlora.testkit.CloseAssert.assertCloseToScale;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.Emphasis;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptOptions;
import dev.sdlora.api.image.PixelSize;
import dev.sdlora.api.image.SizeConditioning;
import dev.sdlora.api.sampling.Rng;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.conditioning.AddedTimeIds;
import dev.sdlora.families.conditioning.ChunkEncoder;
import dev.sdlora.families.conditioning.Conditioner;
import dev.sdlora.families.conditioning.Conditioning;
import dev.sdlora.families.conditioning.Conditions;
import dev.sdlora.families.conditioning.EncodedChunks;
import dev.sdlora.families.conditioning.EncoderWeights;
import dev.sdlora.families.denoise.BatchedPredictor;
import dev.sdlora.families.denoise.Guidance;
import dev.sdlora.families.denoise.GuidanceOptions;
import dev.sdlora.families.network.Prediction;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.pipeline.model.Networks;
import dev.sdlora.prompt.schedule.PromptSteps;
import dev.sdlora.prompt.tokens.ClipTokenizer;
import dev.sdlora.prompt.tokens.TrainedWords;
import dev.sdlora.sampler.Denoiser;
import dev.sdlora.sampler.noise.LatentShape;
import dev.sdlora.sampler.noise.Noise;
import dev.sdlora.sampler.schedule.NoiseLevels;
import dev.sdlora.tensors.torch.Torch;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares prompts on the tiny networks with direct calls of encoder and U-Net. */
class ConditionerTest {
  /** The tolerance for float32 sums in a different order. */
  private static final double NOISE = 1e-5;

  private static final AddedTimeIds NO_SIZES =
      new AddedTimeIds(false, 0, SizeConditioning.DEFAULTS, new PixelSize(64, 64));

  private static Networks networks;
  private final EncodedChunks known = new EncodedChunks();
  private NDManager scope;
  private int arrays;

  @BeforeAll
  static void load() {
    networks = Networks.load(CheckpointReader.read(Fixtures.CHECKPOINT), Precision.FLOAT32, "cpu");
  }

  @AfterAll
  static void close() {
    networks.close();
  }

  @BeforeEach
  void open() {
    arrays = networks.torch().liveArrays();
    scope = networks.torch().scope();
  }

  @AfterEach
  void closeScope() {
    scope.close();
    assertThat(networks.torch().liveArrays()).isEqualTo(arrays);
  }

  private Conditions conditions(String prompt, String negative, PromptOptions options) {
    ChunkEncoder encoder =
        new ChunkEncoder(0, networks.textEncoders().get(0), EncoderWeights.PLAIN, known);
    return new Conditioner(List.of(encoder), options, 1, index -> true, TrainedWords.NONE, NO_SIZES)
        .conditions(prompt, negative, PromptSteps.first(10), scope);
  }

  private Conditions conditions(String prompt) {
    return conditions(prompt, "", PromptOptions.DEFAULTS);
  }

  /** Returns the prompt's only side in a call. */
  private static Conditioning side(Conditions conditions, int call) {
    assertThat(conditions.at(call).prompt()).hasSize(1);
    return conditions.at(call).prompt().get(0);
  }

  private float[] encode(String... texts) {
    int[][] ids = new int[texts.length][77];
    for (int i = 0; i < texts.length; i++) {
      int[] tokens = ClipTokenizer.standard().encode(texts[i]);
      Arrays.fill(ids[i], ClipTokenizer.END);
      ids[i][0] = ClipTokenizer.START;
      System.arraycopy(tokens, 0, ids[i], 1, tokens.length);
    }
    try (NDArray states = networks.textEncoders().get(0).encode(ids, 1, scope).states()) {
      return states.toFloatArray();
    }
  }

  @Test
  void conditions_editedPrompt_changesWhereA1111sCounterDoes() {
    Conditions conditions = conditions("a [cat:dog:3]", "[ugly|bad]", PromptOptions.DEFAULTS);
    for (int call = 0; call < 10; call++) {
      assertCloseToScale(
          side(conditions, call).states(), encode(call <= 3 ? "a cat" : "a dog"), NOISE);
      boolean ugly = call <= 1 || call % 2 == 1;
      assertCloseToScale(
          conditions.at(call).negative().states(), encode(ugly ? "ugly" : "bad"), NOISE);
    }
  }

  @Test
  void conditions_sidesOfAnd_haveWeightsAndOneLength() {
    String longSide = "cat ".repeat(80);
    Conditions conditions = conditions(longSide + "AND dog :-0.5", "ugly", PromptOptions.DEFAULTS);

    assertThat(conditions.parts()).extracting(Conditions.Part::weight).containsExactly(1.0, -0.5);
    Conditions.Call call = conditions.at(0);
    assertThat(call.prompt()).extracting(Conditioning::tokens).containsExactly(154, 154);
    assertThat(call.negative().tokens()).isEqualTo(77);
    assertCloseToScale(
        call.prompt().get(0).states(), encode("cat ".repeat(75), "cat ".repeat(5)), NOISE);
    float[] dog = call.prompt().get(1).states();
    assertCloseToScale(Arrays.copyOf(dog, dog.length / 2), encode("dog"), NOISE);
    assertThat(Arrays.copyOfRange(dog, 153 * 32, 154 * 32))
        .isEqualTo(Arrays.copyOfRange(dog, 76 * 32, 77 * 32));
  }

  @Test
  void conditions_textsOfOneSchedule_areFilledUpWithEmptyChunks() {
    Conditions conditions = conditions("[" + "cat ".repeat(80) + ":dog:5]");
    assertCloseToScale(side(conditions, 9).states(), encode("dog", ""), NOISE);
  }

  @Test
  void conditions_padded_addEmptyChunksToTheShorterSide() {
    PromptOptions padded = PromptOptions.DEFAULTS.withPadConds(true);
    Conditions.Call call = conditions("cat ".repeat(80), "ugly", padded).at(0);
    assertCloseToScale(call.negative().states(), encode("ugly", ""), NOISE);
    call = conditions("cat", "ugly ".repeat(80), padded).at(0);
    assertCloseToScale(call.prompt().get(0).states(), encode("cat", ""), NOISE);
  }

  @Test
  void conditions_emphasis_decidesWhatBracketsDo() {
    String prompt = "a (cat:1.5) BREAK dog";
    float[] plain = encode("a cat", "dog");
    float[] weighed = plain.clone();
    for (int i = 0; i < 32; i++) {
      weighed[2 * 32 + i] *= 1.5f;
    }
    float[] kept = weighed.clone();
    double before = 0;
    double after = 0;
    for (int i = 0; i < 77 * 32; i++) {
      before += plain[i];
      after += weighed[i];
    }
    for (int i = 0; i < 77 * 32; i++) {
      kept[i] = (float) (weighed[i] * before / after);
    }
    assertCloseToScale(states(prompt, Emphasis.ORIGINAL), kept, NOISE);
    assertCloseToScale(states(prompt, Emphasis.NO_NORM), weighed, NOISE);
    assertCloseToScale(states(prompt, Emphasis.IGNORE), plain, NOISE);
    assertCloseToScale(states(prompt, Emphasis.NONE), encode(prompt), NOISE);
  }

  private float[] states(String prompt, Emphasis emphasis) {
    PromptOptions options = PromptOptions.DEFAULTS.withEmphasis(emphasis);
    return side(conditions(prompt, "", options), 0).states();
  }

  @Test
  void conditions_commaBacktracking_movesTheBorder() {
    String prompt = "cat ".repeat(60) + ", " + "dog ".repeat(20);
    PromptOptions anywhere = PromptOptions.DEFAULTS.withCommaBacktracking(0);
    assertCloseToScale(
        side(conditions(prompt), 0).states(),
        encode("cat ".repeat(60) + ",", "dog ".repeat(20)),
        NOISE);
    assertCloseToScale(
        side(conditions(prompt, "", anywhere), 0).states(),
        encode("cat ".repeat(60) + "," + "dog ".repeat(14), "dog ".repeat(6)),
        NOISE);
  }

  @Test
  void conditions_textsSeenBefore_areNotEncodedAgain() {
    float[] first = side(conditions("a (cat:1.2)"), 0).states();
    assertThat(known.size()).isEqualTo(2);

    Conditions again =
        conditions("[a cat|a dog] AND [a dog:a cat:0.5]", "(a dog)", PromptOptions.DEFAULTS);
    assertThat(again.parts()).hasSize(2);
    assertThat(known.size()).isEqualTo(3);
    assertThat(side(conditions("a (cat:1.2)"), 0).states()).isEqualTo(first);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a cat AND a dog :0.7 AND a bird :-0.4",
        "[a cat:a dog:1] AND [a bird|a fish]",
        "cat cat cat cat AND dog"
      })
  void denoise_severalConditions_isTheSameOneByOne(String prompt) {
    NoiseLevels levels = NoiseLevels.stableDiffusion();
    Conditions conditions = conditions(prompt, "ugly " + "bad ".repeat(80), PromptOptions.DEFAULTS);
    Denoiser together =
        new Guidance(
                new BatchedPredictor(
                    (batch, step) ->
                        networks
                            .unet()
                            .predict(batch.latents(), batch.times(), batch.context(), step),
                    Prediction.EPSILON,
                    levels,
                    new float[0],
                    new LatentShape(4, 8, 9),
                    2,
                    scope),
                conditions,
                GuidanceOptions.scale(6))
            .start();
    float[] x = Noise.of(Rng.CPU, 3).next(4 * 8 * 9);
    for (int call = 0; call < 3; call++) {
      double sigma = 3 - call;
      Conditions.Call now = conditions.at(call);
      float[] uncond = predict(x, sigma, now.negative());
      double[] sum = new double[x.length];
      for (int i = 0; i < x.length; i++) {
        sum[i] = uncond[i];
      }
      // A batch rounds differently from its rows alone, and guidance amplifies the difference.
      double gain = largest(uncond);
      for (int part = 0; part < now.prompt().size(); part++) {
        float[] cond = predict(x, sigma, now.prompt().get(part));
        double weight = conditions.parts().get(part).weight();
        gain += 6 * Math.abs(weight) * (largest(cond) + largest(uncond));
        for (int i = 0; i < x.length; i++) {
          sum[i] += 6 * weight * (cond[i] - uncond[i]);
        }
      }
      float[] expected = new float[x.length];
      for (int i = 0; i < x.length; i++) {
        expected[i] = (float) (x[i] - sigma * sum[i]);
      }
      double rounding = NOISE * sigma * gain / largest(expected);
      assertCloseToScale(together.denoise(x, sigma), expected, rounding);
    }
  }

  private static float largest(float[] values) {
    float largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  private float[] predict(float[] x, double sigma, Conditioning condition) {
    float[] scaled = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      scaled[i] = (float) (x[i] / Math.sqrt(1 + sigma * sigma));
    }
    float time = (float) NoiseLevels.stableDiffusion().sigmaToTime(sigma);
    try (NDArray latents = Torch.floats(scope, scaled, 1, 4, 8, 9);
        NDArray times = Torch.floats(scope, new float[] {time}, 1);
        NDArray context =
            Torch.floats(scope, condition.states(), 1, condition.tokens(), condition.width());
        NDArray noise = networks.unet().predict(latents, times, context, scope)) {
      return noise.toFloatArray();
    }
  }
}
