package dev.sdlora.pipeline.denoise;

import dev.sdlora.api.Forecasting;
import dev.sdlora.sampler.Denoiser;
import dev.sdlora.sampler.schedule.NoiseLevels;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * A denoiser that asks another one in some calls only, and in the others continues what that said.
 * What is continued is the noise that it sees in a latent, {@code (x − denoised) / sigma}, guidance
 * included: from call to call it changes much less than the clean latent does.
 *
 * <p>Each situation, such as another text of the prompt, is continued for itself. For one run of a
 * sampler; used by one thread.
 */
final class ForecastingDenoiser implements Denoiser {
  /** What was said longer ago has no part in a forecast. */
  private static final int KEPT = 10;

  /** A line has a direction from two on. */
  private static final int LEAST = 2;

  private final Denoiser model;
  private final Forecasting forecasting;
  private final AtomicInteger calls;
  private final NoiseLevels levels;
  private final Situations situations;
  private final Map<Object, List<Said>> known = new HashMap<>();
  private int computed;
  private int forecast;
  private double window;

  /**
   * Nothing is known yet.
   *
   * @param model is asked
   * @param calls counts the calls; the model does that itself where it is asked
   * @param levels the noise that the model was trained with
   */
  ForecastingDenoiser(
      Denoiser model,
      Forecasting forecasting,
      AtomicInteger calls,
      NoiseLevels levels,
      Situations situations) {
    this.model = model;
    this.forecasting = forecasting;
    this.calls = calls;
    this.levels = levels;
    this.situations = situations;
    this.window = forecasting.window();
  }

  /** What a call depends on beside latent and noise level. */
  @FunctionalInterface
  interface Situations {
    /** Equal to that of another call if one can be told from the other. */
    Object of(int call, double sigma);
  }

  /** The noise of one call, one for each side that was asked. */
  private record Said(double time, List<float[]> noises) {}

  @Override
  public float[] denoise(float[] x, double sigma) {
    return sides(x, sigma, () -> List.of(model.denoise(x, sigma))).get(0);
  }

  @Override
  public Sides denoiseSides(float[] x, double sigma) {
    List<float[]> both =
        sides(
            x,
            sigma,
            () -> {
              Sides sides = model.denoiseSides(x, sigma);
              return List.of(sides.denoised(), sides.uncond());
            });
    return new Sides(both.get(0), both.get(1));
  }

  private List<float[]> sides(float[] x, double sigma, Supplier<List<float[]>> ask) {
    int call = calls.get();
    double time = time(sigma);
    List<Said> said =
        known.computeIfAbsent(situations.of(call, sigma), situation -> new ArrayList<>());
    if (computed < forecasting.warmUp() || forecast + 1 >= (int) window || said.size() < LEAST) {
      List<float[]> denoised = ask.get();
      if (computed >= forecasting.warmUp()) {
        window += forecasting.growth();
      }
      computed++;
      forecast = 0;
      said.add(new Said(time, denoised.stream().map(side -> noise(x, sigma, side)).toList()));
      if (said.size() > KEPT) {
        said.remove(0);
      }
      return denoised;
    }
    calls.incrementAndGet();
    forecast++;
    return continued(said, time).stream().map(noise -> clean(x, sigma, noise)).toList();
  }

  /**
   * From -1 to 1 on the way down. Calls at the same level are at the same time, as samplers with
   * several calls a step make them, and those that go up again go back.
   */
  private double time(double sigma) {
    double highest = Math.log(levels.sigmaMax());
    return 2 * (highest - Math.log(sigma)) / (highest - Math.log(levels.sigmaMin())) - 1;
  }

  private static List<float[]> continued(List<Said> said, double time) {
    double[] weights = ChebyshevFit.weights(said.stream().mapToDouble(Said::time).toArray(), time);
    List<float[]> sides = new ArrayList<>();
    for (int side = 0; side < said.get(0).noises.size(); side++) {
      float[] sum = new float[said.get(0).noises.get(side).length];
      for (int i = 0; i < sum.length; i++) {
        double element = 0;
        for (int k = 0; k < weights.length; k++) {
          element += weights[k] * said.get(k).noises.get(side)[i];
        }
        sum[i] = (float) element;
      }
      sides.add(sum);
    }
    return sides;
  }

  private static float[] noise(float[] x, double sigma, float[] denoised) {
    float[] noise = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      noise[i] = (float) (((double) x[i] - denoised[i]) / sigma);
    }
    return noise;
  }

  private static float[] clean(float[] x, double sigma, float[] noise) {
    float[] clean = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      clean[i] = (float) (x[i] - sigma * noise[i]);
    }
    return clean;
  }
}
