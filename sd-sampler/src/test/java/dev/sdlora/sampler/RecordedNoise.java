package dev.sdlora.sampler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.sampler.noise.NoiseSource;

/** Returns recorded draws in order and counts them. */
public final class RecordedNoise implements NoiseSource {
  private final double[][] recorded;
  private int draws;

  public RecordedNoise(double[]... recorded) {
    this.recorded = recorded;
  }

  @Override
  public float[] next(int count) {
    assertThat(draws).as("draws so far").isLessThan(recorded.length);
    assertThat(count).isEqualTo(recorded[draws].length);
    return Fixtures.toFloats(recorded[draws++]);
  }

  public int draws() {
    return draws;
  }
}
