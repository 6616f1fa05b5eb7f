package dev.sdlora.families.denoise;

import ai.djl.ndarray.NDManager;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.families.conditioning.Conditioning;
import dev.sdlora.families.denoise.NoisePredictor.Batch;
import dev.sdlora.families.denoise.NoisePredictor.Row;
import dev.sdlora.families.network.AddedConditions;
import dev.sdlora.families.network.Prediction;
import dev.sdlora.sampler.noise.LatentShape;
import dev.sdlora.sampler.schedule.NoiseLevels;
import dev.sdlora.tensors.torch.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Predicts for latents under several conditions. Conditions of the same length run as one batch if
 * memory allows; padding them to one length would change the result. Predictions without some
 * blocks of the network run as batches of their own.
 */
public final class BatchedPredictor {
  /** The pixels of one large image; a batch always has at least two rows. */
  private static final long BATCH_PIXELS = 1024 * 1024;

  private final NoisePredictor network;
  private final Prediction prediction;
  private final NoiseLevels levels;
  private final float[] guidance;
  private final LatentShape shape;
  private final int rows;
  private final NDManager scope;

  /**
   * Creates a predictor for images of one size.
   *
   * @param prediction the prediction type of the network
   * @param levels the noise levels that it was trained on
   * @param guidance the guidance embedding of a distilled network; empty for others
   * @param shape the shape of a latent
   * @param rows the maximum number of rows in a batch
   * @param scope the parent manager for temporary arrays
   */
  public BatchedPredictor(
      NoisePredictor network,
      Prediction prediction,
      NoiseLevels levels,
      float[] guidance,
      LatentShape shape,
      int rows,
      NDManager scope) {
    this.network = network;
    this.prediction = prediction;
    this.levels = levels;
    this.guidance = guidance;
    this.shape = shape;
    this.rows = rows;
    this.scope = scope;
  }

  /** Returns the default maximum number of rows in a batch for an image size. */
  public static int rows(ImageSize size) {
    return (int) Math.max(2, BATCH_PIXELS / ((long) size.width() * size.height()));
  }

  /**
   * A request for predictions about the latent of one image.
   *
   * @param call the index of the model call
   * @param x the latent, {@code clean + sigma·noise}; not modified
   * @param sigma its noise level
   * @param conditions the conditions to predict under
   * @param negatives the number of leading conditions that are the negative one
   * @param blind the number of leading conditions that do not see the image that an editing model
   *     reads
   * @param skipping the number of trailing conditions to predict without some blocks
   * @param skipped the indices of these blocks
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  public record Question(
      int call,
      float[] x,
      double sigma,
      List<Conditioning> conditions,
      int negatives,
      int blind,
      int skipping,
      List<Integer> skipped) {
    private boolean isSkipping(int condition) {
      return condition >= conditions.size() - skipping;
    }

    private Row row(int image, int condition) {
      return new Row(image, conditions.get(condition), condition < negatives, condition < blind);
    }
  }

  /** The rows that can run as one batch: with as many tokens, through the same blocks. */
  private record Kind(int tokens, boolean isSkipping) {}

  /** The position of a batch row among the questions. */
  private record Place(int image, int condition) {}

  /**
   * Returns the network's predictions under each condition, in their order.
   *
   * @param questions about images that are generated together, at the same call and noise level
   * @return the predictions for each question
   * @throws IllegalStateException if they are not at the same call and noise level
   */
  List<List<float[]>> predict(List<Question> questions) {
    Question first = questions.get(0);
    Map<Kind, List<Place>> byKind = new LinkedHashMap<>();
    List<float[][]> predicted = new ArrayList<>();
    for (int image = 0; image < questions.size(); image++) {
      Question question = questions.get(image);
      if (question.call != first.call || question.sigma != first.sigma) {
        throw new IllegalStateException(
            "images that are generated together are at calls %s and %s"
                .formatted(first.call, question.call));
      }
      predicted.add(new float[question.conditions.size()][]);
      for (int i = 0; i < question.conditions.size(); i++) {
        Kind kind = new Kind(question.conditions.get(i).tokens(), question.isSkipping(i));
        byKind.computeIfAbsent(kind, none -> new ArrayList<>()).add(new Place(image, i));
      }
    }
    for (Map.Entry<Kind, List<Place>> kind : byKind.entrySet()) {
      List<Place> alike = kind.getValue();
      List<Integer> skipped = kind.getKey().isSkipping ? first.skipped : List.of();
      for (int from = 0; from < alike.size(); from += rows) {
        List<Place> places = alike.subList(from, Math.min(from + rows, alike.size()));
        float[] batch = run(first, questions, places, skipped);
        int length = first.x.length;
        for (int row = 0; row < places.size(); row++) {
          Place place = places.get(row);
          predicted.get(place.image)[place.condition] =
              Arrays.copyOfRange(batch, row * length, (row + 1) * length);
        }
      }
    }
    return predicted.stream().map(List::of).toList();
  }

  private float[] run(
      Question first, List<Question> questions, List<Place> places, List<Integer> skipped) {
    List<Row> rows =
        places.stream()
            .map(place -> questions.get(place.image).row(place.image, place.condition))
            .toList();
    int count = rows.size();
    double scaleIn = prediction.scaleIn(first.sigma);
    int length = first.x.length;
    float[] latents = new float[count * length];
    for (int row = 0; row < count; row++) {
      float[] x = questions.get(rows.get(row).image()).x;
      for (int i = 0; i < length; i++) {
        latents[row * length + i] = (float) (x[i] * scaleIn);
      }
    }
    float[] times = new float[count];
    Arrays.fill(times, (float) prediction.time(first.sigma, levels));
    float[] states = joined(rows, row -> row.condition().states());
    float[] vectors = joined(rows, row -> row.condition().vector());
    float[] guidances = joined(rows, row -> guidance);
    float[] regions = joined(rows, row -> row.condition().regionStates());
    int width = rows.get(0).condition().width();
    try (NDManager step = scope.newSubManager()) {
      Batch batch =
          new Batch(
              first.call,
              first.sigma,
              rows,
              Torch.floats(step, latents, count, shape.channels(), shape.height(), shape.width()),
              Torch.floats(step, times, count),
              Torch.floats(step, states, count, states.length / count / width, width),
              new AddedConditions(
                  Torch.floats(step, vectors, count, vectors.length / count),
                  Torch.floats(step, guidances, count, guidance.length),
                  regions.length == 0
                      ? Optional.empty()
                      : Optional.of(
                          Torch.floats(
                              step, regions, count, regions.length / count / width, width))),
              skipped);
      return network.predict(batch, step).toFloatArray();
    }
  }

  private static float[] joined(List<Row> rows, Function<Row, float[]> part) {
    int length = part.apply(rows.get(0)).length;
    float[] joined = new float[rows.size() * length];
    for (int row = 0; row < rows.size(); row++) {
      System.arraycopy(part.apply(rows.get(row)), 0, joined, row * length, length);
    }
    return joined;
  }
}
