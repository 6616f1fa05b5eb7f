package dev.sdlora.api.setting;

import static dev.sdlora.api.setting.Door.COMMAND_LINE;
import static dev.sdlora.api.setting.Door.INFOTEXT;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.lora.BlockWeights;
import dev.sdlora.api.lora.LoraStrength;
import dev.sdlora.api.lora.StrengthSchedule;
import dev.sdlora.api.lora.StrengthSchedule.Point;
import dev.sdlora.api.setting.Group.Copy;
import java.util.Optional;
import java.util.OptionalInt;

/** The settings of {@link LoraAdapter}. */
final class LoraSettings {
  private static final Kind<Double> NUMBER =
      Kind.number(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);

  private static final Group<Point, Copy<Point>> POINT =
      Group.ofCopies(
              Point.class,
              required ->
                  new Point(
                      required.get(Boolean.class, "bySigma"),
                      required.get(Double.class, "at"),
                      required.get(Double.class, "strength")))
          .allIn(COMMAND_LINE, "--lora-curve")
          .required("bySigma", Kind.flag(), "Whether the place is a sigma.", Point::bySigma)
          .required("at", Values.NOT_NEGATIVE, "Fraction of the steps, or a sigma.", Point::at)
          .required("strength", NUMBER, "Strength at this place.", Point::strength)
          .allWithout(INFOTEXT, "tags in the prompt name them")
          .group();

  private static final Kind<StrengthSchedule> SCHEDULE =
      Kind.list(Kind.object(POINT)).as(StrengthSchedule::points, StrengthSchedule::new);

  static final Group<LoraStrength, Copy<LoraStrength>> STRENGTH =
      Group.ofCopies(LoraStrength.class, required -> LoraStrength.of(1))
          .with(
              "textEncoder",
              NUMBER,
              "Strength for the text encoder.",
              LoraStrength::textEncoder,
              (copy, strength) -> copy.change(one -> one.withTextEncoder(strength)))
          .named(COMMAND_LINE, "--lora")
          .with(
              "unet",
              SCHEDULE,
              "Strength for the U-Net over the steps.",
              LoraStrength::unet,
              (copy, schedule) -> copy.change(one -> one.withUnet(schedule)))
          .named(COMMAND_LINE, "--lora-curve")
          .with(
              "blocks",
              Kind.written(BlockWeights::toString, BlockWeights::parse),
              "Factors on the strength of single blocks.",
              LoraStrength::blocks,
              (copy, blocks) -> copy.change(one -> one.withBlocks(blocks)))
          .without(COMMAND_LINE, "a tag in the prompt has it")
          .optional(
              "rankLimit",
              Kind.whole(1, Integer.MAX_VALUE),
              "Number of leading components of the rank to use.",
              one -> Values.boxed(one.rankLimit()),
              (copy, limit) -> copy.change(one -> one.withRankLimit(OptionalInt.of(limit))))
          .without(COMMAND_LINE, "a tag in the prompt has it")
          .optional(
              "hiresTextEncoder",
              NUMBER,
              "Strength for the text encoder in the second pass of hires fix.",
              one -> Optional.of(one.inHires().textEncoder()).filter(any -> one.changesInHires()),
              (copy, strength) -> copy.change(one -> one.withHires(strength, one.inHires().unet())))
          .without(COMMAND_LINE, "a tag in the prompt has it")
          .optional(
              "hiresUnet",
              SCHEDULE,
              "Strength for the U-Net in the second pass of hires fix.",
              one -> Optional.of(one.inHires().unet()).filter(any -> one.changesInHires()),
              (copy, schedule) ->
                  copy.change(one -> one.withHires(one.inHires().textEncoder(), schedule)))
          .without(COMMAND_LINE, "a tag in the prompt has it")
          .allWithout(INFOTEXT, "tags in the prompt name them")
          .group();

  static final Group<LoraAdapter, Copy<LoraAdapter>> LORA =
      Group.ofCopies(LoraAdapter.class, required -> required.get(LoraAdapter.class, "lora"))
          .required("lora", Kind.lora(), "LoRA file.", LoraSettings::plain)
          .with(
              "strength",
              Kind.object(STRENGTH),
              "Strengths for the text encoder and the U-Net.",
              LoraAdapter::strength,
              (copy, strength) -> copy.change(lora -> lora.withStrength(strength)))
          .named(COMMAND_LINE, "--lora")
          .optional(
              "mask",
              Kind.object(ImageSettings.REGION),
              "Part of the image to which the LoRA is applied.",
              LoraAdapter::mask,
              (copy, mask) -> copy.change(lora -> lora.withMask(mask)))
          .without(COMMAND_LINE, "a tag in the prompt has it")
          .allWithout(INFOTEXT, "tags in the prompt name them")
          .group();

  private LoraSettings() {}

  /** Returns the LoRA at strength 1, without its mask. */
  private static LoraAdapter plain(LoraAdapter lora) {
    return new LoraAdapter(
        lora.path(), lora.family(), lora.modules(), lora.rank(), lora.metadata());
  }
}
