package dev.sdlora.pipeline.denoise;

import ai.djl.ndarray.NDManager;
import dev.sdlora.api.ImageSize;
import dev.sdlora.pipeline.conditioning.Conditioning;
import dev.sdlora.pipeline.denoise.NoisePredictor.Batch;
import dev.sdlora.pipeline.network.AddedConditions;
import dev.sdlora.pipeline.network.Prediction;
import dev.sdlora.sampler.schedule.NoiseLevels;
import dev.sdlora.tensors.torch.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Predicts for one latent under several conditions. Conditions of the same length run as one batch,
 * as far as memory allows; padding them would change the result.
 */
public final class BatchedPredictor {
  /** As many as a large picture has; a batch never has fewer than two rows. */
  private static final long BATCH_PIXELS = 1024 * 1024;

  private final NoisePredictor network;
  private final Prediction prediction;
  private final NoiseLevels levels;
  private final float[] guidance;
  private final int channels;
  private final ImageSize size;
  private final NDManager scope;

  /**
   * A predictor for pictures of one size.
   *
   * @param prediction what the network predicts
   * @param levels the noise that it was trained with
   * @param guidance what a distilled network is told of guidance; empty for others
   * @param channels of a latent
   * @param size of the pictures
   * @param scope what a call needs is made below it
   */
  public BatchedPredictor(
      NoisePredictor network,
      Prediction prediction,
      NoiseLevels levels,
      float[] guidance,
      int channels,
      ImageSize size,
      NDManager scope) {
    this.network = network;
    this.prediction = prediction;
    this.levels = levels;
    this.guidance = guidance;
    this.channels = channels;
    this.size = size;
    this.scope = scope;
  }

  /** How many rows a batch has at most, for pictures of a size. */
  public static int rows(ImageSize size) {
    return (int) Math.max(2, BATCH_PIXELS / ((long) size.width() * size.height()));
  }

  /** The noise that the network was trained with. */
  NoiseLevels levels() {
    return levels;
  }

  /**
   * What the network predicts under each condition, in their order.
   *
   * @param call the number of the call, for the network
   * @param x the latent, {@code clean + sigma·noise}; not modified
   * @param sigma its noise level
   * @param negatives how many of the first conditions are the negative one
   * @param blind how many of the first are not shown the picture that an editing model reads
   */
  List<float[]> predict(
      int call, float[] x, double sigma, List<Conditioning> conditions, int negatives, int blind) {
    Map<Integer, List<Integer>> byLength = new LinkedHashMap<>();
    for (int i = 0; i < conditions.size(); i++) {
      byLength.computeIfAbsent(conditions.get(i).tokens(), length -> new ArrayList<>()).add(i);
    }
    float[][] predicted = new float[conditions.size()][];
    for (List<Integer> alike : byLength.values()) {
      for (int from = 0; from < alike.size(); from += rows(size)) {
        List<Integer> rows = alike.subList(from, Math.min(from + rows(size), alike.size()));
        float[] batch =
            run(
                call,
                x,
                sigma,
                rows.stream().map(conditions::get).toList(),
                first(rows, negatives),
                first(rows, blind));
        for (int row = 0; row < rows.size(); row++) {
          predicted[rows.get(row)] =
              Arrays.copyOfRange(batch, row * x.length, (row + 1) * x.length);
        }
      }
    }
    return List.of(predicted);
  }

  /** How many of some rows, which are in order, are below a number. */
  private static int first(List<Integer> rows, int below) {
    return (int) rows.stream().filter(row -> row < below).count();
  }

  private float[] run(
      int call, float[] x, double sigma, List<Conditioning> conditions, int negatives, int blind) {
    int rows = conditions.size();
    double scaleIn = prediction.scaleIn(sigma);
    float[] latents = new float[rows * x.length];
    for (int i = 0; i < latents.length; i++) {
      latents[i] = (float) (x[i % x.length] * scaleIn);
    }
    float[] times = new float[rows];
    Arrays.fill(times, (float) prediction.time(sigma, levels));
    int length = conditions.get(0).states().length;
    float[] states = new float[rows * length];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(conditions.get(row).states(), 0, states, row * length, length);
    }
    int width = conditions.get(0).width();
    int vectorWidth = conditions.get(0).vector().length;
    float[] vectors = new float[rows * vectorWidth];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(conditions.get(row).vector(), 0, vectors, row * vectorWidth, vectorWidth);
    }
    float[] told = new float[rows * guidance.length];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(guidance, 0, told, row * guidance.length, guidance.length);
    }
    try (NDManager step = scope.newSubManager()) {
      Batch batch =
          new Batch(
              call,
              sigma,
              negatives,
              blind,
              conditions,
              Torch.floats(step, latents, rows, channels, size.height() / 8, size.width() / 8),
              Torch.floats(step, times, rows),
              Torch.floats(step, states, rows, length / width, width),
              new AddedConditions(
                  Torch.floats(step, vectors, rows, vectorWidth),
                  Torch.floats(step, told, rows, guidance.length)));
      return network.predict(batch, step).toFloatArray();
    }
  }
}
