package dev.sdlora.api;

import java.util.Objects;
import java.util.OptionalInt;

/**
 * How strongly a LoRA acts, and where. The factor on the change of a layer is {@code textEncoder}
 * or {@code unet} times the weight of the layer's block. Immutable.
 *
 * @param textEncoder factor on the change of the text encoder. Prompts are encoded before the first
 *     step, so this one has no schedule
 * @param unet factor on the change of the U-Net in each step
 * @param blocks factors of the blocks
 * @param rankLimit how many of the leading rank components to use; empty for all. Meant for files
 *     whose leading components are trained to stand alone (DyLoRA)
 */
public record LoraStrength(
    double textEncoder, StrengthSchedule unet, BlockWeights blocks, OptionalInt rankLimit) {

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if the text encoder's strength is NaN or infinite, or the rank
   *     limit is less than 1
   */
  public LoraStrength {
    Objects.requireNonNull(unet, "unet");
    Objects.requireNonNull(blocks, "blocks");
    Objects.requireNonNull(rankLimit, "rankLimit");
    Checks.finite(textEncoder, "textEncoderStrength");
    rankLimit.ifPresent(limit -> Checks.atLeast(1, limit, "rankLimit"));
  }

  /** One strength everywhere. */
  public static LoraStrength of(double strength) {
    return of(strength, strength);
  }

  /** One strength for each network. */
  public static LoraStrength of(double textEncoder, double unet) {
    Checks.finite(unet, "unetStrength");
    return new LoraStrength(
        textEncoder, StrengthSchedule.constant(unet), BlockWeights.ALL, OptionalInt.empty());
  }

  /** The same with another strength in the text encoder. */
  public LoraStrength withTextEncoder(double strength) {
    return new LoraStrength(strength, unet, blocks, rankLimit);
  }

  /** The same with another strength in the U-Net. */
  public LoraStrength withUnet(StrengthSchedule schedule) {
    Objects.requireNonNull(schedule, "schedule");
    return new LoraStrength(textEncoder, schedule, blocks, rankLimit);
  }

  /** The same with other weights of the blocks. */
  public LoraStrength withBlocks(BlockWeights weights) {
    Objects.requireNonNull(weights, "weights");
    return new LoraStrength(textEncoder, unet, weights, rankLimit);
  }

  /** The same with another rank limit. */
  public LoraStrength withRankLimit(OptionalInt limit) {
    Objects.requireNonNull(limit, "limit");
    return new LoraStrength(textEncoder, unet, blocks, limit);
  }

  /**
   * What a tag says behind the name: {@code 0.8}, {@code 0.8:1@0,0@1:lbw=INS:dyn=4}. A prompt with
   * {@code <lora:name:…>} means this strength again.
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
    return text.toString();
  }
}
