package dev.sdlora.training.setting;

import static dev.sdlora.api.setting.Door.COMMAND_LINE;
import static dev.sdlora.api.setting.Draft.part;
import static dev.sdlora.training.setting.OptionSettings.POSITIVE;

import dev.sdlora.api.setting.Draft;
import dev.sdlora.api.setting.Group;
import dev.sdlora.api.setting.Kind;
import dev.sdlora.training.option.BucketOptions;
import dev.sdlora.training.option.CaptionOptions;
import dev.sdlora.training.option.SliderPrompts;
import dev.sdlora.training.option.TimestepSampling;
import dev.sdlora.training.option.TrainingLoss;
import dev.sdlora.training.option.ValidationOptions;

/** The settings of the loss, of images and captions, and of sliders. */
public final class DataSettings {
  /** The default of kohya's scripts. */
  private static final double HUBER_DELTA = 0.1;

  private static final Kind<Double> SHARE = Kind.number(0, 1);
  private static final Kind<Integer> COUNT = Kind.whole(0, Integer.MAX_VALUE);

  /** The settings of {@link TrainingLoss}. */
  public static final Group<TrainingLoss, Draft> LOSS =
      Group.ofParts(TrainingLoss.L2, draft -> loss(draft.get("shape"), draft.get("delta")))
          .with(
              part(
                  "shape",
                  Kind.constant(TrainingLoss.Shape.class),
                  "Loss of each predicted number.",
                  TrainingLoss::shape))
          .named(COMMAND_LINE, "--loss")
          .with(
              part(
                  "delta", POSITIVE, "Error from which huber grows linearly.", DataSettings::delta))
          .named(COMMAND_LINE, "--huber-delta")
          .onlyWith("shape", "huber", "huber_by_noise")
          .group();

  /** The settings of {@link TimestepSampling}. */
  public static final Group<TimestepSampling, Draft> TIMESTEPS =
      Group.ofParts(
              TimestepSampling.UNIFORM,
              draft ->
                  new TimestepSampling(
                      draft.get("shape"),
                      draft.get("mean"),
                      draft.get("deviation"),
                      draft.get("shift"),
                      draft.get("least"),
                      draft.get("most")))
          .with(
              part(
                  "shape",
                  Kind.constant(TimestepSampling.Shape.class),
                  "Distribution of noise levels.",
                  TimestepSampling::shape))
          .named(COMMAND_LINE, "--timesteps")
          .with(
              part(
                  "mean",
                  Kind.number(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY),
                  "Mean of the normal numbers of logit_normal.",
                  TimestepSampling::mean))
          .named(COMMAND_LINE, "--logit-normal")
          .described(COMMAND_LINE, "Normal numbers of --timesteps logit_normal.")
          .unit("MEAN")
          .onlyWith("shape", "logit_normal")
          .with(
              part(
                  "deviation",
                  POSITIVE,
                  "Standard deviation of the normal numbers of logit_normal.",
                  TimestepSampling::deviation))
          .named(COMMAND_LINE, "--logit-normal")
          .unit("DEVIATION")
          .onlyWith("shape", "logit_normal")
          .with(part("shift", POSITIVE, "Shift; above 1 for more noise.", TimestepSampling::shift))
          .named(COMMAND_LINE, "--timestep-shift")
          .onlyWith("shape", "shifted")
          .with(part("least", SHARE, "Lowest noise level.", TimestepSampling::least))
          .named(COMMAND_LINE, "--timestep-range")
          .described(
              COMMAND_LINE, "Train only on these noise levels, from 0, clean, to 1, pure noise.")
          .unit("LEAST")
          .with(part("most", SHARE, "Highest noise level.", TimestepSampling::most))
          .named(COMMAND_LINE, "--timestep-range")
          .unit("MOST")
          .group();

  /** The settings of {@link CaptionOptions}. */
  public static final Group<CaptionOptions, Draft> CAPTIONS =
      Group.ofParts(
              CaptionOptions.DEFAULTS,
              draft ->
                  new CaptionOptions(
                      draft.get("shuffle"),
                      draft.get("kept"),
                      draft.get("tagDropout"),
                      draft.get("dropout")))
          .with(
              part(
                  "shuffle",
                  Kind.flag(),
                  "Put the tags of a caption, separated by commas, in random order in each step.",
                  CaptionOptions::shuffle))
          .named(COMMAND_LINE, "--shuffle-tags")
          .with(
              part(
                  "kept",
                  COUNT,
                  "Tags at the start that stay in place and are never left out.",
                  CaptionOptions::kept))
          .named(COMMAND_LINE, "--keep-tokens")
          .with(
              part(
                  "tagDropout",
                  SHARE,
                  "Share of the tags to leave out in each step.",
                  CaptionOptions::tagDropout))
          .with(
              part(
                  "dropout",
                  SHARE,
                  "Share of the captions to leave out as a whole.",
                  CaptionOptions::dropout))
          .named(COMMAND_LINE, "--caption-dropout")
          .usually(COMMAND_LINE, "0.05")
          .group();

  /** The settings of {@link BucketOptions}. */
  public static final Group<BucketOptions, Draft> BUCKETS =
      Group.ofParts(
              BucketOptions.DEFAULTS,
              draft ->
                  new BucketOptions(
                      draft.get("least"),
                      draft.get("most"),
                      draft.get("step"),
                      draft.get("upscale")))
          .with(
              part(
                  "least",
                  Kind.whole(64, Integer.MAX_VALUE),
                  "Shortest side in pixels.",
                  BucketOptions::least))
          .named(COMMAND_LINE, "--bucket-sides")
          .described(COMMAND_LINE, "Shortest and longest side of --buckets.")
          .unit("LEAST")
          .with(
              part(
                  "most",
                  Kind.whole(64, Integer.MAX_VALUE),
                  "Longest side in pixels.",
                  BucketOptions::most))
          .named(COMMAND_LINE, "--bucket-sides")
          .unit("MOST")
          .with(
              part(
                  "step",
                  Kind.whole(8, Integer.MAX_VALUE),
                  "Sides are multiples of it.",
                  BucketOptions::step))
          .named(COMMAND_LINE, "--bucket-step")
          .described(COMMAND_LINE, "Sides of --buckets are multiples of it.")
          .with(part("upscale", Kind.flag(), "Enlarge small images.", BucketOptions::upscale))
          .named(COMMAND_LINE, "--bucket-no-upscale")
          .described(
              COMMAND_LINE, "Train small images at their own size instead of enlarging them.")
          .group();

  /** The settings of {@link ValidationOptions}. */
  public static final Group<ValidationOptions, Draft> VALIDATION =
      Group.ofParts(
              new ValidationOptions(0.1, 50, 0),
              draft ->
                  new ValidationOptions(
                      draft.get("share"), draft.get("every"), draft.get("patience")))
          .with(
              part(
                  "share",
                  Kind.number(Double.MIN_VALUE, Kind.BELOW_1),
                  "Share of the images to hold out and measure the loss on.",
                  ValidationOptions::share))
          .named(COMMAND_LINE, "--validation")
          .unit("SHARE")
          .usually(COMMAND_LINE, "none")
          .with(
              part(
                  "every",
                  Kind.whole(1, Integer.MAX_VALUE),
                  "Steps between measurements.",
                  ValidationOptions::every))
          .named(COMMAND_LINE, "--validation-every")
          .usually(COMMAND_LINE, "a twentieth of all steps")
          .with(
              part(
                  "patience",
                  COUNT,
                  "Stop after this number of measurements without a new minimum, and keep the LoRA"
                      + " of the minimum; 0 for never.",
                  ValidationOptions::patience))
          .named(COMMAND_LINE, "--patience")
          .group();

  /** The settings of {@link SliderPrompts}. */
  public static final Group<SliderPrompts, Draft> SLIDER =
      Group.ofParts(
              SliderPrompts.of("", "more", "less"),
              draft ->
                  new SliderPrompts(
                      draft.get("target"),
                      draft.get("positive"),
                      draft.get("negative"),
                      draft.get("kept"),
                      draft.get("guidance")))
          .with(
              part(
                  "target",
                  Kind.text(),
                  "Train a slider for this prompt instead of images.",
                  SliderPrompts::target))
          .named(COMMAND_LINE, "--slider")
          .unit("TARGET")
          .with(
              part(
                  "positive",
                  Kind.text(),
                  "Target with more of the attribute, for weight 1.",
                  SliderPrompts::positive))
          .required()
          .with(
              part(
                  "negative",
                  Kind.text(),
                  "Target with less of it, for weight -1.",
                  SliderPrompts::negative))
          .required()
          .usually(COMMAND_LINE, "the target")
          .with(
              part(
                  "kept",
                  Kind.list(Kind.text()),
                  "Words that keep their meaning, such as red. Put before all prompts, or in place"
                      + " of {} in them.",
                  SliderPrompts::kept))
          .named(COMMAND_LINE, "--keep")
          .with(
              part(
                  "guidance",
                  POSITIVE,
                  "Factor on the difference of the prompts.",
                  SliderPrompts::guidance))
          .named(COMMAND_LINE, "--slider-guidance")
          .group();

  private DataSettings() {}

  private static TrainingLoss loss(TrainingLoss.Shape shape, double delta) {
    return shape == TrainingLoss.Shape.L2 ? TrainingLoss.L2 : new TrainingLoss(shape, delta);
  }

  private static double delta(TrainingLoss loss) {
    return loss.shape() == TrainingLoss.Shape.L2 ? HUBER_DELTA : loss.delta();
  }
}
