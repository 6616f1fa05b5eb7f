package dev.sdlora.training.slider;

import dev.sdlora.api.sampling.Rng;
import dev.sdlora.sampler.noise.Noise;
import dev.sdlora.training.data.Batch;
import dev.sdlora.training.data.SeededRandom;
import dev.sdlora.training.noise.NoiseLevel;
import dev.sdlora.training.step.TrainedNetworks;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The latents that the base model passes on its way from noise to images of the target, one for
 * each step of a training run. The published trainer denoises anew in each step, up to the step's
 * noise level, with the unfinished LoRA. Here each latent on the way serves one step, and the LoRA
 * takes no part: a step costs one denoising step, and its latents depend only on the seed and its
 * index.
 *
 * <p>A walk has {@value #POINTS} points: pure noise, and one point in each of equal parts of the
 * noise levels. The noise, the points' places in their parts and the prompts change with each walk.
 * The last point is cached; after a resumed run or a jump, the walk is repeated up to its point.
 * Not safe for use by several threads.
 */
final class Trajectory {
  /** The number of training steps that a walk serves. */
  static final int POINTS = 20;

  /** The guidance of the walk, as published. */
  private static final double GUIDANCE = 3;

  /** The rows of a prediction: target, positive and negative prompt, and the empty one. */
  private static final int ROWS = 4;

  private final TrainedNetworks networks;
  private final SliderBatches.Settings settings;
  private final int pair;
  private long position = -1;
  private SplittableRandom random = new SplittableRandom(0);
  private double offset;
  private Point point = new Point(new NoiseLevel(0, 1, 0, 0, 1), new float[0], "", new float[0][]);

  /**
   * A latent on the way.
   *
   * @param level its noise level
   * @param latent [channels][rows][columns]
   * @param target the target prompt
   * @param predictions those of the base model for target, positive, negative and empty prompt
   */
  @SuppressWarnings("ArrayRecordComponent") // Large, and never compared.
  record Point(NoiseLevel level, float[] latent, String target, float[][] predictions) {}

  /** Creates the walks of one pair of a batch. */
  Trajectory(TrainedNetworks networks, SliderBatches.Settings settings, int pair) {
    this.networks = networks;
    this.settings = settings;
    this.pair = pair;
  }

  /** The point at a position; {@link #POINTS} positions make a walk. */
  Point at(long wanted) {
    if (position > wanted || position / POINTS != wanted / POINTS || position < 0) {
      start(wanted / POINTS);
    }
    while (position < wanted) {
      proceed();
    }
    return point;
  }

  private void start(long walk) {
    long number = walk * settings.pairs() + pair;
    random = SeededRandom.of(settings.seed(), "walk", number);
    offset = random.nextDouble();
    position = walk * POINTS;
    NoiseLevel level = level(0);
    float[] latent = Noise.of(Rng.NV, random.nextLong()).next(settings.length());
    for (int i = 0; i < latent.length; i++) {
      latent[i] = level.noisy(0, latent[i]);
    }
    point = predicted(level, latent, triple(number));
  }

  private PromptTriple triple(long number) {
    List<PromptTriple> prompts = settings.prompts();
    return prompts.get((int) (number % prompts.size()));
  }

  private void proceed() {
    position++;
    NoiseLevel to = level((int) (position % POINTS));
    float[] latent = point.latent().clone();
    for (int i = 0; i < latent.length; i++) {
      double empty = point.predictions()[3][i];
      double guided = empty + GUIDANCE * (point.predictions()[0][i] - empty);
      latent[i] = Ddim.step(point.level(), to, latent[i], guided);
    }
    point = predicted(to, latent, triple(position / POINTS * settings.pairs() + pair));
  }

  /** The noise level of a point of the current walk. */
  private NoiseLevel level(int step) {
    int parts = POINTS - 1;
    double place = step == 0 ? 1 : (POINTS - step - offset) / parts;
    return settings.process().at(Math.min(place, Math.nextDown(1.0)));
  }

  private Point predicted(NoiseLevel level, float[] latent, PromptTriple prompts) {
    int length = latent.length;
    float[] noisy = new float[ROWS * length];
    for (int row = 0; row < ROWS; row++) {
      System.arraycopy(latent, 0, noisy, row * length, length);
    }
    float[] times = new float[ROWS];
    Arrays.fill(times, (float) level.time());
    float[] strengths = new float[ROWS];
    float[] none = {};
    float[] all =
        networks.predict(
            new Batch(
                noisy,
                times,
                none,
                none,
                strengths,
                List.of(prompts.target(), prompts.positive(), prompts.negative(), ""),
                Collections.nCopies(ROWS, settings.sizes()),
                settings.rows(),
                none,
                none));
    float[][] rows = new float[ROWS][];
    for (int row = 0; row < ROWS; row++) {
      rows[row] = Arrays.copyOfRange(all, row * length, (row + 1) * length);
    }
    return new Point(level, latent, prompts.target(), rows);
  }
}
