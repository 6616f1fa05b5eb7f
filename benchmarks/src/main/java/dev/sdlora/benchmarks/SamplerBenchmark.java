package dev.sdlora.benchmarks;

import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.sampling.Rng;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.sampler.Denoiser;
import dev.sdlora.sampler.SamplingPlan;
import dev.sdlora.sampler.SamplingSettings;
import dev.sdlora.sampler.StepObserver;
import dev.sdlora.sampler.noise.ImageNoise;
import dev.sdlora.sampler.noise.ImageSeeds;
import dev.sdlora.sampler.noise.LatentShape;
import dev.sdlora.sampler.schedule.NoiseLevels;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Measures a sampling step without the U-Net. The latent is that of a 512² image, and the model
 * predicts nothing, so only the sampler's arithmetic and noise remain.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init")
public class SamplerBenchmark {
  private static final int STEPS = 20;
  private static final LatentShape SHAPE = new LatentShape(4, 64, 64);

  /** Samplers with one and with several remembered steps, with and without noise. */
  @Param({"EULER", "EULER_A", "DPMPP_2M", "DPMPP_2M_SDE", "DPMPP_3M_SDE"})
  Sampler sampler;

  private SamplingPlan plan;
  private float[] unitNoise;

  /** Computes the noise levels and the initial noise. */
  @Setup
  public void plan() {
    SamplingSettings settings = new SamplingSettings(sampler, Schedule.KARRAS, STEPS);
    plan = SamplingPlan.of(settings, NoiseLevels.stableDiffusion(), ModelFamily.SD1);
    unitNoise = noise().first();
  }

  /** Runs one of twenty steps. */
  @Benchmark
  @OperationsPerInvocation(STEPS)
  public float[] step() {
    return plan.run(Nothing.MODEL, unitNoise, noise(), StepObserver.NONE);
  }

  private static ImageNoise noise() {
    return new ImageNoise(Rng.CPU, ImageSeeds.of(1), SHAPE);
  }

  /** A model that returns every latent as the clean one. */
  private enum Nothing implements Denoiser {
    MODEL;

    @Override
    public float[] denoise(float[] x, double sigma) {
      return x.clone();
    }

    @Override
    public Sides denoiseSides(float[] x, double sigma) {
      return new Sides(x.clone(), x.clone());
    }
  }
}
