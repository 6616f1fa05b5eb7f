package dev.sdlora.lora.make;

/**
 * The two factors of a layer's change, in float32. Immutable as long as nobody modifies its arrays.
 */
public final class FactorPair {
  private final float[] down;
  private final float[] up;
  private final int rank;
  private final double keptEnergy;
  private final double energy;

  /**
   * Creates factors that represent a change completely.
   *
   * @param down [rank, in], not copied
   * @param up [out, rank], not copied
   * @param rank the number of columns of {@code up}
   */
  public FactorPair(float[] down, float[] up, int rank) {
    this(down, up, rank, 0, 0);
  }

  /**
   * Creates factors that approximate a change.
   *
   * @param keptEnergy the sum of squares of their product
   * @param energy the sum of squares of the change
   */
  FactorPair(float[] down, float[] up, int rank, double keptEnergy, double energy) {
    this.down = down;
    this.up = up;
    this.rank = rank;
    this.keptEnergy = keptEnergy;
    this.energy = energy;
  }

  /** The first factor, [rank, in]. */
  float[] down() {
    return down;
  }

  /** The second factor, [out, rank]. */
  float[] up() {
    return up;
  }

  int rank() {
    return rank;
  }

  double keptEnergy() {
    return keptEnergy;
  }

  double energy() {
    return energy;
  }
}
