package dev.sdlora.benchmarks;

import dev.sdlora.api.sampling.Rng;
import dev.sdlora.sampler.noise.ImageNoise;
import dev.sdlora.sampler.noise.ImageSeeds;
import dev.sdlora.sampler.noise.LatentShape;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Measures the initial noise of a 512² image with each generator. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init")
public class NoiseBenchmark {
  private static final LatentShape SHAPE = new LatentShape(4, 64, 64);

  /** The generator. */
  @Param Rng rng;

  /** Creates the initial noise of an image. */
  @Benchmark
  public float[] first() {
    return new ImageNoise(rng, ImageSeeds.of(1), SHAPE).first();
  }

  /** Creates the initial noise as a mixture of two seeds. */
  @Benchmark
  public float[] variation() {
    return new ImageNoise(rng, new ImageSeeds(1, 2, 0.3, 0), SHAPE).first();
  }
}
