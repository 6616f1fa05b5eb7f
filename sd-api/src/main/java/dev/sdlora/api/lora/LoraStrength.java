package dev.sdlora.api.lora;

import dev.sdlora.api.value.Checks;
import dev.sdlora.api.value.Decimals;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * How strongly a LoRA acts, and where. The factor on the change of a layer is {@link #textEncoder}
 * or {@link #unet} times the weight of the layer's block. Immutable.
 */
public final class LoraStrength {

  private final double textEncoder;
  private final StrengthSchedule unet;
  private final BlockWeights blocks;
  private final OptionalInt rankLimit;
  private final Optional<Hires> hires;

  /** What takes the place of the strengths in the hires pass. */
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
   * {@return the factor on the change of the text encoder} Prompts are encoded before the first
   * step, so this one has no schedule.
   */
  public double textEncoder() {
    return textEncoder;
  }

  /** {@return the factor on the change of the U-Net in each call} */
  public StrengthSchedule unet() {
    return unet;
  }

  /** {@return the factors of the blocks, by which the others are multiplied} */
  public BlockWeights blocks() {
    return blocks;
  }

  /**
   * {@return how many of the leading rank components to use; empty for all} Meant for files whose
   * leading components are trained to stand alone (DyLoRA).
   */
  public OptionalInt rankLimit() {
    return rankLimit;
  }

  /**
   * {@return one strength for both networks and all blocks}
   *
   * @param strength 0 switches the LoRA off, negative values invert it
   * @throws IllegalArgumentException if it is NaN or infinite
   */
  public static LoraStrength of(double strength) {
    return of(strength, strength);
  }

  /**
   * {@return one strength for each network, the same for all its blocks}
   *
   * @param textEncoder the factor on the change of the text encoder
   * @param unet the factor on the change of the U-Net, the same in all steps
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

  /** {@return whether it is another in the pass of hires fix} */
  public boolean changesInHires() {
    return hires.isPresent();
  }

  /**
   * {@return this strength as it acts in the second pass of hires fix} The same if it has no other
   * there.
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
   * {@return the same with another strength in the text encoder}
   *
   * @param strength the factor on its change
   * @throws IllegalArgumentException if it is NaN or infinite
   */
  public LoraStrength withTextEncoder(double strength) {
    return new LoraStrength(strength, unet, blocks, rankLimit, hires);
  }

  /**
   * {@return the same with another strength in the U-Net}
   *
   * @param schedule the factor on its change in each step
   */
  public LoraStrength withUnet(StrengthSchedule schedule) {
    Objects.requireNonNull(schedule, "schedule");
    return new LoraStrength(textEncoder, schedule, blocks, rankLimit, hires);
  }

  /**
   * {@return the same with another strength in the second pass of hires fix, for both networks}
   * With 0 here and 0.8 there the LoRA acts in the second pass only. Without hires fix it has no
   * effect.
   *
   * @param strength 0 switches the LoRA off, negative values invert it
   * @throws IllegalArgumentException if it is NaN or infinite
   */
  public LoraStrength withHires(double strength) {
    return withHires(strength, StrengthSchedule.constant(strength));
  }

  /**
   * {@return the same with other strengths in the second pass of hires fix} What tags write as
   * {@code hr=}, {@code hrte=} and {@code hrunet=}, as the loractl extension for A1111 does.
   * Weights of blocks and rank limit hold in both passes.
   *
   * @param textEncoder the factor on the change of the text encoder
   * @param unet the factor on the change of the U-Net; its steps are those of the second pass
   * @throws IllegalArgumentException if a number is NaN or infinite
   */
  public LoraStrength withHires(double textEncoder, StrengthSchedule unet) {
    Objects.requireNonNull(unet, "unet");
    Checks.finite(textEncoder, "textEncoderStrength");
    return new LoraStrength(
        this.textEncoder, this.unet, blocks, rankLimit, Optional.of(new Hires(textEncoder, unet)));
  }

  /**
   * {@return the same with other weights of the blocks}
   *
   * @param weights by which the strengths are multiplied
   */
  public LoraStrength withBlocks(BlockWeights weights) {
    Objects.requireNonNull(weights, "weights");
    return new LoraStrength(textEncoder, unet, weights, rankLimit, hires);
  }

  /**
   * {@return the same with another rank limit}
   *
   * @param limit how many of the leading rank components to use, at least 1; empty for all
   * @throws IllegalArgumentException if it is less than 1
   */
  public LoraStrength withRankLimit(OptionalInt limit) {
    Objects.requireNonNull(limit, "limit");
    return new LoraStrength(textEncoder, unet, blocks, limit, hires);
  }

  /**
   * {@return what a tag says behind the name: {@code 0.8}, {@code 0.8:1@0,0@1:lbw=INS:dyn=4:hr=0}}
   * A prompt with {@code <lora:name:…>} means this strength again.
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

  /** Whether the other says the same. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof LoraStrength that && state().equals(that.state());
  }

  @Override
  public int hashCode() {
    return state().hashCode();
  }

  /** What a tag would say, such as {@code LoraStrength[0.8:lbw=INS]}. */
  @Override
  public String toString() {
    return "LoraStrength[" + tagArguments() + "]";
  }

  private List<Object> state() {
    return List.of(textEncoder, unet, blocks, rankLimit, hires);
  }
}
