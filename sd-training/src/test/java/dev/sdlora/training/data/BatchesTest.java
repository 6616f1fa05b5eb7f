package dev.sdlora.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sdlora.sampler.schedule.NoiseLevels;
import dev.sdlora.training.noise.DiffusionProcess;
import dev.sdlora.training.noise.LossWeighting;
import dev.sdlora.training.option.CaptionOptions;
import dev.sdlora.training.option.TimestepSampling;
import dev.sdlora.training.option.TrainingLoss;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatchesTest {
  private static final int LENGTH = 4 * 16;

  private static List<Example> examples(int count) {
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                new Example(
                    new float[LENGTH], 4, "picture " + i, i + 1, TrainingImageSizes.whole(4, 4)))
        .toList();
  }

  private static Batches.Settings settings(double offset, double dropout) {
    return new Batches.Settings(
        1,
        2,
        4,
        offset,
        LossWeighting.NONE,
        CaptionOptions.DEFAULTS.withDropout(dropout),
        TimestepSampling.UNIFORM,
        new DiffusionProcess(NoiseLevels.stableDiffusion(), false));
  }

  @Test
  void at_oneEpoch_hasEveryPictureOnceInAnotherOrderEachTime() {
    Batches batches = new Batches(examples(8), settings(0, 0));
    List<String> first = captions(batches, 0, 4);
    List<String> second = captions(batches, 4, 8);

    assertThat(first).doesNotHaveDuplicates().hasSize(8);
    assertThat(second).containsExactlyInAnyOrderElementsOf(first).isNotEqualTo(first);
  }

  private static List<String> captions(Batches batches, int from, int to) {
    List<String> captions = new ArrayList<>();
    for (int step = from; step < to; step++) {
      captions.addAll(batches.at(step).captions());
    }
    return captions;
  }

  /** No state is carried from step to step, so a resumed training run gets the same batches. */
  @Test
  void at_anyOrderOfCalls_givesTheSameBatch() {
    Batch forward = null;
    Batches batches = new Batches(examples(3), settings(0.1, 0.5));
    for (int step = 0; step <= 5; step++) {
      forward = batches.at(step);
    }
    Batch alone = new Batches(examples(3), settings(0.1, 0.5)).at(5);

    assertThat(alone).usingRecursiveComparison().isEqualTo(forward);
  }

  @Test
  void at_cleanZeros_leavesTheNoiseTimesItsShare() {
    Batch batch = new Batches(examples(2), settings(0, 0)).at(0);
    NoiseLevels levels = NoiseLevels.stableDiffusion();
    for (int i = 0; i < batch.noisy().length; i++) {
      double alpha = levels.alphaCumprod((int) batch.times()[i / LENGTH]);
      assertThat((double) batch.noisy()[i])
          .isCloseTo(Math.sqrt(1 - alpha) * batch.target()[i], within(1e-6));
    }
  }

  @Test
  void at_manySteps_drawsTimesEvenlyAndDropsItsShare() {
    Batches batches = new Batches(examples(2), settings(0, 0.25));
    double times = 0;
    int dropped = 0;
    float least = 999;
    float most = 0;
    for (int step = 0; step < 2000; step++) {
      Batch batch = batches.at(step);
      for (int i = 0; i < 2; i++) {
        times += batch.times()[i];
        least = Math.min(least, batch.times()[i]);
        most = Math.max(most, batch.times()[i]);
        dropped += batch.captions().get(i).isEmpty() ? 1 : 0;
      }
    }

    // Four deviations: 289 / sqrt(4000) · 4 and sqrt(0.25 · 0.75 · 4000) · 4.
    assertThat(times / 4000).isCloseTo(499.5, within(18.3));
    assertThat(dropped).isBetween(1000 - 110, 1000 + 110);
    assertThat(least).isBetween(0f, 10f);
    assertThat(most).isBetween(989f, 999f);
  }

  @Test
  void at_noiseOffset_movesTheMeansOfChannels() {
    Batch plain = new Batches(examples(2), settings(0, 0)).at(0);
    Batch offset = new Batches(examples(2), settings(5, 0)).at(0);
    float[] moved = new float[16];
    for (int i = 0; i < moved.length; i++) {
      moved[i] = offset.target()[i] - plain.target()[i];
    }

    assertThat(Math.abs(moved[0])).isGreaterThan(0.01f);
    for (float value : moved) {
      assertThat(value).isCloseTo(moved[0], within(1e-5f));
    }
  }

  /** The clean image and the noise can be computed from latent and velocity. */
  @Test
  void at_velocity_isWhatTurnsNoisyIntoClean() {
    float[] clean = new float[LENGTH];
    Arrays.fill(clean, 0.7f);
    NoiseLevels levels = NoiseLevels.stableDiffusion().zeroTerminalSnr();
    Batches.Settings settings =
        new Batches.Settings(
            1,
            2,
            4,
            0,
            new LossWeighting(TrainingLoss.L2, OptionalDouble.of(5), false),
            CaptionOptions.DEFAULTS,
            TimestepSampling.UNIFORM,
            new DiffusionProcess(levels, true));
    Batches batches =
        new Batches(
            List.of(new Example(clean, 4, "", 1, TrainingImageSizes.whole(4, 4))), settings);
    for (int step = 0; step < 50; step++) {
      Batch batch = batches.at(step);
      for (int i = 0; i < batch.noisy().length; i++) {
        double alpha = levels.alphaCumprod((int) batch.times()[i / LENGTH]);
        double left = Math.sqrt(alpha) * batch.noisy()[i];
        assertThat(left - Math.sqrt(1 - alpha) * batch.target()[i]).isCloseTo(0.7, within(1e-5));
      }
      double alpha = levels.alphaCumprod((int) batch.times()[0]);
      double snr = alpha / (1 - alpha);
      assertThat((double) batch.importance()[0])
          .isCloseTo(Math.min(snr, 5) / (snr + 1), within(1e-6));
    }
  }

  private static EncodedImage image(float value, float... mask) {
    float[] latent = new float[LENGTH];
    Arrays.fill(latent, value);
    return new EncodedImage(latent, 4, mask, TrainingImageSizes.whole(4, 4));
  }

  private static Example example(Optional<EncodedImage> mirrored, float[] mask, double prior) {
    return new Example(
        image(1, mask),
        mirrored,
        "",
        1,
        1,
        prior > 0 ? OptionalDouble.of(prior) : OptionalDouble.empty());
  }

  /** The value of the clean latent of a member, which is the same everywhere. */
  private static double clean(Batch batch, int member) {
    double alpha = NoiseLevels.stableDiffusion().alphaCumprod((int) batch.times()[member]);
    int at = member * LENGTH;
    return (batch.noisy()[at] - Math.sqrt(1 - alpha) * batch.target()[at]) / Math.sqrt(alpha);
  }

  @Test
  void at_mirroredImages_takesThemInHalfOfAllCases() {
    Example both = example(Optional.of(image(-1)), new float[0], 0);
    Batches batches = new Batches(List.of(both), settings(0, 0));
    int mirrored = 0;
    for (int step = 0; step < 1000; step++) {
      for (int member = 0; member < 2; member++) {
        double clean = clean(batches.at(step), member);
        assertThat(Math.abs(clean)).isCloseTo(1, within(1e-3));
        mirrored += clean < 0 ? 1 : 0;
      }
    }

    // Four deviations: sqrt(0.25 · 2000) · 4.
    assertThat(mirrored).isBetween(1000 - 90, 1000 + 90);
  }

  @Test
  void at_oneMask_hasOnesForTheOthers() {
    float[] mask = new float[16];
    mask[3] = 0.5f;
    Batches batches =
        new Batches(
            List.of(
                example(Optional.empty(), mask, 0), example(Optional.empty(), new float[0], 0.25)),
            settings(0, 0));
    Batch batch = batches.at(0);

    assertThat(Arrays.copyOf(batch.mask(), 16)).containsExactly(mask);
    assertThat(Arrays.copyOfRange(batch.mask(), 16, 32)).containsOnly(1);
    assertThat(batch.importance()).containsExactly(1, 0.25f);
  }

  @Test
  void at_imagesOfTwoSizes_haveBatchesOfTheirOwn() {
    Example wide = new Example(new float[4 * 12], 2, "wide", 1, TrainingImageSizes.whole(16, 48));
    List<Example> all = new ArrayList<>(examples(3));
    all.add(wide);
    Batches batches = new Batches(all, settings(0, 0));
    List<Integer> lengths = new ArrayList<>();
    for (int step = 0; step < 3; step++) {
      Batch batch = batches.at(step);
      assertThat(batch.rows()).isEqualTo(batch.captions().contains("wide") ? 2 : 4);
      assertThat(batch.sizes()).hasSize(batch.times().length);
      lengths.add(batch.noisy().length);
    }

    assertThat(lengths).containsExactlyInAnyOrder(48, LENGTH, 2 * LENGTH);
  }
}
