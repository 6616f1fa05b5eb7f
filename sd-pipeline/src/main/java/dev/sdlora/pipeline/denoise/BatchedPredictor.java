package dev.sdlora.pipeline.denoise;

import ai.djl.ndarray.NDManager;
import dev.sdlora.api.ImageSize;
import dev.sdlora.pipeline.conditioning.Conditioning;
import dev.sdlora.pipeline.denoise.NoisePredictor.Batch;
import dev.sdlora.pipeline.network.AddedConditions;
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
  private final NoiseLevels levels;
  private final int channels;
  private final ImageSize size;
  private final NDManager scope;

  /**
   * A predictor for pictures of one size.
   *
   * @param levels the noise that the network was trained with
   * @param channels of a latent
   * @param size of the pictures
   * @param scope what a call needs is made below it
   */
  public BatchedPredictor(
      NoisePredictor network, NoiseLevels levels, int channels, ImageSize size, NDManager scope) {
    this.network = network;
    this.levels = levels;
    this.channels = channels;
    this.size = size;
    this.scope = scope;
  }

  /** How many rows a batch has at most, for pictures of a size. */
  public static int rows(ImageSize size) {
    return (int) Math.max(2, BATCH_PIXELS / ((long) size.width() * size.height()));
  }

  /**
   * What the network predicts under each condition, in their order.
   *
   * @param call the number of the call, for the network
   * @param x the latent, {@code clean + sigma·noise}; not modified
   * @param sigma its noise level
   * @param negativeFirst whether the first condition is the negative one
   */
  List<float[]> predict(
      int call, float[] x, double sigma, List<Conditioning> conditions, boolean negativeFirst) {
    Map<Integer, List<Integer>> byLength = new LinkedHashMap<>();
    for (int i = 0; i < conditions.size(); i++) {
      byLength.computeIfAbsent(conditions.get(i).tokens(), length -> new ArrayList<>()).add(i);
    }
    float[][] predicted = new float[conditions.size()][];
    for (List<Integer> alike : byLength.values()) {
      for (int from = 0; from < alike.size(); from += rows(size)) {
        List<Integer> rows = alike.subList(from, Math.min(from + rows(size), alike.size()));
        boolean negative = negativeFirst && rows.get(0) == 0;
        float[] batch = run(call, x, sigma, rows.stream().map(conditions::get).toList(), negative);
        for (int row = 0; row < rows.size(); row++) {
          predicted[rows.get(row)] =
              Arrays.copyOfRange(batch, row * x.length, (row + 1) * x.length);
        }
      }
    }
    return List.of(predicted);
  }

  private float[] run(
      int call, float[] x, double sigma, List<Conditioning> conditions, boolean negativeFirst) {
    int rows = conditions.size();
    double scaleIn = 1 / Math.sqrt(sigma * sigma + 1);
    float[] latents = new float[rows * x.length];
    for (int i = 0; i < latents.length; i++) {
      latents[i] = (float) (x[i % x.length] * scaleIn);
    }
    float[] times = new float[rows];
    Arrays.fill(times, (float) levels.sigmaToTime(sigma));
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
    try (NDManager step = scope.newSubManager()) {
      Batch batch =
          new Batch(
              call,
              sigma,
              negativeFirst,
              Torch.floats(step, latents, rows, channels, size.height() / 8, size.width() / 8),
              Torch.floats(step, times, rows),
              Torch.floats(step, states, rows, length / width, width),
              new AddedConditions(
                  Torch.floats(step, vectors, rows, vectorWidth),
                  Torch.floats(step, new float[0], rows, 0)));
      return network.predict(batch, step).toFloatArray();
    }
  }
}
