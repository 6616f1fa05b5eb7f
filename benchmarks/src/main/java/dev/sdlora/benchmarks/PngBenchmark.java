package dev.sdlora.benchmarks;

import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.image.Image;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Measures encoding a PNG of an image with colour gradients and a little grain. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init")
public class PngBenchmark {
  private static final int GRAIN = 8;

  /** The side of the image. */
  @Param({"512", "1024"})
  int size;

  private GeneratedImage image;

  /** Draws the image. */
  @Setup
  public void draw() {
    Random random = new Random(1);
    byte[] rgb = new byte[3 * size * size];
    for (int i = 0; i < rgb.length; i++) {
      int pixel = i / 3;
      int slope = i % 3 == 0 ? pixel % size : pixel / size;
      rgb[i] = (byte) (slope * (255 - GRAIN) / size + random.nextInt(GRAIN));
    }
    image =
        new GeneratedImage(
            Image.of(size, size, rgb), 1, "a picture\nSteps: 20, Sampler: Euler, Seed: 1");
  }

  /** Encodes the image with its settings. */
  @Benchmark
  public byte[] encode() {
    return image.png();
  }
}
