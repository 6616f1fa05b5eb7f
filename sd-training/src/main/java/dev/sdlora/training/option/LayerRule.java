package dev.sdlora.training.option;

import dev.sdlora.api.value.Checks;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * Settings for some layers, as in kohya's {@code network_reg_dims} and block weights.
 *
 * @param layers a regular expression that must match the whole diffusers name of a layer, such as
 *     {@code .*attn2.*}, or the name of a block as A1111 and its extensions write it, such as
 *     {@code IN04}, {@code MID} or {@code OUT11}; text encoders are {@code BASE}
 * @param trained whether the layers are trained at all
 * @param rank the rank, 1 to 1024; empty for that of the training
 * @param alpha the alpha, above 0; empty for that of the training
 * @param rateFactor the factor on the learning rate, above 0
 */
public record LayerRule(
    String layers, boolean trained, OptionalInt rank, OptionalDouble alpha, double rateFactor) {

  /**
   * Creates a rule.
   *
   * @param layers a regular expression for names of layers, or the name of a block
   * @param trained whether the layers are trained at all
   * @param rank the rank, 1 to 1024; empty for that of the training
   * @param alpha the alpha, above 0; empty for that of the training
   * @param rateFactor the factor on the learning rate, above 0
   * @throws IllegalArgumentException if a number is out of range or the expression is invalid
   */
  public LayerRule {
    Objects.requireNonNull(layers, "layers");
    Objects.requireNonNull(rank, "rank");
    Objects.requireNonNull(alpha, "alpha");
    Pattern.compile(layers);
    rank.ifPresent(given -> Checks.inRange(1, 1024, given, "rank of layers " + layers));
    alpha.ifPresent(given -> Checks.positive(given, "alpha of layers " + layers));
    Checks.positive(rateFactor, "rateFactor of layers " + layers);
  }

  /**
   * Returns a rule that changes nothing yet.
   *
   * @param layers a regular expression for names of layers, or the name of a block
   * @return the rule
   * @throws IllegalArgumentException if the expression is invalid
   */
  public static LayerRule of(String layers) {
    return new LayerRule(layers, true, OptionalInt.empty(), OptionalDouble.empty(), 1);
  }

  /**
   * Returns a rule that leaves layers out of the training.
   *
   * @param layers a regular expression for names of layers, or the name of a block
   * @return the rule
   * @throws IllegalArgumentException if the expression is invalid
   */
  public static LayerRule leaveOut(String layers) {
    return new LayerRule(layers, false, OptionalInt.empty(), OptionalDouble.empty(), 1);
  }

  /**
   * Returns a copy with another rank.
   *
   * @param rank the rank, 1 to 1024
   * @return the copy
   * @throws IllegalArgumentException if it is out of range
   */
  public LayerRule withRank(int rank) {
    return new LayerRule(layers, trained, OptionalInt.of(rank), alpha, rateFactor);
  }

  /**
   * Returns a copy with another alpha.
   *
   * @param alpha the alpha, above 0
   * @return the copy
   * @throws IllegalArgumentException if it is not above 0
   */
  public LayerRule withAlpha(double alpha) {
    return new LayerRule(layers, trained, rank, OptionalDouble.of(alpha), rateFactor);
  }

  /**
   * Returns a copy with another factor on the learning rate.
   *
   * @param factor the factor, above 0
   * @return the copy
   * @throws IllegalArgumentException if it is not above 0
   */
  public LayerRule withRateFactor(double factor) {
    return new LayerRule(layers, trained, rank, alpha, factor);
  }
}
