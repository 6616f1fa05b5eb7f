package dev.sdlora.lora.make;

/**
 * The two factors of a layer's change, in float32. Immutable as far as nobody writes its arrays.
 */
public final class FactorPair {
  private final float[] down;
  private final float[] up;
  private final int rank;
  private final double keptEnergy;
  private final double energy;

  /**
   * Factors without anything left out.
   *
   * @param down [rank, in], not copied
   * @param up [out, rank], not copied
   * @param rank how many columns {@code up} has
   */
  public FactorPair(float[] down, float[] up, int rank) {
    this(down, up, rank, 0, 0);
  }

  /**
   * Factors that approach a change.
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

  /** The factor that is applied first, [rank, in]. */
  float[] down() {
    return down;
  }

  /** The other factor, [out, rank]. */
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
