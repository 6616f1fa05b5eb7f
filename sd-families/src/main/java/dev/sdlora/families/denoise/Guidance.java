package dev.sdlora.families.denoise;

import dev.sdlora.families.conditioning.Conditioning;
import dev.sdlora.families.conditioning.Conditions;
import dev.sdlora.families.conditioning.Conditions.Part;
import dev.sdlora.families.denoise.BatchedPredictor.Question;
import dev.sdlora.sampler.Denoiser;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Classifier-free guidance (Ho and Salimans 2022) with any number of conditions: {@code uncond + Σ
 * weight · scale · (cond − uncond)}. If the factors of the conditions add up to 1, as they do at
 * scale 1 without {@code AND}, the negative condition cancels out and is not evaluated. A condition
 * that applies to an area of the image has its weight there.
 *
 * <p>An editing model is guided by text and image separately (Brooks et al. 2023,
 * "InstructPix2Pix", equation 3): {@code blind + imageScale · (uncond − blind) + Σ weight · scale ·
 * (cond − uncond)}, where only {@code blind} does not see the image.
 *
 * <p>{@link LayerSkipping} adds {@code Σ weight · scale · (cond − skipped)} to the result, where
 * {@code skipped} is the prediction under the same condition without some blocks of the network.
 *
 * <p>Immutable; {@link #start()} returns the state for one image.
 */
public final class Guidance {
  private final BatchedPredictor predictor;
  private final Conditions conditions;
  private final GuidanceOptions options;
  private final double weights;
  private final boolean regional;

  /** Creates guidance for images of one size. */
  public Guidance(BatchedPredictor predictor, Conditions conditions, GuidanceOptions options) {
    this.predictor = predictor;
    this.conditions = conditions;
    this.options = options;
    this.weights = conditions.parts().stream().mapToDouble(Part::weight).sum();
    this.regional = conditions.parts().stream().anyMatch(part -> part.area().isPresent());
  }

  /** Returns a denoiser for one run of a sampler; it counts the calls. Used by one thread. */
  public Denoiser start() {
    return new Run(new AtomicInteger(), ModelCalls.ALONE);
  }

  /**
   * Returns a denoiser that replaces another one and continues its count of calls.
   *
   * @param calls the number of calls so far, which determines the texts of a prompt
   * @param model how the network is called
   */
  public Denoiser start(AtomicInteger calls, ModelCalls model) {
    return new Run(calls, model);
  }

  private final class Run implements Denoiser {
    private final AtomicInteger calls;
    private final ModelCalls model;

    Run(AtomicInteger calls, ModelCalls model) {
      this.calls = calls;
      this.model = model;
    }

    @Override
    public float[] denoise(float[] x, double sigma) {
      return denoised(x, sigma, predict(x, sigma, false).guided());
    }

    @Override
    public Sides denoiseSides(float[] x, double sigma) {
      Predicted predicted = predict(x, sigma, true);
      return new Sides(
          denoised(x, sigma, predicted.guided()), denoised(x, sigma, predicted.towards(0)));
    }

    private Predicted predict(float[] x, double sigma, boolean bothSides) {
      int call = calls.getAndIncrement();
      boolean guided = options.guided().inRange(call, sigma);
      boolean needsBlind = options.imageScale() != 1 && guided;
      boolean skips = !guided || (options.guided().skips(call, sigma) && !needsBlind);
      double scale = skips ? 1 : options.scale();
      boolean needsUncond =
          bothSides
              || regional
              || needsBlind
              || scale * weights != 1
              || ((options.rescale() != 0 || options.normalization() != 0) && weights != 1);
      Conditions.Call now = conditions.at(call);
      List<Conditioning> inputs = new ArrayList<>(now.prompt());
      boolean runsUncond = needsUncond && !skips;
      if (runsUncond) {
        inputs.add(0, now.negative());
      }
      if (needsBlind) {
        inputs.add(0, now.negative());
      }
      int blind = needsBlind ? 1 : 0;
      int first = blind + (runsUncond ? 1 : 0);
      int count = now.prompt().size();
      LayerSkipping skipping = options.skipping();
      boolean skipsLayers = skipping.isActive(call, sigma);
      if (skipsLayers) {
        inputs.addAll(now.prompt());
      }
      List<float[]> outputs =
          model.ask(
              predictor,
              new Question(
                  call,
                  x,
                  sigma,
                  inputs,
                  first,
                  blind,
                  skipsLayers ? count : 0,
                  skipping.layers()));
      // Without a negative side, the first condition replaces it. If the factors add up to 1, this
      // changes nothing; in calls that skip it, A1111 does the same.
      float[] uncond = outputs.get(blind);
      return new Predicted(
          needsBlind ? outputs.get(0) : uncond,
          uncond,
          outputs.subList(first, first + count),
          outputs.subList(first + count, outputs.size()),
          scale);
    }
  }

  /** The network's predictions in one call. */
  private final class Predicted {
    private final float[] blind;
    private final float[] uncond;
    private final List<float[]> conds;
    private final List<float[]> skipped;
    private final double scale;

    Predicted(
        float[] blind, float[] uncond, List<float[]> conds, List<float[]> skipped, double scale) {
      this.blind = blind;
      this.uncond = uncond;
      this.conds = conds;
      this.skipped = skipped;
      this.scale = scale;
    }

    double[] guided() {
      double[] guided = towards(scale);
      double deviation = deviation(guided);
      if (options.rescale() != 0 && deviation > 0) {
        double contrast = deviation(towards(1)) / deviation;
        double factor = 1 + options.rescale() * (contrast - 1);
        scale(guided, factor);
      }
      if (options.normalization() != 0) {
        double longest = options.normalization() * length(towards(1));
        double length = length(guided);
        if (length > longest) {
          scale(guided, longest / length);
        }
      }
      moveFromSkipped(guided);
      return guided;
    }

    /** Moves away from the predictions without some blocks, if there are any. */
    private void moveFromSkipped(double[] guided) {
      for (int part = 0; part < skipped.size(); part++) {
        Part side = conditions.parts().get(part);
        int positions = side.area().map(area -> area.length).orElse(1);
        float[] cond = conds.get(part);
        float[] without = skipped.get(part);
        for (int i = 0; i < guided.length; i++) {
          guided[i] +=
              options.skipping().scale()
                  * side.weightAt(i % positions)
                  * ((double) cond[i] - without[i]);
        }
      }
    }

    /** Moves from the unconditional prediction towards the conditions. */
    double[] towards(double scale) {
      double[] sum = new double[uncond.length];
      for (int i = 0; i < sum.length; i++) {
        sum[i] = blind[i] + options.imageScale() * ((double) uncond[i] - blind[i]);
      }
      for (int part = 0; part < conds.size(); part++) {
        Part side = conditions.parts().get(part);
        int positions = side.area().map(area -> area.length).orElse(1);
        float[] cond = conds.get(part);
        for (int i = 0; i < sum.length; i++) {
          sum[i] += scale * side.weightAt(i % positions) * ((double) cond[i] - uncond[i]);
        }
      }
      return sum;
    }
  }

  private float[] denoised(float[] x, double sigma, double[] predicted) {
    float[] denoised = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      denoised[i] = (float) options.prediction().clean(x[i], sigma, predicted[i]);
    }
    return denoised;
  }

  private static void scale(double[] values, double factor) {
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor;
    }
  }

  private static double length(double[] values) {
    double squares = 0;
    for (double value : values) {
      squares += value * value;
    }
    return Math.sqrt(squares);
  }

  private static double deviation(double[] values) {
    double mean = 0;
    for (double value : values) {
      mean += value / values.length;
    }
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    return Math.sqrt(squares / values.length);
  }
}
