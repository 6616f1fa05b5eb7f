package dev.sdlora.api.lora;

import dev.sdlora.api.value.Checks;
import dev.sdlora.api.value.Decimals;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The strengths of a LoRA. The change of a layer is multiplied by {@link #textEncoder} or {@link
 * #unet} and by the weight of the layer's block. Immutable.
 */
public final class LoraStrength {

  private final double textEncoder;
  private final StrengthSchedule unet;
  private final BlockWeights blocks;
  private final OptionalInt rankLimit;
  private final Optional<Hires> hires;

  /** The strengths that replace the others in the hires pass. */
  private record Hires(double textEncoder, StrengthSchedule unet) {
    private String arguments() {
      return unet.isConstant() && unet.first() == textEncoder
          ? ":hr=" + unet
          : ":hrte=" + Decimals.text(textEncoder) + ":hrunet=" + unet;
    }
  }

  private LoraStrength(
      double textEncoder,
      StrengthSchedule unet,
      BlockWeights blocks,
      OptionalInt rankLimit,
      Optional<Hires> hires) {
    this.textEncoder = Checks.finite(textEncoder, "textEncoderStrength");
    this.unet = unet;
    this.blocks = blocks;
    rankLimit.ifPresent(limit -> Checks.atLeast(1, limit, "rankLimit"));
    this.rankLimit = rankLimit;
    this.hires = hires;
  }

  /**
   * {@return the strength for the text encoder} Prompts are encoded before the first step, so it
   * has no schedule.
   */
  public double textEncoder() {
    return textEncoder;
  }

  /** {@return the strength for the U-Net in each call} */
  public StrengthSchedule unet() {
    return unet;
  }

  /** {@return the block weights, by which the strengths are multiplied} */
  public BlockWeights blocks() {
    return blocks;
  }

  /**
   * {@return the number of leading rank components to use; empty for all} Intended for files whose
   * leading components are trained to work alone (DyLoRA).
   */
  public OptionalInt rankLimit() {
    return rankLimit;
  }

  /**
   * {@return one strength for both networks and all blocks}
   *
   * @param strength the strength; 0 switches the LoRA off, negative values invert it
   * @throws IllegalArgumentException if it is NaN or infinite
   */
  public static LoraStrength of(double strength) {
    return of(strength, strength);
  }

  /**
   * {@return one strength for each network, the same for all its blocks}
   *
   * @param textEncoder the strength for the text encoder
   * @param unet the strength for the U-Net, the same in all steps
   * @throws IllegalArgumentException if one is NaN or infinite
   */
  public static LoraStrength of(double textEncoder, double unet) {
    Checks.finite(unet, "unetStrength");
    return new LoraStrength(
        textEncoder,
        StrengthSchedule.constant(unet),
        BlockWeights.ALL,
        OptionalInt.empty(),
        Optional.empty());
  }

  /** {@return whether the strength differs in the second pass of hires fix} */
  public boolean changesInHires() {
    return hires.isPresent();
  }

  /**
   * {@return the strength for the second pass of hires fix} The same as this one if none was set
   * for it.
   */
  public LoraStrength inHires() {
    return hires
        .map(
            other ->
                new LoraStrength(
                    other.textEncoder, other.unet, blocks, rankLimit, Optional.empty()))
        .orElse(this);
  }

  /**
   * {@return a copy with another strength for the text encoder}
   *
   * @param strength the strength for the text encoder
   * @throws IllegalArgumentException if it is NaN or infinite
   */
  public LoraStrength withTextEncoder(double strength) {
    return new LoraStrength(strength, unet, blocks, rankLimit, hires);
  }

  /**
   * {@return a copy with another strength for the U-Net}
   *
   * @param schedule the strength for the U-Net in each step
   */
  public LoraStrength withUnet(StrengthSchedule schedule) {
    Objects.requireNonNull(schedule, "schedule");
    return new LoraStrength(textEncoder, schedule, blocks, rankLimit, hires);
  }

  /**
   * {@return a copy with another strength for both networks in the second pass of hires fix} With
   * strength 0 for the first pass and 0.8 for the second, the LoRA is applied in the second pass
   * only. It has no effect without hires fix.
   *
   * @param strength the strength; 0 switches the LoRA off, negative values invert it
   * @throws IllegalArgumentException if it is NaN or infinite
   */
  public LoraStrength withHires(double strength) {
    return withHires(strength, StrengthSchedule.constant(strength));
  }

  /**
   * {@return a copy with other strengths in the second pass of hires fix} Tags set them with {@code
   * hr=}, {@code hrte=} and {@code hrunet=}, as in the loractl extension for A1111. Block weights
   * and the rank limit apply to both passes.
   *
   * @param textEncoder the strength for the text encoder
   * @param unet the strength for the U-Net; its steps are those of the second pass
   * @throws IllegalArgumentException if a number is NaN or infinite
   */
  public LoraStrength withHires(double textEncoder, StrengthSchedule unet) {
    Objects.requireNonNull(unet, "unet");
    Checks.finite(textEncoder, "textEncoderStrength");
    return new LoraStrength(
        this.textEncoder, this.unet, blocks, rankLimit, Optional.of(new Hires(textEncoder, unet)));
  }

  /**
   * {@return a copy with other block weights}
   *
   * @param weights the factors by which the strengths are multiplied
   */
  public LoraStrength withBlocks(BlockWeights weights) {
    Objects.requireNonNull(weights, "weights");
    return new LoraStrength(textEncoder, unet, weights, rankLimit, hires);
  }

  /**
   * {@return a copy with another rank limit}
   *
   * @param limit the number of leading rank components to use, at least 1; empty for all
   * @throws IllegalArgumentException if it is less than 1
   */
  public LoraStrength withRankLimit(OptionalInt limit) {
    Objects.requireNonNull(limit, "limit");
    return new LoraStrength(textEncoder, unet, blocks, limit, hires);
  }

  /**
   * {@return the arguments after the name in a tag: {@code 0.8}, {@code
   * 0.8:1@0,0@1:lbw=INS:dyn=4:hr=0}} In a prompt, {@code <lora:name:…>} with these arguments sets
   * this strength.
   */
  public String tagArguments() {
    StringBuilder text = new StringBuilder(Decimals.text(textEncoder));
    if (!unet.isConstant() || unet.first() != textEncoder) {
      text.append(':').append(unet);
    }
    if (!blocks.equals(BlockWeights.ALL)) {
      text.append(":lbw=").append(blocks);
    }
    rankLimit.ifPresent(limit -> text.append(":dyn=").append(limit));
    hires.ifPresent(other -> text.append(other.arguments()));
    return text.toString();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof LoraStrength that && state().equals(that.state());
  }

  @Override
  public int hashCode() {
    return state().hashCode();
  }

  /** Returns the arguments in a tag, such as {@code LoraStrength[0.8:lbw=INS]}. */
  @Override
  public String toString() {
    return "LoraStrength[" + tagArguments() + "]";
  }

  private List<Object> state() {
    return List.of(textEncoder, unet, blocks, rankLimit, hires);
  }
}
