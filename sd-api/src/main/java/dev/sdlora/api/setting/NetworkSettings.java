package dev.sdlora.api.setting;

import static dev.sdlora.api.setting.Door.COMMAND_LINE;
import static dev.sdlora.api.setting.Door.INFOTEXT;
import static dev.sdlora.api.setting.Values.FLAG;
import static dev.sdlora.api.setting.Values.FRACTION;
import static dev.sdlora.api.setting.Values.NOT_NEGATIVE;
import static dev.sdlora.api.setting.Values.SAMPLER;
import static dev.sdlora.api.setting.Values.SCHEDULE;
import static dev.sdlora.api.setting.Values.SIZE;
import static dev.sdlora.api.setting.Values.TEXT;
import static dev.sdlora.api.setting.Values.boxed;
import static dev.sdlora.api.setting.Values.pair;

import dev.sdlora.api.image.ControlUnit;
import dev.sdlora.api.image.DetailPass;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImagePrompt;
import dev.sdlora.api.image.Preprocessor;
import dev.sdlora.api.setting.Group.Copy;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The settings of control units, image prompts and detail passes. */
final class NetworkSettings {
  private static final Kind<List<Double>> FRACTIONS = Kind.list(FRACTION);

  static final Group<Preprocessor, Copy<Preprocessor>> PREPROCESSOR =
      Group.ofCopies(
              Preprocessor.class,
              required -> Preprocessor.named(required.get(String.class, "name")))
          .allIn(COMMAND_LINE, "--control")
          .required("name", TEXT, "Name of the preprocessor.", Preprocessor::name)
          .optional(
              "resolution",
              Kind.whole(64, 2048),
              "Shorter side at which the preprocessor works.",
              one -> boxed(one.resolution()),
              (copy, resolution) -> copy.change(one -> one.withResolution(resolution)))
          .with(
              "thresholds",
              Kind.list(Kind.number(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY)),
              "Thresholds of the preprocessor, in A1111's order.",
              Preprocessor::thresholds,
              (copy, all) -> copy.change(one -> one.withThresholds(Values.numbers(all))))
          .optional(
              "directory",
              Kind.file(),
              "Folder with the files of the preprocessor's networks.",
              Preprocessor::directory,
              (copy, directory) -> copy.change(one -> one.withDirectory(directory)))
          .without(COMMAND_LINE, "--preprocessor-dir names the folders of all preprocessors")
          .allWithout(INFOTEXT, "the text has no images")
          .group();

  static final Group<ControlUnit, ControlUnit.Builder> CONTROL =
      Group.of(
              ControlUnit.class,
              required ->
                  ControlUnit.builder(
                      required.get(Path.class, "network"), required.get(Image.class, "image")),
              ControlUnit::toBuilder,
              ControlUnit.Builder::build)
          .allIn(COMMAND_LINE, "--control")
          .required("network", Kind.file(), "File of the network.", ControlUnit::network)
          .required("image", Kind.image(), "Control image.", ControlUnit::image)
          .with(
              "weight",
              Kind.number(0, 2),
              "Factor on the network's output.",
              ControlUnit::weight,
              ControlUnit.Builder::weight)
          .with(
              "range",
              FRACTIONS,
              "Fractions of the steps between which the network is active.",
              unit -> List.of(unit.start(), unit.end()),
              (b, range) -> b.range(pair(range).get(0), range.get(1)))
          .with(
              "mode",
              Kind.choice(
                  List.of(ControlUnit.Mode.values()),
                  ControlUnit.Mode::label,
                  ControlUnit.Mode::parse),
              "Whether the prompt or the control matters more.",
              ControlUnit::mode,
              ControlUnit.Builder::mode)
          .without(COMMAND_LINE, "the notation of --control has no place for it")
          .with(
              "resizeMode",
              ImageSettings.RESIZE_MODE,
              "Resizing of the control image to the size of the request.",
              ControlUnit::resizeMode,
              ControlUnit.Builder::resizeMode)
          .without(COMMAND_LINE, "the notation of --control has no place for it")
          .with(
              "preprocessor",
              Kind.object(PREPROCESSOR),
              "Filter that makes the control image.",
              ControlUnit::preprocessor,
              ControlUnit.Builder::preprocessor)
          .optional(
              "unionType",
              TEXT,
              "Type of the control image for a ControlNet Union, such as depth.",
              ControlUnit::unionType,
              ControlUnit.Builder::unionType)
          .allWithout(INFOTEXT, "the text has no images")
          .group();

  static final Group<ImagePrompt, Copy<ImagePrompt>> IMAGE_PROMPT =
      Group.ofCopies(
              ImagePrompt.class,
              required ->
                  imagePrompt(
                      required.get(Path.class, "adapter"), required.get(List.class, "images")))
          .allIn(COMMAND_LINE, "--image-prompt")
          .required("adapter", Kind.file(), "File of the IP-Adapter.", ImagePrompt::adapter)
          .named(COMMAND_LINE, "--ip-adapter")
          .required("images", Kind.list(Kind.image()), "Images to read.", ImagePrompt::images)
          .with(
              "weight",
              Kind.number(0, 3),
              "Factor on the attention to the images.",
              ImagePrompt::weight,
              (copy, weight) -> copy.change(one -> one.withWeight(weight)))
          .with(
              "range",
              FRACTIONS,
              "Fractions of the steps between which the image prompt acts.",
              one -> List.of(one.start(), one.end()),
              (copy, range) -> copy.change(one -> one.withRange(pair(range).get(0), range.get(1))))
          .optional(
              "mask",
              Kind.object(ImageSettings.REGION),
              "Part of the image on which the image prompt acts.",
              ImagePrompt::mask,
              (copy, mask) -> copy.change(one -> one.withMask(mask)))
          .with(
              "weightType",
              Kind.choice(
                  List.of(ImagePrompt.WeightType.values()),
                  ImagePrompt.WeightType::label,
                  ImagePrompt.WeightType::parse),
              "Distribution of the weight over the U-Net.",
              ImagePrompt::weightType,
              (copy, type) -> copy.change(one -> one.withWeightType(type)))
          .with(
              "embedsScaling",
              Kind.choice(
                  List.of(ImagePrompt.EmbedsScaling.values()),
                  ImagePrompt.EmbedsScaling::label,
                  ImagePrompt.EmbedsScaling::parse),
              "What the weight scales.",
              ImagePrompt::embedsScaling,
              (copy, scaling) -> copy.change(one -> one.withEmbedsScaling(scaling)))
          .allWithout(INFOTEXT, "the text has no images")
          .group();

  static final Group<DetailPass, DetailPass.Builder> DETAIL_PASS =
      Group.of(
              DetailPass.class,
              required -> DetailPass.builder(required.get(String.class, "detector")),
              DetailPass::toBuilder,
              DetailPass.Builder::build)
          .prefix(COMMAND_LINE, "detail")
          .prefix(INFOTEXT, "ADetailer")
          .required("detector", TEXT, "Name of the detector.", DetailPass::detector)
          .named(INFOTEXT, "ADetailer model")
          .named(COMMAND_LINE, "--detail")
          .with(
              "labels",
              Kind.list(TEXT),
              "Labels of the finds to repaint, such as person; none for all.",
              DetailPass::labels,
              DetailPass.Builder::labels)
          .named(INFOTEXT, "ADetailer model classes")
          .with(
              "prompt",
              TEXT,
              "Prompt of the pass, including LoRAs; [SEP] separates those of several finds,"
                  + " [PROMPT] stands for the prompt of the image.",
              DetailPass::prompt,
              DetailPass.Builder::prompt)
          .unset("that of the image")
          .with(
              "negativePrompt",
              TEXT,
              "Negative prompt of the pass.",
              DetailPass::negativePrompt,
              DetailPass.Builder::negativePrompt)
          .named(COMMAND_LINE, "--detail-negative")
          .unset("that of the image")
          .with(
              "confidence",
              FRACTION,
              "Least confidence of a find.",
              DetailPass::confidence,
              DetailPass.Builder::confidence)
          .with(
              "most",
              Kind.whole(0, Integer.MAX_VALUE),
              "Most finds to repaint; 0 for no limit.",
              DetailPass::most,
              DetailPass.Builder::most)
          .named(INFOTEXT, "ADetailer mask only top k")
          .with(
              "mostConfident",
              FLAG,
              "Let a limit keep the most confident finds instead of the largest.",
              DetailPass::mostConfident,
              DetailPass.Builder::mostConfident)
          .named(INFOTEXT, "ADetailer method to decide top k masks")
          .with(
              "share",
              FRACTIONS,
              "Least and largest share of the image that a find's box covers.",
              pass -> List.of(pass.leastShare(), pass.mostShare()),
              (b, share) -> b.share(pair(share).get(0), share.get(1)))
          .named(INFOTEXT, "ADetailer mask min ratio")
          .with(
              "order",
              Kind.choice(
                  List.of(DetailPass.Order.values()),
                  DetailPass.Order::label,
                  DetailPass.Order::parse),
              "Order in which finds are repainted.",
              DetailPass::order,
              DetailPass.Builder::order)
          .named(INFOTEXT, "ADetailer sort bounding boxes by")
          .with(
              "growth",
              Kind.whole(-256, 256),
              "Pixels by which masks are dilated, negative to erode.",
              DetailPass::growth,
              DetailPass.Builder::growth)
          .named(INFOTEXT, "ADetailer dilate erode")
          .with(
              "offset",
              Kind.list(Kind.whole(Integer.MIN_VALUE, Integer.MAX_VALUE)),
              "Pixels by which masks are moved to the right and up.",
              pass -> List.of(pass.offsetX(), pass.offsetY()),
              (b, offset) -> b.offset(pair(offset).get(0), offset.get(1)))
          .named(INFOTEXT, "ADetailer x offset")
          .with(
              "sameSeed",
              FLAG,
              "Give all finds the seed of the image.",
              DetailPass::sameSeed,
              DetailPass.Builder::sameSeed)
          .named(INFOTEXT, "ADetailer same seed for each tab")
          .with(
              "merged",
              FLAG,
              "Repaint all finds together, under one mask.",
              DetailPass::merged,
              DetailPass.Builder::merged)
          .named(INFOTEXT, "ADetailer mask merge invert")
          .with(
              "inverted",
              FLAG,
              "Repaint everything but the finds, under one mask.",
              DetailPass::inverted,
              DetailPass.Builder::inverted)
          .named(INFOTEXT, "ADetailer mask merge invert")
          .with(
              "maskBlur",
              Kind.whole(0, 64),
              "Blur of the masks, in pixels.",
              DetailPass::maskBlur,
              DetailPass.Builder::maskBlur)
          .with(
              "denoisingStrength",
              FRACTION,
              "Denoising strength of the pass.",
              DetailPass::denoisingStrength,
              DetailPass.Builder::denoisingStrength)
          .named(COMMAND_LINE, "--detail")
          .with(
              "wholeImage",
              FLAG,
              "Generate the whole image instead of the surroundings of the mask.",
              DetailPass::wholeImage,
              DetailPass.Builder::wholeImage)
          .named(INFOTEXT, "ADetailer inpaint only masked")
          .with(
              "padding",
              Kind.whole(0, 256),
              "Pixels around the mask that are generated with it.",
              DetailPass::padding,
              DetailPass.Builder::padding)
          .named(INFOTEXT, "ADetailer inpaint padding")
          .optional(
              "size",
              SIZE,
              "Size at which finds are painted.",
              DetailPass::size,
              DetailPass.Builder::size)
          .named(INFOTEXT, "ADetailer inpaint width")
          .unset("that of the image")
          .unit("WxH")
          .optional(
              "steps",
              Kind.whole(1, 1000),
              "Steps of the pass.",
              pass -> boxed(pass.steps()),
              DetailPass.Builder::steps)
          .unset("as in the request")
          .optional(
              "cfgScale",
              NOT_NEGATIVE,
              "CFG scale of the pass.",
              pass -> boxed(pass.cfgScale()),
              DetailPass.Builder::cfgScale)
          .named(INFOTEXT, "ADetailer CFG scale")
          .named(COMMAND_LINE, "--detail-cfg")
          .unset("as in the request")
          .unit("SCALE")
          .optional(
              "sampler",
              SAMPLER,
              "Sampler of the pass.",
              DetailPass::sampler,
              DetailPass.Builder::sampler)
          .unset("as in the request")
          .optional(
              "schedule",
              SCHEDULE,
              "Schedule of the pass.",
              DetailPass::schedule,
              DetailPass.Builder::schedule)
          .named(INFOTEXT, "ADetailer scheduler")
          .unset("as in the request")
          .optional(
              "noiseMultiplier",
              Kind.number(0, 1.5),
              "Factor on the noise added to the image.",
              pass -> boxed(pass.noiseMultiplier()),
              DetailPass.Builder::noiseMultiplier)
          .unset("1")
          .optional(
              "clipSkip",
              Kind.whole(1, 12),
              "CLIP skip of the pass.",
              pass -> boxed(pass.clipSkip()),
              DetailPass.Builder::clipSkip)
          .named(INFOTEXT, "ADetailer CLIP skip")
          .unset("as in the request")
          .group();

  private NetworkSettings() {}

  private static ImagePrompt imagePrompt(Path adapter, List<?> images) {
    Image[] all = images.stream().map(Image.class::cast).toArray(Image[]::new);
    if (all.length == 0) {
      throw new IllegalArgumentException("images must not be empty");
    }
    Image[] more = Arrays.copyOfRange(all, 1, all.length);
    return ImagePrompt.of(adapter, all[0], more);
  }
}
