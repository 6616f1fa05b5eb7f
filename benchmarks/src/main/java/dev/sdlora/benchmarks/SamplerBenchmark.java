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
 * What does a step cost beside the U-Net? The latent is that of an image of 512², the model one
 * that predicts nothing, so that the arithmetic of the sampler is left, and the noise that it
 * draws.
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

  /** Samplers of one and of several remembered steps, without and with noise. */
  @Param({"EULER", "EULER_A", "DPMPP_2M", "DPMPP_2M_SDE", "DPMPP_3M_SDE"})
  Sampler sampler;

  private SamplingPlan plan;
  private float[] unitNoise;

  /** Chooses the noise levels and draws the first noise. */
  @Setup
  public void plan() {
    SamplingSettings settings = new SamplingSettings(sampler, Schedule.KARRAS, STEPS);
    plan = SamplingPlan.of(settings, NoiseLevels.stableDiffusion(), ModelFamily.SD1);
    unitNoise = noise().first();
  }

  /** One of twenty steps. */
  @Benchmark
  @OperationsPerInvocation(STEPS)
  public float[] step() {
    return plan.run(Nothing.MODEL, unitNoise, noise(), StepObserver.NONE);
  }

  private static ImageNoise noise() {
    return new ImageNoise(Rng.CPU, ImageSeeds.of(1), SHAPE);
  }

  /** A model to which every latent is clean. */
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
