package dev.sdlora.families.denoise;

import static dev.sdlora.testkit.CloseAssert.assertCloseToScale;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import dev.sdlora.families.conditioning.Conditioning;
import dev.sdlora.families.denoise.NoisePredictor.Batch;
import dev.sdlora.families.denoise.NoisePredictor.Row;
import dev.sdlora.families.network.AddedConditions;
import dev.sdlora.families.network.Residuals;
import dev.sdlora.families.network.UNet;
import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.tensorkit.RandomWeights;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests which calls run the complete network, and the features passed to the others. */
class DeepCacheTest {
  private static final int TOKENS = 3;
  private static final int WIDTH = 24;
  private static final UNetConfig CONFIG =
      new UNetConfig(4, 4, List.of(32, 64), 1, List.of(1, 0), 1, 8, WIDTH, false);
  private static final Conditioning CAT = conditioning(1);
  private static final Conditioning DOG = conditioning(2);
  private static final Conditioning UGLY = conditioning(3);

  @TempDir private static Path folder;
  private static Torch torch;
  private static LiveWeights weights;
  private static UNet unet;

  @BeforeAll
  static void load() {
    torch = Torch.open("cpu");
    weights = new RandomWeights(CONFIG.weights(), 5).load(torch, folder.resolve("unet"));
    unet = new UNet(torch, CONFIG, weights);
  }

  @AfterAll
  static void close() {
    weights.close();
    torch.close();
  }

  private static Conditioning conditioning(long seed) {
    return new Conditioning(numbers(seed, TOKENS * WIDTH), TOKENS, WIDTH);
  }

  private static float[] numbers(long seed, int count) {
    Random random = new Random(seed);
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return numbers;
  }

  /** Calls for one image, each with another latent. */
  private static final class Calls {
    private final NDManager scope;
    private final DeepCache cache;
    private List<String> beside = List.of();
    private int asked;

    Calls(int interval, int branch, NDManager scope) {
      this.scope = scope;
      this.cache = new DeepCache(interval, branch, scope);
    }

    Batch batch(int call, int blind, Conditioning... conditions) {
      return batch(scope, call, blind, conditions);
    }

    private static Batch batch(NDManager owner, int call, int blind, Conditioning... conditions) {
      int rows = conditions.length;
      float[] one = numbers(100 + call, 4 * 6 * 5);
      float[] x = new float[rows * one.length];
      float[] states = new float[rows * TOKENS * WIDTH];
      for (int row = 0; row < rows; row++) {
        System.arraycopy(one, 0, x, row * one.length, one.length);
        System.arraycopy(conditions[row].states(), 0, states, row * TOKENS * WIDTH, TOKENS * WIDTH);
      }
      float[] times = new float[rows];
      Arrays.fill(times, 900f - call);
      return new Batch(
          call,
          1,
          IntStream.range(0, rows)
              .mapToObj(row -> new Row(0, conditions[row], false, row < blind))
              .toList(),
          Torch.floats(owner, x, rows, 4, 6, 5),
          Torch.floats(owner, times, rows),
          Torch.floats(owner, states, rows, TOKENS, WIDTH),
          AddedConditions.none(rows, owner),
          List.of());
    }

    /** Whether the result of a call is that of the complete network. */
    boolean isWhole(int call, int blind, Conditioning... conditions) {
      Batch batch = batch(call, blind, conditions);
      float[] answer = answer(batch);
      return Arrays.equals(answer, whole(batch));
    }

    float[] answer(Batch batch) {
      return cache
          .predict(
              unet,
              batch,
              beside,
              () -> {
                asked++;
                return Residuals.NONE;
              },
              scope)
          .toFloatArray();
    }

    float[] whole(Batch batch) {
      return unet.predict(batch.latents(), batch.times(), batch.context(), scope).toFloatArray();
    }
  }

  @Test
  void predict_interval_isWholeInEveryNthCallAndAsksOthersThenOnly() {
    for (int interval = 1; interval <= 4; interval++) {
      try (NDManager scope = torch.scope()) {
        Calls calls = new Calls(interval, 0, scope);
        for (int call = 0; call < 9; call++) {
          assertThat(calls.isWhole(call, 0, UGLY, CAT)).isEqualTo(call % interval == 0);
        }
        assertThat(calls.asked).isEqualTo((8 + interval) / interval);
      }
    }
  }

  @Test
  void predict_somethingElse_isWhole() {
    try (NDManager scope = torch.scope()) {
      Calls calls = new Calls(100, 1, scope);
      assertThat(calls.isWhole(0, 0, UGLY, CAT)).isTrue();
      assertThat(calls.isWhole(1, 0, UGLY, DOG)).as("another text").isTrue();
      assertThat(calls.isWhole(2, 0, UGLY, DOG)).isFalse();
      assertThat(calls.isWhole(3, 0, DOG)).as("a row less").isFalse();
      assertThat(calls.isWhole(4, 0, UGLY, DOG)).as("the row is there again").isFalse();
      assertThat(calls.isWhole(5, 0, UGLY, DOG, CAT)).as("a row more").isTrue();
      calls.beside = List.of("a ControlNet");
      assertThat(calls.isWhole(6, 0, UGLY, DOG, CAT)).as("another network").isTrue();
      assertThat(calls.isWhole(7, 0, UGLY, DOG, CAT)).isFalse();
      assertThat(calls.isWhole(8, 1, UGLY, DOG, CAT)).as("blind").isTrue();
    }
  }

  /** Uses the same latents, so that the cached features are exact. */
  @Test
  void predict_rowsInOtherBatches_haveTheirOwnFeatures() {
    try (NDManager scope = torch.scope()) {
      Calls calls = new Calls(100, 0, scope);
      calls.answer(calls.batch(0, 0, UGLY, CAT));
      calls.answer(calls.batch(0, 0, DOG));
      for (Conditioning[] rows :
          new Conditioning[][] {{DOG, UGLY}, {CAT}, {CAT, DOG, UGLY}, {UGLY, UGLY}}) {
        Batch batch = calls.batch(0, 0, rows);
        assertCloseToScale(calls.answer(batch), calls.whole(batch), 1e-5);
      }
      assertThat(calls.asked).isEqualTo(2);
    }
  }

  @Test
  void predict_manyCalls_keepNoMoreThanOne() {
    try (NDManager scope = torch.scope()) {
      Calls calls = new Calls(2, 1, scope);
      List<Integer> alive = new ArrayList<>();
      IntStream.range(0, 8)
          .forEach(
              call -> {
                try (NDManager step = scope.newSubManager()) {
                  calls
                      .cache
                      .predict(
                          unet,
                          Calls.batch(step, call, 0, UGLY, CAT),
                          List.of(),
                          () -> Residuals.NONE,
                          step)
                      .close();
                }
                alive.add(torch.liveArrays());
              });
      assertThat(alive.subList(2, 8)).containsOnly(alive.get(1));
    }
  }
}
